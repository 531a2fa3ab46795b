/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_FORWARD_H
#define AGENT_FORWARD_H

#include "agent/agent.h"
#include "net/link.h"

/* Dial a listener of the job and carry the connection on l, which it owns. */
void forward_new(struct agent *a, struct link *l, const struct frame *request);

/* Both sides see a reset. */
void forward_free_all(struct agent *a);

#endif
