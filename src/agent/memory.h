/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_MEMORY_H
#define AGENT_MEMORY_H

#include "agent/agent.h"
#include "proto/report.h"

/*
 * The memory of the job: what is used of it, and whom the kernel has ended
 * since it was used up.
 */
void memory_init(struct agent *a);
void memory_fini(struct agent *a);

/* Tell the user of a kill that was not told yet. */
void memory_look(struct agent *a);

void memory_report(struct report *r);

/* In the keeper: the same of the agent, which can tell nobody. "" if not so. */
struct memory_words {
	char s[256];
};
void memory_begin(void);
struct memory_words memory_of_agent(void);

#endif
