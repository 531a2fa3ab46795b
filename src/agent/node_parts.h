/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_NODE_PARTS_H
#define AGENT_NODE_PARTS_H

#include "agent/agent_job.h"
#include "agent/agent_limit.h"
#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/idle.h"
#include "proto/endpoint.h"

/*
 * What agents of one job tell each other of: in the first the parts that nodes.c
 * counts the others with, in a further one those that uplink.c speaks for.
 */
struct node_parts {
	const struct agent_job *job;
	const struct endpoint *at;	/* where this agent listens */
	struct fronts *fronts;
	struct idle *idle;
	struct agent_limit *limit;
	struct end *end;
};

#endif
