/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_OUTBOUND_H
#define AGENT_AGENT_OUTBOUND_H

#include "agent/jobenv.h"
#include "agent/service.h"
#include "agent/wrappers.h"
#include "os/peeruid.h"

/*
 * The way to the internet for programs of a job that has none: an HTTP proxy on
 * loopback of the node, for the user alone, whose connections a front dials
 * (--outbound). It is there from the first front on that offers that, and for the
 * rest of the session, so that its variables, which are set in env, stay right.
 */
struct agent_outbound;

/* All outlive it. */
struct agent_outbound *agent_outbound_new(struct jobenv *env,
	struct services *services, struct wrappers *wrappers,
	struct peeruid *peeruid);

/* Before services, which end what is carried. NULL is ignored. */
void agent_outbound_free(struct agent_outbound *o);

#endif
