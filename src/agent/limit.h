/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_LIMIT_H
#define AGENT_LIMIT_H

#include <stdint.h>

#include "agent/end.h"
#include "agent/fronts.h"
#include "agent/job.h"
#include "agent/news.h"

struct limit;

/*
 * Take the time limit from the options or the job's environment, if told. It
 * asks the fronts, warns by news and begins the end; they outlive it.
 */
struct limit *limit_new(const struct agent_job *job, struct fronts *fronts,
	struct news *news, struct end *end);
void limit_free(struct limit *l);

/* A front knows it better: seconds from now, or LIMIT_NONE. */
void limit_set(struct limit *l, uint32_t seconds);

/* Seconds until the time limit, -1 when none is known. */
long limit_left(const struct limit *l);

/* Whether a signal to end that comes now means the time limit. */
int limit_is_reached(const struct limit *l);

#endif
