/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections to listeners of the job. Only on loopback, and only if the listener
 * belongs to this uid both before it is dialed and once the connection is there:
 * after a crash of the server another user may take its port in between. Those to
 * other hosts are dialed by agent_reach.c.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/agent_carry.h"
#include "agent/agent_forward.h"
#include "agent/agent_reach.h"
#include "agent/portowner.h"
#include "base/mem.h"
#include "net/probe.h"
#include "net/resolver.h"
#include "net/sock.h"
#include "os/log.h"

#define DIAL_TIMEOUT 10

/* A connection on its way, until it is carried. */
struct forwarding {
	LIST_ENTRY(forwarding) next;
	struct forwards *all;
	struct link *link;	/* NULL: it is carried, or refused */
	struct target target;
	int family;		/* of a port: where it is listened on, */
	uint32_t inode;		/* and by which socket */
	int fd;			/* -1: not yet, or it is carried */
	struct event *done;	/* of dialing a port */
	struct probe *probe;	/* of dialing a path */
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

static socklen_t target_addr(uint16_t port, int family,
	struct sockaddr_storage *addr)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;

	*addr = (struct sockaddr_storage){ .ss_family = family };
	if (family == AF_INET) {
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		v4->sin_port = htons(port);
		return sizeof *v4;
	}
	v6->sin6_addr = in6addr_loopback;
	v6->sin6_port = htons(port);
	return sizeof *v6;
}

/* What it still owns goes with it. */
static void free_forwarding(struct forwarding *f)
{
	LIST_REMOVE(f, next);
	f->all->n--;
	if (f->done != NULL)
		event_free(f->done);
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

static void dialed(evutil_socket_t fd, short what, void *arg)
{
	struct forwarding *f = arg;
	int error = what & EV_TIMEOUT ? ETIMEDOUT : sock_error(fd);
	struct err e;

	if (error != 0) {
		err_set(&e, "connect: %s", strerror(error));
		agent_forward_give_up(f, &e);
	} else if (!peeruid_was_ours(f->all->peeruid, f->fd, f->family,
		f->target.port, f->inode)) {
		err_set(&e, "port %u on %s changed hands while it was dialed",
			f->target.port, f->all->job->node);
		agent_forward_give_up(f, &e);
	} else {
		begin_to_carry(f);
	}
}

static void probed(int fd, const struct err *why, void *arg)
{
	struct forwarding *f = arg;

	f->probe = NULL;
	f->fd = fd;
	if (why != NULL)
		agent_forward_give_up(f, why);
	else
		begin_to_carry(f);
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
	struct sockaddr_storage addr;
	socklen_t len;

	if (!portowner_is_us(f->all->peeruid, f->all->job->node,
		f->target.port, &f->family, &f->inode, e))
		return -1;
	len = target_addr(f->target.port, f->family, &addr);
	f->fd = sock_dial((struct sockaddr *)&addr, len);
	if (f->fd == -1)
		return err_set(e, "connect: %s", strerror(errno));
	f->done = event_new(f->all->job->base, f->fd, EV_WRITE, dialed, f);
	if (event_add(f->done, &(struct timeval){ .tv_sec = DIAL_TIMEOUT }) == -1)
		return err_set(e, "connect: it cannot be waited for");
	return 0;
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
