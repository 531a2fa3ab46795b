/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_UPLINK_H
#define AGENT_UPLINK_H

#include "agent/node_parts.h"

struct tls_key;

/* The link of the agent of a further node to the first, which has the session. */
struct uplink;

/* parts: who is told what the first agent says; they outlive it. */
struct uplink *uplink_new(const struct node_parts *parts);
void uplink_free(struct uplink *u);

/* Tell the first agent where we are. key outlives it. -1 with e set. */
int uplink_open(struct uplink *u, const struct tls_key *key, struct err *e)
	__attribute__((warn_unused_result));

/* What a front says of the session as a whole is for the first agent. */
void uplink_pass(struct uplink *u, const struct frame *f);

#endif
