/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SHELL_H
#define FRONT_SHELL_H

#include <sys/socket.h>

#include "front/job/invocation.h"
#include "front/job/place.h"

struct control;
struct forward;
struct stdio;

/* Our shell in the job. */
struct shell;

/* Others of the connection, which outlive it. */
struct shell_with {
	struct stdio *stdio;
	struct forward *forward;	/* NULL: for a person, no editor */
	struct control *control;	/* to the same agent */
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
struct shell *shell_new(const struct invocation *inv,
	const struct shell_with *with, const struct sockaddr *addr,
	socklen_t len);
void shell_free(struct shell *s);

/*
 * To the shell. The second SIGINT or SIGQUIT, or one that no shell can hear,
 * ends the front with 128 and its number.
 */
void shell_signal(struct shell *s, int sig);

/* The terminal has another size. */
void shell_window(struct shell *s);

#endif
