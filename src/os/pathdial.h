/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PATHDIAL_H
#define OS_PATHDIAL_H

#include <sys/types.h>

#include "base/err.h"

/*
 * A Unix socket of the user's own at a path, looked at and connected to by a
 * child, since a path may be on a file system that does not answer.
 */

/* Whether it is one; this waits for its file system. 0 with e set: why not. */
int pathdial_is_ours(const char *path, struct err *e);

/*
 * Returns the child's pid at once, or -1 with e set. *report becomes readable
 * when pathdial_result() knows more; the caller closes it. With dial the socket
 * is connected to, else it is only looked at.
 */
pid_t pathdial_start(const char *path, int dial, int *report, struct err *e)
	__attribute__((warn_unused_result));

/*
 * 1: not yet. 0: it is ours, *fd is the connection, non-blocking, or -1 without
 * dial. -1 with e set: what it is instead, or why it cannot be connected to.
 */
int pathdial_result(int report, int *fd, struct err *e)
	__attribute__((warn_unused_result));

#endif
