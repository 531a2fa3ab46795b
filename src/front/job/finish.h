/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_FINISH_H
#define FRONT_JOB_FINISH_H

#include "front/job/invocation.h"
#include "front/job/place.h"

/*
 * Ending a session by its agent, not by the scheduler: for a job of which the
 * scheduler does not know, or that it cannot be asked about.
 */
struct finish;

/*
 * Tell the agent at p to end, for this reason, which it tells its other fronts.
 * With meant() it is told first that the end is what the user wants, then
 * meant() is called, and it is told to end by finish_end(). done() is called
 * once, never before this returns, and may free it: ended when the agent is
 * gone, else why not.
 */
struct finish *finish_new(const struct invocation *inv, const struct place *p,
	const char *reason, void (*meant)(void *arg),
	void (*done)(int ended, const struct err *why, void *arg), void *arg);
void finish_end(struct finish *x);
void finish_free(struct finish *x);

#endif
