/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_ATTACH_H
#define FRONT_CMD_ATTACH_H

#include "front/job/invocation.h"

/* A connection to the agent of a session, from its name to what runs in its job. */
struct connection;

/*
 * Find the session or start it, and have an sshd run there, whose host key
 * outlives the connection. What fails is told, and ends the front.
 */
struct connection *connection_to_sshd(const struct invocation *inv,
	const char *host_key);

/*
 * The same for a shell, or the command that the operands are, and the ports that
 * an editor's server in it announces.
 */
struct connection *connection_with_ports(const struct invocation *inv);

/* As in struct command_ops. */
int connection_signalled(void *connection, int sig);
void connection_free(void *connection);

#endif
