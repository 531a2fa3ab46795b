/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PIDFD_H
#define OS_PIDFD_H

#include <sys/types.h>

/*
 * A descriptor of the process pid that began at start (ticks since boot): it
 * never becomes that of another one with the same pid. -1 with errno set; ESRCH
 * when it is gone, or the pid is another's now.
 */
int pidfd_open_exact(pid_t pid, unsigned long long start)
	__attribute__((warn_unused_result));

int pidfd_signal(int fd, int sig) __attribute__((warn_unused_result));

#endif
