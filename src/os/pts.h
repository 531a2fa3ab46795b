/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PTS_H
#define OS_PTS_H

#include <stddef.h>
#include <sys/types.h>

/* Pseudo terminals, as /proc/PID/stat names the device of a process. */

/* N of /dev/pts/N, or -1: it is none. */
int pts_number(int tty);

/*
 * Write to /dev/pts/number if it is that user's and he takes messages (mesg(1)).
 * 0, or -1: it was not written. Never waits.
 */
int pts_tell(int number, uid_t uid, const char *text, size_t len)
	__attribute__((warn_unused_result));

#endif
