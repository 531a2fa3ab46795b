/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `list` and `status` ask of a running session.
 */
#include "agent/status.h"

#include <stdio.h>

#include "agent/fronts.h"
#include "agent/idle.h"
#include "agent/limit.h"
#include "agent/memory.h"
#include "config.h"
#include "os/clock.h"
#include "proto/report.h"

void status_answer(struct agent *a, struct link *l)
{
	struct report r = {
		.version = PACKAGE_VERSION,
		.started = (clock_ms() - a->job.started) / 1000,
		.left = limit_left(a),
		.idle = idle_seconds(a),
		.idle_timeout = a->job.opt->session.idle_timeout,
		.clients = a->n_used[USE_CLIENT],
		.fronts = fronts_count(a),
		.shells = a->n_used[USE_SHELL],
	};
	struct buf text = { 0 };

	memory_look(a);
	memory_report(&r);
	snprintf(r.session, sizeof r.session, "%s", a->job.opt->session.name);
	snprintf(r.job, sizeof r.job, "%s", a->job.id);
	snprintf(r.node, sizeof r.node, "%s", a->job.node);
	report_write(&text, &r);
	link_send(l, FRAME_REPORT, 0, buf_data(&text), text.len);
	buf_fini(&text);
	link_free_when_sent(l);
}
