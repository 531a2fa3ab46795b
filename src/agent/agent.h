/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <event2/event.h>
#include <sys/queue.h>
#include <sys/types.h>

#include "agent/options.h"
#include "base/envlist.h"
#include "net/child.h"
#include "net/gate.h"
#include "os/peeruid.h"
#include "os/userdir.h"
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
	const struct options *opt;
	struct event_base *base;
	struct children *children;
	struct peeruid peeruid;
	struct userdir user;
	int dir;			/* of the session's state */
	int parent;			/* pidfd of who started us, or -1 */
	char node[256];
	char job[64];			/* the scheduler's id, or "" */
	char own_shell[256];		/* the user's, or one in its place */
	char posix_shell[256];		/* the same if it is of POSIX, or one */
	char *cwd;			/* the job's */
	char *rundir;			/* private; removed at the end */
	int rundir_lock;		/* a descriptor of it; -1: none */
	int rundir_given;		/* XDG_RUNTIME_DIR is the node's, not ours */
	void (*rundir_made)(const char *path);	/* who has to know its name */
	struct envlist env;		/* of every shell */
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
	long long started;		/* by clock_ms() */
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
