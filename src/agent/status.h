/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_STATUS_H
#define AGENT_STATUS_H

#include "agent/agent_job.h"
#include "agent/agent_limit.h"
#include "agent/fronts.h"
#include "agent/idle.h"
#include "agent/jobenv.h"
#include "agent/memory.h"
#include "net/link.h"

/* Who knows what is asked. */
struct status_parts {
	const struct agent_job *job;
	const struct jobenv *env;
	const struct fronts *fronts;
	const struct idle *idle;
	const struct agent_limit *limit;
	struct memory *memory;
};

/* Answer a STATUS request with a REPORT; the link ends with it. */
void status_answer(const struct status_parts *parts, struct link *l);

#endif
