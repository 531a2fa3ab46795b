/* SPDX-License-Identifier: BSD-2-Clause */
/* Names the session, its job and profile; the log adds user and node. */
#include "agent/agent_event.h"

#include "os/eventlog.h"

void agent_event(const struct agent_job *job, const char *event,
	const char *reason)
{
	const struct options_session *o = &job->opt->session;

	if (job->events != NULL)
		eventlog_write(job->events, &(struct sessionevent){
			.event = event, .session = o->name, .job = job->id,
			.profile = o->profile, .reason = reason });
}
