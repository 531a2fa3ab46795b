/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_END_H
#define AGENT_END_H

#include "agent/agent.h"

void end_init(struct agent *a);
void end_fini(struct agent *a);

/* Begin to end, for a reason that the fronts show. More calls do nothing. */
void end_session(struct agent *a, int exit_status, const char *reason);

/*
 * The user wants the end that comes, or has told so: his clients shall not start
 * another job when they come back by themselves.
 */
void end_is_meant(struct agent *a);

#endif
