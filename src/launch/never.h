/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_NEVER_H
#define LAUNCH_NEVER_H

#include "launch/jobstate.h"

/*
 * Whether a job that waits may never start: the same reason, which lies in what
 * the job asks for, stood at two looks NEVER_SECONDS apart and at all between
 * them. A scheduler may show it for a moment, while it starts or is told of
 * other nodes.
 */
#define NEVER_SECONDS 30

/* What the looks so far have shown. Begins zeroed. */
struct never {
	const struct jobstate_text *why;	/* NULL: none that would do */
	long since;				/* the first look at it */
};

/*
 * A look at the job, at now, in seconds of any clock that is not set. why: what
 * it waits for, of launch/jobstate's tables, or NULL when it does not wait.
 * partition: by name. Of several ("a,b") the scheduler shows the reason of the
 * one that it tried last, and the job may run in another: then, and without
 * any, nothing is known.
 *
 * Returns what to change, static, or NULL as long as it may start.
 */
const char *never_look(struct never *n, const struct jobstate_text *why,
	const char *partition, long now);

#endif
