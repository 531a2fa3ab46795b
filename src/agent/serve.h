/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVE_H
#define AGENT_SERVE_H

#include "agent/agent.h"
#include "net/link.h"

/*
 * Listen on the link port, and fill a->endpoint. a->take_request must be set.
 * -1 with e set.
 */
int serve_open(struct agent *a, struct err *e)
	__attribute__((warn_unused_result));
void serve_close(struct agent *a);

/*
 * A link whose request is over: it may get another when the front knows that,
 * otherwise it is closed.
 */
void serve_again(struct agent *a, struct link *l);

/* Refuse a request: the link is gone after the error has been sent. */
void serve_refuse(struct link *l, int exit_status, const struct err *why);

#endif
