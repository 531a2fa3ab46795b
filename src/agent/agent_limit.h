/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_LIMIT_H
#define AGENT_AGENT_LIMIT_H

#include <stdint.h>

#include "agent/agent_job.h"
#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/news.h"

struct agent_limit;

/*
 * Take the time limit from the options or the job's environment, if told. It
 * asks the fronts, warns by news and begins the end; they outlive it.
 */
struct agent_limit *agent_limit_new(const struct agent_job *job, struct fronts *fronts,
	struct news *news, struct end *end);
void agent_limit_free(struct agent_limit *l);

/* A front knows it better: seconds from now, or LIMIT_NONE. */
void agent_limit_set(struct agent_limit *l, uint32_t seconds);

/* Seconds until the time limit, -1 when none is known. */
long agent_limit_left(const struct agent_limit *l);

/*
 * Send sig to the processes of the session that have a handler for it, on all
 * nodes.
 */
void agent_limit_signal(struct agent_limit *l, int sig);

/* Whether a signal to end that comes now means the time limit. */
int agent_limit_is_reached(const struct agent_limit *l);

#endif
