/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_CARRY_H
#define AGENT_AGENT_CARRY_H

#include "agent/agent_job.h"
#include "agent/serve.h"
#include "net/link.h"
#include "os/peeruid.h"

/*
 * Connections of one kind that run: each between a socket on this node and the
 * link by which a front has asked for it, which then waits for another request.
 */
struct agent_carry;

/* Links go back to serve. All outlive it. */
struct agent_carry *agent_carry_new(const struct agent_job *job,
	struct peeruid *peeruid, struct serve *serve);

/* Both sides of each see a reset. NULL is ignored. */
void agent_carry_free(struct agent_carry *c);

/*
 * Tell the front OK, and carry what fd says; both are its own from now on. what
 * names the connection in logs, and is copied. ended() is called once when it is
 * over, with the bytes that it has moved, unless all are freed before; or NULL.
 */
void agent_carry_start(struct agent_carry *c, int fd, struct link *l,
	const char *what, void (*ended)(unsigned long long moved, void *arg),
	void *arg);

/* How many run, and the bytes that all of them have moved so far, both ways. */
unsigned agent_carry_count(const struct agent_carry *c);
unsigned long long agent_carry_moved(const struct agent_carry *c);

#endif
