/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include "agent/fronts.h"
#include "agent/jobenv.h"
#include "base/err.h"
#include "os/peeruid.h"

struct tls_key;

/* The session's parts, put together. */
struct agent;

/*
 * All but what runs: call agent_open() next. What it is given is the caller's,
 * and outlives it; env has its directory, and gets what services add to it.
 */
struct agent *agent_new(struct jobenv *env, struct peeruid *peeruid,
	struct fronts *fronts);

/*
 * Listen for fronts that know front_key, and tell those that wait where that is,
 * by home_key. EX_OK, or what to end with, and e.
 */
int agent_open(struct agent *a, const struct tls_key *front_key,
	const struct tls_key *home_key, struct err *e)
	__attribute__((warn_unused_result));
void agent_free(struct agent *a);

/* Begin to end, see agent/end.h; the loop is told when all is over. */
void agent_end(struct agent *a, int exit_status, const char *reason);
int agent_exit_status(const struct agent *a);

/* Whether a signal to end that comes now means the job's time limit. */
int agent_is_at_limit(const struct agent *a);

/* Somebody was killed since the job's memory was used up. */
int agent_was_short_of_memory(const struct agent *a);

#endif
