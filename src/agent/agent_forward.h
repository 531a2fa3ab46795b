/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_FORWARD_H
#define AGENT_AGENT_FORWARD_H

#include "agent/agent_job.h"
#include "agent/idle.h"
#include "agent/serve.h"
#include "net/link.h"
#include "os/peeruid.h"

/* The connections into the job, and by its node to other hosts. */
struct forwards;

/* They count as use, and give their links back to serve. All outlive it. */
struct forwards *forwards_new(const struct agent_job *job,
	struct peeruid *peeruid, struct idle *idle, struct serve *serve);

/* Both sides of each see a reset. NULL is ignored. */
void forwards_free(struct forwards *all);

unsigned forwards_count(const struct forwards *all);

/* Bytes that all of them have moved so far, both ways. */
unsigned long long forwards_moved(const struct forwards *all);

/* Dial a listener of the job and carry the connection on l, which it owns. */
void agent_forward_new(struct forwards *all, struct link *l,
	const struct frame *request);

/* The same for another host. */
void agent_forward_reach(struct forwards *all, struct link *l,
	const struct frame *request);

#endif
