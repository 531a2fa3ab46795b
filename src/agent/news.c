/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens to the session, told to all who may want to hear of it: fronts,
 * which show it, --notify-command (agent/hook.c), and with --notify-terminals the
 * session's terminals. All is in the log, too, and in the site's.
 */
#include "agent/news.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "agent/agent_event.h"
#include "agent/terminals.h"
#include "base/mem.h"
#include "os/log.h"

struct news {
	const struct agent_job *job;
	struct fronts *fronts;
	struct hook *hook;
};

struct news *news_new(const struct agent_job *job, struct fronts *fronts,
	struct hook *hook)
{
	struct news *n = mem_alloc(sizeof *n);

	*n = (struct news){ .job = job, .fronts = fronts, .hook = hook };
	return n;
}

void news_free(struct news *n)
{
	free(n);
}

void news_tell(struct news *n, const char *event, long seconds,
	const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_info("%s: %s", event, line);
	agent_event(n->job, event, line);
	fronts_notice(n->fronts, line);
	hook_run(n->hook, event, line, seconds);
	if (n->job->opt->session.notify_terminals)
		terminals_tell(line);
}

void news_end(struct news *n, const char *reason, int meant)
{
	char line[512];

	log_info("ending the session: %s", reason);
	/* The session is the first node's. */
	if (n->job->opt->agent.node == NULL)
		agent_event(n->job, "end", reason);
	if (meant)
		fronts_mean_it(n->fronts);
	fronts_end(n->fronts, reason);
	hook_run(n->hook, "ending", reason, 0);
	snprintf(line, sizeof line, "session '%s' ends: %s", n->job->opt->session.name,
		reason);
	if (n->job->opt->session.notify_terminals)
		terminals_tell(line);
}
