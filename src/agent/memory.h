/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_MEMORY_H
#define AGENT_MEMORY_H

#include "agent/news.h"
#include "proto/report.h"

/*
 * The memory of the job: what is used of it, and whom the kernel has ended
 * since it was used up.
 */
struct memory;
struct memory *memory_new(struct news *news);
void memory_free(struct memory *m);

/* Tell the user of a kill that was not told yet. */
void memory_look(struct memory *m);

/* Somebody was killed for it. */
int memory_was_short(const struct memory *m);

void memory_report(struct report *r);

/* In the keeper: the same of the agent, which can tell nobody. "" if not so. */
struct memory_words {
	char s[256];
};
void memory_begin(void);
struct memory_words memory_of_agent(void);

#endif
