/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_ATTACH_H
#define FRONT_CMD_ATTACH_H

#include <sys/socket.h>

#include "front/job/invocation.h"

struct front_control;
struct place;

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

/* Where the agent is, once it answers; all but node outlives who is told. */
struct connection_to {
	struct front_control *control;
	const struct place *place;
	const struct sockaddr *addr;	/* as node: until he returns */
	socklen_t len;
	const char *node;
};

/*
 * The same for somebody else who uses the agent of a session that is there, and
 * for as long as that answers.
 */
struct connection *connection_for(const struct invocation *inv,
	void (*answers)(const struct connection_to *agent, void *arg),
	void *arg);

/*
 * What he had of the agent was taken from him, as the job's end does. That ends the
 * front when it is heard of within a second; else this line and status do.
 */
void connection_cut(struct connection *c, int status, const struct err *why);

/* As in struct command_ops. */
int connection_signalled(void *connection, int sig);
void connection_free(void *connection);

#endif
