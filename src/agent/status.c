/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `list` and `status` ask of a running session.
 */
#include "agent/status.h"

#include <stdio.h>

#include "agent/container.h"
#include "config.h"
#include "os/clock.h"
#include "proto/report.h"

static void status_container(const struct status_parts *parts, struct report *r)
{
	const struct options_container *opt = &parts->job->opt->container;
	const struct container *found = parts->env->container;

	if (!container_is_wanted(parts->env))
		return;
	snprintf(r->image, sizeof r->image, "%s", opt->image);
	snprintf(r->runtime, sizeof r->runtime, "%s", found != NULL ?
		found->found.runtime->name : opt->runtime);
}

void status_answer(const struct status_parts *parts, struct link *l)
{
	const struct agent_job *job = parts->job;
	struct report r = {
		.version = PACKAGE_VERSION,
		.started = (clock_ms() - job->started) / 1000,
		.left = agent_limit_left(parts->limit),
		.idle = idle_seconds(parts->idle),
		.idle_timeout = job->opt->session.idle_timeout,
		.clients = idle_uses(parts->idle, USE_CLIENT),
		.fronts = fronts_count(parts->fronts),
		.shells = idle_uses(parts->idle, USE_SHELL),
	};
	struct buf text = { 0 };

	memory_look(parts->memory);
	memory_report(&r);
	snprintf(r.session, sizeof r.session, "%s", job->opt->session.name);
	snprintf(r.job, sizeof r.job, "%s", job->id);
	snprintf(r.node, sizeof r.node, "%s", job->node);
	status_container(parts, &r);
	report_write(&text, &r);
	link_send(l, FRAME_REPORT, 0, buf_data(&text), text.len);
	buf_fini(&text);
	link_free_when_sent(l);
}
