/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_FORWARD_H
#define AGENT_FORWARD_H

#include "agent/agent.h"
#include "net/link.h"

/* Dial a listener of the job and carry the connection on l, which it owns. */
void forward_new(struct agent *a, struct link *l, const struct frame *request);

/*
 * Whether target is a listener of this uid: 1, and for a port the address
 * family that it listens on; 0 with e saying what it is instead.
 */
int forward_is_ours(struct agent *a, const struct target *target, int *family,
	struct err *e);

#endif
