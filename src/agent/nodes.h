/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_NODES_H
#define AGENT_NODES_H

#include "agent/node_parts.h"
#include "net/link.h"

/* The job's other nodes, and an agent on each that somebody has asked for. */
struct nodes;

/* parts: who is told of what happens there; they outlive it. */
struct nodes *nodes_new(const struct node_parts *parts);
void nodes_free(struct nodes *n);

/*
 * A front asks where the agent of a node is, which is started if need be, and
 * hears it, or why there is none. The link is taken.
 */
void nodes_ask(struct nodes *n, struct link *l, const struct frame *f);

/* An agent that was started says where it is. The link is taken. */
void nodes_called(struct nodes *n, struct link *l, const struct frame *f);

#endif
