/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_ASK_H
#define FRONT_ASK_H

#include "front/front.h"
#include "front/jobs.h"
#include "pure/report.h"

/*
 * Asking the agents of running jobs how their sessions are, all at once and for
 * a few seconds at most.
 */
struct ask;

/*
 * Of these jobs, or with only of that one among them; they are the caller's and
 * must outlive it. done() is called once, never before this returns.
 */
struct ask *ask_new(struct front *f, const struct jobs *jobs,
	const struct job *only, void (*done)(void *arg), void *arg);
void ask_free(struct ask *a);

/* What the agent of jobs->job[i] said, or NULL. */
const struct report *ask_report(const struct ask *a, size_t i);

#endif
