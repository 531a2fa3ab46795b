/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to the session, for the three who may want to hear of it.
 */
#include "agent/news.h"

#include <stdarg.h>
#include <stdio.h>

#include "agent/fronts.h"
#include "agent/hook.h"
#include "agent/terminals.h"
#include "os/log.h"

void news_tell(struct agent *a, const char *event, long seconds,
	const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_info("%s: %s", event, line);
	fronts_notice(a, line);
	hook_run(a, event, line, seconds);
	if (a->job.opt->session.notify_terminals)
		terminals_tell(line);
}

void news_end(struct agent *a, const char *reason, int meant)
{
	char line[512];

	log_info("ending the session: %s", reason);
	if (meant)
		fronts_mean_it(a);
	fronts_end(a, reason);
	hook_run(a, "ending", reason, 0);
	snprintf(line, sizeof line, "session '%s' ends: %s", a->job.opt->session.name,
		reason);
	if (a->job.opt->session.notify_terminals)
		terminals_tell(line);
}
