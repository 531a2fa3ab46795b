/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_LOGPIPE_H
#define OS_LOGPIPE_H

#include "base/err.h"

/*
 * Our stderr on a file system that may hang: from now on it is a pipe, and a
 * thread writes what comes to the file. log_*() never waits for a pipe; what
 * does not fit is lost. There is one in a process.
 */
int logpipe_open(struct err *e) __attribute__((warn_unused_result));

/*
 * Stderr is the file again; what is in the pipe has a second to get there. Also
 * done by exit(3).
 */
void logpipe_close(void);

#endif
