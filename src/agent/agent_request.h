/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_REQUEST_H
#define AGENT_AGENT_REQUEST_H

#include "agent/agent_control.h"
#include "agent/agent_forward.h"
#include "agent/agent_shell.h"
#include "agent/nodes.h"
#include "agent/servers/hygiene.h"
#include "agent/service.h"
#include "agent/sshd.h"
#include "agent/status.h"
#include "net/link.h"

/* Who takes requests. */
struct requests {
	const struct agent_control_parts *control;
	const struct status_parts *status;
	struct hygiene *hygiene;	/* NULL: not wanted */
	struct shells *shells;
	struct sshds *sshds;
	struct containers *containers;	/* NULL: none is wanted */
	struct forwards *forwards;
	struct services *services;
	struct nodes *nodes;		/* NULL: the session is another agent's */
};

/*
 * What a link is for: its first frame. The link is its own from now on. arg is
 * the struct requests, see agent/serve.h.
 */
void agent_request_take(struct link *l, const struct frame *f, void *arg);

#endif
