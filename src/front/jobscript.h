/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOBSCRIPT_H
#define FRONT_JOBSCRIPT_H

#include <stddef.h>

#include "front/job/invocation.h"
#include "front/job/place.h"

struct front_control;

/* A script that a login shell of the session reads from its stdin, without a terminal. */
struct jobscript;

struct jobscript_ops {
	/* A line of its output, without its newline; it may have any bytes. */
	void (*line)(const char *text, size_t len, void *arg);
	/*
	 * Once: status is 0, or what the front is to end with, and why then is set.
	 * It may be freed in here.
	 */
	void (*ended)(int status, const struct err *why, void *arg);
	/*
	 * Once, instead of ended(), where the shell was cut off: the end of the job may
	 * be why. status and why are what it looks like from here. It may be freed in
	 * here, too.
	 */
	void (*cut)(int status, const struct err *why, void *arg);
};

/*
 * kind is a login shell's: KIND_SHELL_OUTSIDE or KIND_SHELL_BESIDE. text is copied;
 * place and control must outlive it. One that goes on for so many seconds has ended,
 * with EX_TEMPFAIL.
 */
struct jobscript *jobscript_new(const struct invocation *inv,
	const struct place *place, struct front_control *control,
	const struct sockaddr *addr, socklen_t len, const char *kind,
	const struct buf *text, long seconds, const struct jobscript_ops *ops, void *arg);

/* The shell is hung up, if it runs still. NULL is ignored. */
void jobscript_free(struct jobscript *s);

#endif
