/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SPAWN_H
#define OS_SPAWN_H

#include <sys/types.h>

#include "base/err.h"

/* How a child starts. Zeroed fields mean: as the parent. */
struct spawn {
	const char *path;		/* absolute, or looked up in PATH */
	char *const *argv;
	char *const *env;		/* NULL: ours */
	const char *dir;		/* NULL: ours */
	int fd[3];			/* its stdin, stdout, stderr */
	unsigned session : 1;		/* its own session */
	unsigned terminal : 1;		/* fd[0] is its terminal; needs session */
	unsigned group : 1;		/* its own process group of our session */
	unsigned dir_or_root : 1;	/* "/" where dir cannot be entered */
};

/*
 * Start a child with default signals, an empty mask, the limits from before
 * rlimit_raise() and no descriptor but the three. Returns its pid when exec has
 * succeeded, or -1 with e set: then there is no child. The descriptors stay the
 * caller's.
 */
pid_t spawn(const struct spawn *s, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same without waiting: entering dir and exec may hang with a file system.
 * Returns the pid at once, which is the caller's to wait for. *report becomes
 * readable when spawn_outcome() knows more; the caller closes it.
 */
pid_t spawn_start(const struct spawn *s, int *report, struct err *e)
	__attribute__((warn_unused_result));

/* 0: exec has succeeded, 1: not yet, -1 with e set: it failed. */
int spawn_outcome(int report, struct err *e)
	__attribute__((warn_unused_result));

/*
 * fork(2) for a child that goes on in this program, with default signals and no
 * descriptor but the first three and keep. It must end by _exit(2).
 */
pid_t spawn_branch(int keep) __attribute__((warn_unused_result));

/*
 * The same with a pair of sockets that keep messages apart. 0 in the child, which
 * answers on *to; else its pid, and *report, which the caller closes; -1 with e
 * set: there is none.
 */
pid_t spawn_reporter(int *report, int *to, struct err *e)
	__attribute__((warn_unused_result));

#endif
