/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_USERPORT_H
#define FRONT_CMD_USERPORT_H

#include "front/cmd/attach.h"
#include "front/job/invocation.h"
#include "proto/message.h"

/*
 * A listener of the job that a user reaches from his own computer: through a
 * socket or port of this host, and a line of ssh that he is told.
 */
struct userport;

/* A record: what is opened, and what is told of it. */
struct userport_ask {
	struct target target;		/* in the job, */
	const struct reach *reach;	/* or on another host; NULL: in the job; kept */
	const char *label;		/* for portword_name(), or NULL */
	const char *local;		/* the number of a port; NULL: a socket */
	unsigned own;			/* the port of the user's own computer */
	const char *url;		/* behind host and port, with its slash; copied */
	const char *password;		/* a line more; or NULL; copied */
	/* All is printed; NULL: nobody wants to know. */
	void (*told)(void *arg);
	void *arg;
};

/* NULL with e set: nobody could tell who connects. */
struct userport *userport_new(const struct invocation *inv, struct err *e);
void userport_free(struct userport *u);		/* NULL is ignored */

/* Opens it, and prints the lines on stdout. What fails is told, and ends the front. */
void userport_open(struct userport *u, const struct connection_to *agent,
	const struct userport_ask *ask);

#endif
