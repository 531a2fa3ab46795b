/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_END_H
#define AGENT_END_H

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
