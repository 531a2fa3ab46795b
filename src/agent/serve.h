/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVE_H
#define AGENT_SERVE_H

#include "agent/agent_job.h"
#include "agent/end.h"
#include "net/link.h"
#include "proto/endpoint.h"

/* The door: links to the agent from their proof to their request. */
struct serve;

/*
 * take() gets a link with its first frame, and owns it from then on; not once
 * the end has begun, when requests are refused.
 */
struct serve *serve_new(const struct agent_job *job, const struct end *end,
	void (*take)(struct link *l, const struct frame *f, void *arg),
	void *arg);
void serve_free(struct serve *s);

/* Listen on the link port for who knows key, which outlives s. -1 with e set. */
int serve_open(struct serve *s, const struct tls_key *key, struct err *e)
	__attribute__((warn_unused_result));

/* Where that is. */
const struct endpoint *serve_endpoint(const struct serve *s);

/*
 * A link whose request is over: it may get another when the front knows that,
 * otherwise it is closed.
 */
void serve_again(struct serve *s, struct link *l);

/* Links that wait for their request. */
unsigned serve_waiting(const struct serve *s);

/* Whether the end has begun; then the request of the link is refused. */
int serve_refuses(struct link *l, const struct end *end);

/* Refuse a request: the link is gone after the error has been sent. */
void serve_refuse(struct link *l, int exit_status, const struct err *why);

#endif
