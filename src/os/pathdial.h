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
 * Whether who made it is gone: no socket has it any more, and none ever will. This
 * waits as well.
 */
int pathdial_is_left_behind(const char *path);

/* Look at it; connect to it; and remove it where nobody can be behind it any more. */
#define PATHDIAL_LOOK 0
#define PATHDIAL_DIAL 1
#define PATHDIAL_DIAL_OR_REMOVE 2

/*
 * Returns the child's pid at once, or -1 with e set. *report becomes readable
 * when pathdial_result() knows more; the caller closes it. dial is one of these.
 */
pid_t pathdial_start(const char *path, int dial, int *report, struct err *e)
	__attribute__((warn_unused_result));

/*
 * 1: not yet. 0: it is ours, *fd is the connection, non-blocking, to a process of
 * ours, or -1 without dial. -1 with e set: what it is instead, or why it cannot be
 * connected to.
 */
int pathdial_result(int report, int *fd, struct err *e)
	__attribute__((warn_unused_result));

#endif
