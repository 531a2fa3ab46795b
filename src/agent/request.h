/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_REQUEST_H
#define AGENT_REQUEST_H

#include "agent/agent.h"
#include "net/link.h"

/* What a link is for: its first frame. The link is its own from now on. */
void request_take(struct agent *a, struct link *l, const struct frame *f);

#endif
