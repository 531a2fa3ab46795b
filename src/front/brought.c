/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ssh-agent of the ssh that has started us. What its variable names is tried
 * once, so that one that is dead is told, and not found out in the job; then each
 * connection that the job wants is made to it. By a child, since the name may be in
 * a home directory that hangs.
 */
#include "front/brought.h"

#include <stdlib.h>
#include <sys/queue.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/front_service.h"
#include "net/alarm.h"
#include "net/probe.h"
#include "os/log.h"
#include "os/peeruid.h"
#include "proto/message.h"

#define AWAIT_MS 3000

/* A connection to the agent, for the job. */
struct agent_dial {
	struct front_want *want;
	struct probe *probe;
};

struct brought {
	const struct invocation *inv;
	struct front_service *service;
	const char *agent;	/* SSH_AUTH_SOCK; NULL: not wanted, or not there */
	struct probe *trial;	/* of it; NULL: it is over */
	struct alarm *late;
	void (*done)(void *);	/* NULL: nobody waits */
	void *arg;
};

/* Who waits need wait no longer. */
static void brought_settled(void *arg)
{
	struct brought *b = arg;
	void (*done)(void *) = b->done;

	b->done = NULL;
	alarm_clear(b->late);
	if (done != NULL)
		done(b->arg);
}

/* The other end must be the user's: the directory may be anybody's. */
static int is_served_by_us(int fd, struct err *e)
{
	uid_t uid;

	if (peeruid_unix(fd, &uid) == 0 && uid == geteuid())
		return 1;
	err_set(e, "it is served by another user");
	return 0;
}

static void agent_dialed(int fd, const struct err *why, void *arg)
{
	struct agent_dial *d = arg;
	struct err e;

	d->probe = NULL;
	if (why != NULL) {
		front_want_decline(d->want, EX_UNAVAILABLE, why);
	} else if (!is_served_by_us(fd, &e)) {
		close(fd);
		front_want_decline(d->want, EX_UNAVAILABLE, &e);
	} else {
		front_want_have(d->want, fd);
	}
	free(d);
}

static void forget_dial(void *attempt)
{
	struct agent_dial *d = attempt;

	probe_free(d->probe);
	free(d);
}

static void agent_wanted(struct front_want *w, const char *target, void *arg)
{
	struct brought *b = arg;
	struct agent_dial *d = mem_alloc(sizeof *d);

	(void)target;
	d->want = w;
	d->probe = probe_new(b->inv->base, b->agent, 1, agent_dialed, d);
	front_want_begin(w, forget_dial, d);
}

static const struct front_service_ops agent_ops = { .want = agent_wanted,
	.of_ssh = 1 };

static void agent_tried(int fd, const struct err *why, void *arg)
{
	struct brought *b = arg;
	struct err e;
	int is_good;

	b->trial = NULL;
	if (why != NULL)
		e = *why;
	is_good = why == NULL && is_served_by_us(fd, &e);
	if (fd != -1)
		close(fd);
	if (is_good)
		front_service_offer(b->service, SERVICE_AGENT, "", &agent_ops,
			b);
	else
		log_tell("--forward-agent has no effect: the agent that SSH_AUTH_SOCK names cannot be used: %s",
			e.text);
	brought_settled(b);
}

static void look_for_agent(struct brought *b)
{
	const char *path = getenv("SSH_AUTH_SOCK");

	if (path == NULL || path[0] == '\0') {
		log_tell("--forward-agent has no effect: ssh has brought no agent here; `ForwardAgent yes' in the entry of this host, or ssh -A, brings it");
		return;
	}
	b->agent = path;
	b->trial = probe_new(b->inv->base, path, 1, agent_tried, b);
}

struct brought *brought_new(const struct invocation *inv,
	struct front_service *service)
{
	struct brought *b = mem_alloc(sizeof *b);

	b->inv = inv;
	b->service = service;
	b->late = alarm_new(inv->base, brought_settled, b);
	if (inv->opt->services.forward_agent)
		look_for_agent(b);
	return b;
}

void brought_free(struct brought *b)
{
	if (b == NULL)
		return;
	probe_free(b->trial);
	alarm_free(b->late);
	free(b);
}

void brought_await(struct brought *b, void (*done)(void *), void *arg)
{
	if (b->trial == NULL) {
		done(arg);
		return;
	}
	b->done = done;
	b->arg = arg;
	alarm_set(b->late, AWAIT_MS);
}
