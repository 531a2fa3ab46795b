/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_UNATTENDED_H
#define AGENT_UNATTENDED_H

#include "agent/idle.h"

/*
 * --unattended-timeout: a session that somebody is connected to, and at which
 * nobody is. An editor's window that is left open says less than 5 kB a minute;
 * below UNATTENDED_BYTES for so long the session ends, with a warning before. With
 * --idle-busy=cpu processes that compute keep it alive.
 */
#define UNATTENDED_BYTES 10000	/* a minute, of all clients, both ways */

struct unattended;

/*
 * moved() tells how many bytes clients and shells have moved so far, not those of
 * links themselves. NULL when it is not wanted.
 */
struct unattended *unattended_new(const struct agent_job *job,
	struct news *news, struct end *end, struct idle *idle,
	unsigned long long (*moved)(void *arg), void *arg);
void unattended_free(struct unattended *u);

#endif
