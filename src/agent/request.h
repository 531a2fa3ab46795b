/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_REQUEST_H
#define AGENT_REQUEST_H

#include "agent/control.h"
#include "agent/forward.h"
#include "agent/servers/hygiene.h"
#include "agent/shell.h"
#include "agent/sshd.h"
#include "agent/status.h"
#include "net/link.h"

/* Who takes requests. */
struct requests {
	const struct control_parts *control;
	const struct status_parts *status;
	struct hygiene *hygiene;	/* NULL: not wanted */
	struct shells *shells;
	struct sshds *sshds;
	struct forwards *forwards;
};

/*
 * What a link is for: its first frame. The link is its own from now on. arg is
 * the struct requests, see agent/serve.h.
 */
void request_take(struct link *l, const struct frame *f, void *arg);

#endif
