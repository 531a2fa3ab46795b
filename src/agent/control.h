/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTROL_H
#define AGENT_CONTROL_H

#include "agent/agent.h"
#include "net/link.h"

/* The control stream of a front. The link is its own from now on. */
void control_new(struct agent *a, struct link *l);

#endif
