/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_SHELL_H
#define FRONT_FRONT_SHELL_H

#include <sys/socket.h>

#include "front/job/invocation.h"
#include "front/job/place.h"

struct front_control;
struct front_forward;
struct stdio;

/* Our shell in the job. */
struct front_shell;

/* Others of the connection, which outlive it. */
struct front_shell_with {
	struct stdio *stdio;
	struct front_forward *forward;	/* NULL: for a person, no editor */
	struct front_control *control;	/* to the same agent */
	const struct place *place;
	/*
	 * The PEM of an sshd's, of which stdin and stdout are both directions.
	 * NULL: a shell.
	 */
	const char *host_key;
};

/*
 * It takes stdin over once the agent has started it, and ends the front with its
 * exit status, 128+n for a signal, when all that it printed is written.
 */
struct front_shell *front_shell_new(const struct invocation *inv,
	const struct front_shell_with *with, const struct sockaddr *addr,
	socklen_t len);
void front_shell_free(struct front_shell *s);

/*
 * To the shell. The second SIGINT or SIGQUIT, or one that no shell can hear,
 * ends the front with 128 and its number.
 */
void front_shell_signal(struct front_shell *s, int sig);

/* The terminal has another size. */
void front_shell_window(struct front_shell *s);

#endif
