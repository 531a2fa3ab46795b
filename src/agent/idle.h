/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IDLE_H
#define AGENT_IDLE_H

#include "agent/agent.h"

void idle_init(struct agent *a);
void idle_fini(struct agent *a);

/* One more (1) or one less (-1) of what keeps the session from being idle. */
void idle_count(struct agent *a, enum use what, int change);

/* For how long nobody has been connected; 0 when somebody is. */
long idle_seconds(const struct agent *a);

#endif
