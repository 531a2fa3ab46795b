/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_SSHAGENT_H
#define AGENT_AGENT_SSHAGENT_H

#include "agent/jobenv.h"
#include "agent/service.h"
#include "agent/wrappers.h"
#include "os/peeruid.h"

/*
 * --forward-agent: a socket in the session's private directory that stays the
 * same, and leads to the ssh-agent of the newest connection that has brought one.
 */
struct agent_sshagent;

/* All outlive it. env gets SSH_AUTH_SOCK when a front offers an agent. */
struct agent_sshagent *agent_sshagent_new(struct jobenv *env, struct services *services,
	struct wrappers *wrappers, struct peeruid *peeruid);
void agent_sshagent_free(struct agent_sshagent *a);	/* NULL is ignored */

#endif
