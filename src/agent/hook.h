/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_HOOK_H
#define AGENT_HOOK_H

#include "agent/jobenv.h"

struct hook;

/*
 * What a site and a user want to be run when something happens to the session:
 * --notify-command at news, of which one runs at a time, with a limit, and a few
 * wait; and job-start and job-end, for which the session waits.
 */
struct hook *hook_new(const struct jobenv *env);
void hook_free(struct hook *h);

/* At news. seconds until the session's end, or -1. */
void hook_run(struct hook *h, const char *event, const char *reason,
	long seconds);

/*
 * Run these, one after the other; done() is told when they have ended, perhaps
 * before this returns: why is NULL unless one has failed. event must stay.
 */
void hook_await(struct hook *h, const char *event, const char *reason,
	const struct opt_list *commands,
	void (*done)(const struct err *why, void *arg), void *arg);

/* The process at news now, 0 when none runs; those below it have its session. */
pid_t hook_pid(const struct hook *h);

#endif
