/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_HOOK_H
#define AGENT_HOOK_H

#include "agent/agent.h"

/*
 * --notify-command: what the user wants to be run when something happens to the
 * session. One runs at a time, with a limit, and a few wait.
 */
void hook_init(struct agent *a);
void hook_fini(struct agent *a);

/* seconds until the session's end, or -1. */
void hook_run(struct agent *a, const char *event, const char *reason,
	long seconds);

/* Its process now, 0 when none runs; those below it have its session. */
pid_t hook_pid(const struct agent *a);

#endif
