/* SPDX-License-Identifier: BSD-2-Clause */
/* Names the session, its job and profile; the log adds user and node. */
#include "front/job/front_event.h"

#include "os/eventlog.h"

void front_event(const struct invocation *inv, const char *event,
	const char *session, const char *job, const char *reason)
{
	const struct options_session *o = &inv->opt->session;

	/* Of another session's profile nothing is known here. */
	if (inv->events != NULL)
		eventlog_write(inv->events, &(struct sessionevent){
			.event = event, .job = job, .reason = reason,
			.session = session != NULL ? session : o->name,
			.profile = session != NULL ? NULL : o->profile });
}
