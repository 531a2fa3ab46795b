/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_SESSION_H
#define FRONT_JOB_SESSION_H

#include "front/job/confirm.h"
#include "front/job/invocation.h"
#include "front/job/place.h"
#include "front/job/want.h"

/* The way to the session's agent: find or start its job. */
struct session;

struct session_ops {
	/*
	 * The agent can be dialed. The front ends with a message when that
	 * fails, or when there is no more to do.
	 */
	void (*ready)(const struct place *p, void *arg);
	/*
	 * Afterwards, of an agent that was found without the scheduler: what
	 * that says of the job, see front/job/confirm.h.
	 */
	struct confirm_ops confirmed;
};

struct session *session_new(const struct invocation *inv,
	const struct session_ops *ops, void *arg);
void session_free(struct session *s);

/* Begin. */
void session_start(struct session *s, enum session_want want);

/* The agent at the place did not answer: look again, for some seconds. */
void session_retry(struct session *s, const struct err *why);

/*
 * Nobody waits here any more: end the job if this front has submitted it, or
 * with any_job whoever has, and no other front waits for it; then end with this
 * exit status. The second time at once.
 */
void session_give_up(struct session *s, int exit_status, int any_job);

#endif
