/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTROL_H
#define AGENT_CONTROL_H

#include "agent/agent.h"
#include "net/link.h"

/* The control stream of a front. The link is its own from now on. */
void control_new(struct agent *a, struct link *l);

/* A line that all fronts show to the user. */
void control_notice_all(struct agent *a, const char *line);

/* Ask a front or two, if any can, what the scheduler says of the time limit. */
void control_ask_limit(struct agent *a, long seconds);

/* Tell all fronts why the session ends. */
void control_end_all(struct agent *a, const char *reason);

void control_free_all(struct agent *a);

#endif
