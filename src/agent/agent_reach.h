/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_REACH_H
#define AGENT_AGENT_REACH_H

#include <event2/event.h>

#include "net/resolver.h"
#include "proto/message.h"

/* A connection on its way from this node to another host. */
struct agent_reach;

/*
 * Resolve and dial it, at an address that its list allows. done() is called once,
 * later: with fd, which is the owner's; or with -1, why not, and a status. The
 * attempt is gone then.
 *	EX_USAGE	the list allows none of its addresses
 *	EX_UNAVAILABLE	it cannot be reached
 *	EX_TEMPFAIL	nobody has answered in time
 */
struct agent_reach *agent_reach_new(struct event_base *base,
	struct resolver *resolver, const struct reach *to,
	void (*done)(int fd, int status, const struct err *why, void *arg),
	void *arg);

/* No callback any more. NULL is ignored. */
void agent_reach_free(struct agent_reach *a);

#endif
