/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_BRIDGE_H
#define AGENT_BRIDGE_H

#include "agent/jobenv.h"
#include "os/peeruid.h"

/*
 * --bridge: programs in a container have commands of the node run outside of it. In
 * the session's private directory is a folder with vscode-remote-host, links to it
 * that have the names of these commands, and the socket that it calls; env names the
 * folder of the links. Each call has a process of its own (bridgecall.h).
 */
struct bridge;

/* All outlive it. NULL: the session has none, which the log tells if it wants one. */
struct bridge *bridge_new(struct jobenv *env, struct peeruid *peeruid);
void bridge_free(struct bridge *b);	/* NULL is ignored */

#endif
