/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_CONTROL_H
#define AGENT_CONTROL_H

#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/job.h"
#include "agent/limit.h"
#include "agent/memory.h"
#include "agent/servers/hygiene.h"
#include "agent/shell.h"
#include "net/link.h"
#include "os/peeruid.h"

/* Whom the words of a front are for. */
struct control_parts {
	const struct agent_job *job;
	struct peeruid *peeruid;
	struct fronts *fronts;
	struct shells *shells;
	struct limit *limit;
	struct memory *memory;
	struct hygiene *hygiene;	/* NULL: not wanted */
	struct end *end;
};

/*
 * The control stream of a front. The link is its own from now on; parts are
 * there until fronts_drop_all().
 */
void control_new(const struct control_parts *parts, struct link *l);

#endif
