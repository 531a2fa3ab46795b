/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections to listeners of the job. Only on loopback, and only if the listener
 * belongs to this uid (net/portdial.h): after a crash of the server another user may
 * take its port. Those to other hosts are dialed by agent_reach.c.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/agent_carry.h"
#include "agent/agent_forward.h"
#include "agent/agent_reach.h"
#include "base/mem.h"
#include "net/portdial.h"
#include "net/probe.h"
#include "net/resolver.h"
#include "os/log.h"

/* A connection on its way, until it is carried. */
struct forwarding {
	LIST_ENTRY(forwarding) next;
	struct forwards *all;
	struct link *link;	/* NULL: it is carried, or refused */
	struct target target;
	int fd;			/* -1: not yet, or it is carried */
	struct portdial *dial;	/* of a port */
	struct probe *probe;	/* of a path */
	struct agent_reach *reach;	/* of another host */
	char name[256];		/* for logs */
};

struct forwards {
	const struct agent_job *job;
	struct peeruid *peeruid;
	struct idle *idle;
	struct agent_carry *carry;	/* those that are dialed */
	struct resolver *resolver;	/* for those to other hosts */
	LIST_HEAD(, forwarding) list;
	unsigned n;
};

/* What it still owns goes with it. */
static void free_forwarding(struct forwarding *f)
{
	LIST_REMOVE(f, next);
	f->all->n--;
	portdial_free(f->dial);
	probe_free(f->probe);
	agent_reach_free(f->reach);
	if (f->fd != -1)
		close(f->fd);
	link_free(f->link);
	free(f);
}

static void client_gone(unsigned long long moved, void *arg)
{
	(void)moved;
	idle_count(arg, USE_CLIENT, -1);
}

static void agent_forward_refuse(struct forwarding *f, int status,
	const struct err *why)
{
	serve_refuse(f->link, status, why);
	f->link = NULL;
	free_forwarding(f);
}

static void agent_forward_give_up(struct forwarding *f, const struct err *why)
{
	agent_forward_refuse(f, EX_UNAVAILABLE, why);
}

static void begin_to_carry(struct forwarding *f)
{
	struct forwards *all = f->all;
	struct link *l = f->link;
	char name[sizeof f->name];
	int fd = f->fd;

	f->link = NULL;
	f->fd = -1;
	memcpy(name, f->name, sizeof name);
	free_forwarding(f);
	idle_count(all->idle, USE_CLIENT, 1);
	agent_carry_start(all->carry, fd, l, name, client_gone, all->idle);
}

static void forwarding_is_there(struct forwarding *f, int fd,
	const struct err *why)
{
	f->fd = fd;
	if (why != NULL)
		agent_forward_give_up(f, why);
	else
		begin_to_carry(f);
}

static void dialed(int fd, const struct err *why, void *arg)
{
	struct forwarding *f = arg;

	f->dial = NULL;
	forwarding_is_there(f, fd, why);
}

static void probed(int fd, const struct err *why, void *arg)
{
	struct forwarding *f = arg;

	f->probe = NULL;
	forwarding_is_there(f, fd, why);
}

static void reached(int fd, int status, const struct err *why, void *arg)
{
	struct forwarding *f = arg;

	f->reach = NULL;
	f->fd = fd;
	if (why != NULL)
		agent_forward_refuse(f, status, why);
	else
		begin_to_carry(f);
}

static void agent_forward_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)l;
	(void)why;
	(void)auth;
	free_forwarding(arg);
}

static void ignore(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
}

static const struct link_ops ops = { .frame = ignore,
	.down = agent_forward_down };

static int dial_port(struct forwarding *f, struct err *e)
{
	const struct agent_job *job = f->all->job;

	f->dial = portdial_new(job->base, &(struct portowner){
		.peeruid = f->all->peeruid, .node = job->node,
		.port = f->target.port }, dialed, f, e);
	return f->dial != NULL ? 0 : -1;
}

static struct forwarding *agent_forward_begin(struct forwards *all,
	struct link *l)
{
	struct forwarding *f = mem_alloc(sizeof *f);

	f->all = all;
	f->link = l;
	f->fd = -1;
	LIST_INSERT_HEAD(&all->list, f, next);
	all->n++;
	/* Data that follows the request waits for the connection. */
	link_set_ops(l, &ops, f);
	link_pause(l, 1);
	return f;
}

void agent_forward_reach(struct forwards *all, struct link *l,
	const struct frame *request)
{
	struct forwarding *f;
	struct reach r;
	struct err e;

	if (reach_get(&r, request, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	f = agent_forward_begin(all, l);
	snprintf(f->name, sizeof f->name, "%.200s port %u", r.host, r.port);
	f->reach = agent_reach_new(all->job->base, all->resolver, &r, reached,
		f);
}

void agent_forward_new(struct forwards *all, struct link *l,
	const struct frame *request)
{
	struct forwarding *f;
	struct target t;
	struct err e;

	if (connect_get(&t, request, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	f = agent_forward_begin(all, l);
	f->target = t;
	if (t.port != 0)
		snprintf(f->name, sizeof f->name, "port %u", t.port);
	else
		snprintf(f->name, sizeof f->name, "%s", t.path);
	if (t.port == 0)
		f->probe = probe_new(all->job->base, t.path, 1, probed, f);
	else if (dial_port(f, &e) == -1)
		agent_forward_give_up(f, &e);
}

unsigned forwards_count(const struct forwards *all)
{
	return all->n + agent_carry_count(all->carry);
}

struct forwards *forwards_new(const struct agent_job *job,
	struct peeruid *peeruid, struct idle *idle, struct serve *serve)
{
	struct forwards *all = mem_alloc(sizeof *all);

	*all = (struct forwards){ .job = job, .peeruid = peeruid,
		.idle = idle, .carry = agent_carry_new(job, peeruid, serve),
		.resolver = resolver_new(job->base, "/etc/resolv.conf",
			"/etc/hosts", "the node") };
	LIST_INIT(&all->list);
	return all;
}

void forwards_free(struct forwards *all)
{
	if (all == NULL)
		return;
	while (!LIST_EMPTY(&all->list))
		free_forwarding(LIST_FIRST(&all->list));
	agent_carry_free(all->carry);
	resolver_free(all->resolver);
	free(all);
}

unsigned long long forwards_moved(const struct forwards *all)
{
	return agent_carry_moved(all->carry);
}
