/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_LIMIT_H
#define AGENT_LIMIT_H

#include <stdint.h>

#include "agent/agent.h"

/* Take the time limit from the options or the job's environment, if told. */
void limit_init(struct agent *a);
void limit_fini(struct agent *a);

/* A front knows it better: seconds from now, or LIMIT_NONE. */
void limit_set(struct agent *a, uint32_t seconds);

/* Seconds until the time limit, -1 when none is known. */
long limit_left(const struct agent *a);

/* Whether a signal to end that comes now means the time limit. */
int limit_is_reached(const struct agent *a);

#endif
