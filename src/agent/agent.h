/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <event2/event.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "agent/job.h"
#include "agent/jobenv.h"
#include "net/gate.h"
#include "os/peeruid.h"
#include "proto/endpoint.h"

struct hook;
struct idle;
struct limit;
struct shell;
struct call;
struct fronts_member;
struct forwarding;
struct visitor;
struct frame;
struct hygiene;
struct link;

/* What keeps a session from being idle. */
enum use { USE_CLIENT, USE_SHELL, USE_COUNT };

/* The session: everything the job is. */
struct agent {
	struct agent_job job;
	struct jobenv env;
	struct peeruid peeruid;
	int parent;			/* pidfd of who started us, or -1 */
	struct tls_key front_key;	/* of fronts that dial us */
	struct tls_key home_key;	/* when we call a front */
	struct gate *gate;
	struct endpoint endpoint;	/* where it is reached */
	TAILQ_HEAD(, visitor) visitors;	/* the oldest first */
	unsigned n_visitors;
	/* The first frame of a link. The callee owns the link. */
	void (*take_request)(struct agent *a, struct link *l,
		const struct frame *f);
	LIST_HEAD(, fronts_member) fronts;	/* that are attached */
	unsigned n_fronts;
	LIST_HEAD(, shell) shells;
	LIST_HEAD(, forwarding) forwardings;
	LIST_HEAD(, call) calls;
	unsigned n_used[USE_COUNT];
	struct idle *idle;
	struct limit *limit;
	struct hook *hook;
	struct memory *memory;
	struct hygiene *hygiene;	/* NULL: not wanted */
	struct event *ending;
	int end_step;			/* 0: not ending */
	long long meant_until;		/* an end before that is the user's */
	int exit_status;
	int memory_was_short;		/* somebody was killed for it */
};

#endif
