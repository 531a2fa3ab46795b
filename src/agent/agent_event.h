/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_EVENT_H
#define AGENT_AGENT_EVENT_H

#include "agent/agent_job.h"

/*
 * Tell the site's log (os/eventlog.h), if it wants one, what has happened to the
 * session of this job. reason: in words, or NULL.
 */
void agent_event(const struct agent_job *job, const char *event,
	const char *reason);

#endif
