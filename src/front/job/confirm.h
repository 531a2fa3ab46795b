/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_CONFIRM_H
#define FRONT_JOB_CONFIRM_H

#include "front/job/invocation.h"
#include "front/job/place.h"

/*
 * What the scheduler says of a session that was found without it. It is asked
 * once, in the background, some time after the attach: for the time limit, for
 * what is left of other jobs, and whether it takes the job for ended. Then the
 * agent is told to end: a second one may run already.
 */
struct confirm;
struct confirm_ops {
	/* The job ends at this time, as in struct job: tell its agent. */
	void (*limit)(long long ends_ms, void *arg);
	/* The scheduler takes it for ended: tell its agent to end. */
	void (*over)(const char *reason, void *arg);
};

/* Of the session at the place, which is copied but for its key. */
struct confirm *confirm_new(const struct invocation *inv,
	const struct place *p, const struct confirm_ops *ops, void *arg);
void confirm_free(struct confirm *c);

#endif
