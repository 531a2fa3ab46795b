/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_END_H
#define AGENT_END_H

#include <sys/queue.h>

#include "agent/hook.h"
#include "agent/memory.h"
#include "agent/news.h"

/* The end of the session, which may have begun. */
struct end;

/*
 * What it ends with and whom it asks; they outlive it. It stops the loop of job
 * when all is over.
 */
struct end *end_new(const struct agent_job *job, struct news *news,
	struct hook *hook, struct memory *memory);
void end_free(struct end *e);

/*
 * A process that is() names gets no signal but SIGKILL, at the last: whoever runs it
 * is told of the end in another way, and ends it; or, goes_last, it is what others
 * live in, and gets that as soon as none of those is left. end_unspare() of a zeroed
 * one does nothing.
 */
struct end_spared {
	LIST_ENTRY(end_spared) next;
	int (*is)(pid_t pid, pid_t session, void *arg);
	void *arg;
	int goes_last;
};
void end_spare(struct end *e, struct end_spared *s,
	int (*is)(pid_t pid, pid_t session, void *arg), void *arg,
	int goes_last);
void end_unspare(struct end_spared *s);
int end_spares(const struct end *e, pid_t pid, pid_t session);

/*
 * The end waits, when no process is left, until is_said() tells that all that they
 * have said has gone out; it is asked now and then. NULL: nothing is waited for.
 */
void end_await(struct end *e, int (*is_said)(void *arg), void *arg);

/* Begin to end, for a reason that the fronts show. More calls do nothing. */
void end_session(struct end *e, int exit_status, const char *reason);

int end_has_begun(const struct end *e);

/* What it was begun with, EX_OK before. */
int end_exit_status(const struct end *e);

/*
 * The user wants the end that comes, or has told so: his clients shall not start
 * another job when they come back by themselves.
 */
void end_is_meant(struct end *e);

#endif
