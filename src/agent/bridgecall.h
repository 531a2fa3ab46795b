/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_BRIDGECALL_H
#define AGENT_BRIDGECALL_H

#include "agent/jobenv.h"

/*
 * One command that vscode-remote-host has called for: read, judged, run on the node
 * with the caller's own descriptors, and told of until it has ended. In a process
 * made by spawn_branch(), which does nothing else, and may wait. The other end of
 * conn is the user's own.
 */
__attribute__((noreturn))
void bridgecall_serve(int conn, const struct jobenv *j);

#endif
