/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_CONTROL_H
#define AGENT_AGENT_CONTROL_H

#include "agent/agent_job.h"
#include "agent/agent_limit.h"
#include "agent/agent_shell.h"
#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/memory.h"
#include "agent/servers/hygiene.h"
#include "agent/service.h"
#include "agent/uplink.h"
#include "net/link.h"
#include "os/peeruid.h"

/* Whom the words of a front are for. */
struct agent_control_parts {
	const struct agent_job *job;
	struct peeruid *peeruid;
	struct fronts *fronts;
	struct shells *shells;
	struct agent_limit *limit;
	struct memory *memory;
	struct hygiene *hygiene;	/* NULL: not wanted */
	struct services *services;
	struct end *end;
	struct uplink *uplink;		/* NULL: the session is ours */
};

/*
 * The control stream of a front. The link is its own from now on; parts are
 * there until fronts_drop_all().
 */
void agent_control_new(const struct agent_control_parts *parts, struct link *l);

#endif
