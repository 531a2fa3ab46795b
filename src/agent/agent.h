/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <event2/event.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "agent/options.h"
#include "net/child.h"
#include "net/gate.h"
#include "os/peeruid.h"
#include "os/userdir.h"
#include "pure/endpoint.h"
#include "pure/envlist.h"

struct shell;
struct control;
struct visitor;

/* The session: everything the job is. */
struct agent {
	const struct options *opt;
	struct event_base *base;
	struct children *children;
	struct peeruid peeruid;
	struct userdir user;
	int dir;			/* of the session's state */
	char node[256];
	char *tmpdir;			/* private; removed at the end */
	struct envlist env;		/* of every shell */
	struct tls_key front_key;	/* of fronts that dial us */
	struct tls_key home_key;	/* when we call a front */
	struct gate *gate;
	struct endpoint endpoint;	/* where it is reached */
	TAILQ_HEAD(, visitor) visitors;	/* the oldest first */
	unsigned n_visitors;
	LIST_HEAD(, control) controls;
	LIST_HEAD(, shell) shells;
	unsigned busy;			/* shells in use, open connections */
	struct event *idle;
	struct event *ending;
	int end_step;			/* 0: not ending */
	int exit_status;
};

/* agent/serve.c: links that have come, until their request is known. */
int serve_open(struct agent *a, struct err *e);
void serve_close(struct agent *a);

/* agent/control.c: one per front; confirms listeners, carries notices. */
void control_new(struct agent *a, struct link *l);
void control_end_all(struct agent *a, const char *reason);
void control_free_all(struct agent *a);

/* agent/shell.c: a shell and its stdio on a link. */
void shell_new(struct agent *a, struct link *l, const struct frame *request);
void shell_free_all(struct agent *a);

/* agent/forward.c: a connection to a listener of the job. */
void forward_new(struct agent *a, struct link *l, const struct frame *request);

/*
 * Whether target is a listener of this uid: 1, and for a port the address
 * family that it listens on; 0 with e saying what it is instead.
 */
int forward_is_ours(struct agent *a, const struct target *target, int *family,
	struct err *e);

/* agent/home.c: tell fronts where we are. */
int home_announce(struct agent *a, struct err *e);

/* agent/end.c: when and how the session ends. */
void end_init(struct agent *a);
void end_fini(struct agent *a);

/* Something is in use, or no longer: counts for the idle end. */
void end_busy(struct agent *a, int change);

/* Begin to end, for a reason that the fronts show. More calls do nothing. */
void end_session(struct agent *a, int exit_status, const char *reason);

/* Refuse a request: the link is gone after the error has been sent. */
void refuse(struct link *l, int exit_status, const struct err *why);

#endif
