/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IDLE_H
#define AGENT_IDLE_H

#include <stdint.h>

#include "agent/agent_job.h"
#include "agent/end.h"
#include "agent/news.h"

/* What keeps a session from being idle. */
enum use { USE_CLIENT, USE_SHELL, USE_COUNT };

struct idle;

/* Warns by news, and begins the end; they outlive it. */
struct idle *idle_new(const struct agent_job *job, struct news *news,
	struct end *end);
void idle_free(struct idle *i);

/* One more (1) or one less (-1) of what keeps the session from being idle. */
void idle_count(struct idle *i, enum use what, int change);

/*
 * With --idle-busy=cpu: how often our processes were seen to compute, and that
 * those of another node were, which counts as ours.
 */
uint32_t idle_computed(const struct idle *i);
void idle_computes(struct idle *i);

/* Of another node: somebody works here. The first hears of it as of computing. */
void idle_works(struct idle *i);

/* Processor time of all that ever ran below us, in ms. */
long long idle_cpu_ms(void);

/* Who is told, from now on, when one of these has changed; NULL: nobody. */
void idle_on_change(struct idle *i, void (*changed)(void *), void *arg);

/* How many there are now. */
unsigned idle_uses(const struct idle *i, enum use what);

/* For how long nobody has been connected; 0 when somebody is. */
long idle_seconds(const struct idle *i);

#endif
