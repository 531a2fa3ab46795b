/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_FRONTHOOK_H
#define FRONT_JOB_FRONTHOOK_H

#include "base/err.h"
#include "front/job/invocation.h"

/*
 * pre-submit and post-submit: what a site and a user want to be run on the login
 * node, for which the way to the job waits.
 */
struct fronthook;

/* done() is told when all have ended; why is NULL when none has failed. */
struct fronthook *fronthook_new(const struct invocation *inv,
	void (*done)(const struct err *why, void *arg), void *arg);

/* No callback any more; what runs is killed. NULL is ignored. */
void fronthook_free(struct fronthook *h);

/* done() may come before it returns. event and commands must stay; job: its id. */
void fronthook_run(struct fronthook *h, const char *event,
	const struct opt_list *commands, const char *job);

#endif
