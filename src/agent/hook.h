/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_HOOK_H
#define AGENT_HOOK_H

#include "agent/jobenv.h"

struct hook;

/*
 * --notify-command: what the user wants to be run when something happens to the
 * session. One runs at a time, with a limit, and a few wait.
 */
struct hook *hook_new(const struct jobenv *env);
void hook_free(struct hook *h);

/* seconds until the session's end, or -1. */
void hook_run(struct hook *h, const char *event, const char *reason,
	long seconds);

/* Its process now, 0 when none runs; those below it have its session. */
pid_t hook_pid(const struct hook *h);

#endif
