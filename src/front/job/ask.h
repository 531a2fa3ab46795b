/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ASK_H
#define FRONT_JOB_ASK_H

#include "front/job/invocation.h"
#include "front/job/place.h"
#include "proto/report.h"

/*
 * Asking agents how their sessions are, all at once and for a short time. Who
 * answers has the session's key; others get no more than a ClientHello.
 */
struct ask;

struct ask_ops {
	/*
	 * The first in the list that answers is known: those before it will not,
	 * or have not within a quarter of a second more. May be NULL.
	 */
	void (*settled)(void *arg);
	/* All have answered, failed, or the time is over. */
	void (*done)(void *arg);
};

/*
 * Agents of these n folders, a tag each; NULL among them is not asked. Each of
 * ops is called once, settled first, and never before this returns.
 */
struct ask *ask_new(const struct invocation *inv, const char *const *tags,
	size_t n, int patience_ms, const struct ask_ops *ops, void *arg);
void ask_free(struct ask *a);

/* What the agent of tags[i] said, or NULL. */
const struct report *ask_report(const struct ask *a, size_t i);

/* The first that answered, n when there is none (yet). */
size_t ask_first(const struct ask *a);

/* Where the agent of tags[i] is, which has answered. It holds its key. */
void ask_place(const struct ask *a, size_t i, struct place *p);

#endif
