/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SHELL_H
#define AGENT_SHELL_H

#include "agent/agent.h"
#include "net/link.h"

/* Start a shell and carry its stdio on l, which is its own from now on. */
void shell_new(struct agent *a, struct link *l, const struct frame *request);

void shell_free_all(struct agent *a);

#endif
