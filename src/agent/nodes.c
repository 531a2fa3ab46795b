/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the agents of the job's other nodes. One is started (agent/nodestep.c) when a
 * front asks for its node, and stays until the session ends. It finds us by the
 * endpoint record, and its link (agent/uplink.c) is one of the fronts: what they
 * are told goes to the fronts there. By USES we know who is connected.
 *
 *	         HOME            link down             ended
 *	STARTING ----> UP ------------------> ENDING -------> (none), or anew
 *	   |  '--------------- late ------------^             if fronts wait
 *	   '-- ended: who waits is refused --> (none)
 */
#include "agent/nodes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>

#include "agent/nodestep.h"
#include "agent/serve.h"
#include "agent/waitlist.h"
#include "base/mem.h"
#include "base/tag.h"
#include "os/log.h"

#define FURTHER_MAX 64		/* each costs memory here, too */
#define START_SECONDS 60	/* until its agent must have called */
#define END_SECONDS 10		/* from SIGTERM to SIGKILL */
#define USES_MAX 1000000	/* more are no number */

/* What its agent has told us. */
struct node_call {
	struct link *link;
	struct fronts_member member;
	struct endpoint at;
	struct uses uses;
};

struct node {
	LIST_ENTRY(node) next;
	struct nodes *all;
	char name[TAG_NAME_MAX + 1];
	enum node_state { NODE_STARTING, NODE_UP, NODE_ENDING } state;
	struct waitlist waiting;	/* fronts that ask; none when it is up */
	struct nodestep step;
	struct node_call call;		/* up */
	struct event *late;
};

struct nodes {
	struct node_parts parts;
	LIST_HEAD(, node) list;
	unsigned n;
	struct end_spared spared;
};

static void node_set_state(struct node *n, enum node_state state)
{
	static const char *const names[] = { "starting", "up", "ending" };

	log_debug("node %s: %s -> %s", n->name, names[n->state], names[state]);
	n->state = state;
}

static void node_wait(struct node *n, int seconds)
{
	event_add(n->late, &(struct timeval){ .tv_sec = seconds });
}

/* Its agent is not connected any more, nor is anybody by it. */
static void node_hang_up(struct node *n)
{
	struct node_call *c = &n->call;
	struct idle *idle = n->all->parts.idle;

	if (c->link == NULL)
		return;
	fronts_remove(n->all->parts.fronts, &c->member);
	link_free(c->link);
	idle_count(idle, USE_CLIENT, -(int)c->uses.clients);
	idle_count(idle, USE_SHELL, -(int)c->uses.shells);
	*c = (struct node_call){ 0 };
}

static void node_free(struct node *n)
{
	LIST_REMOVE(n, next);
	n->all->n--;
	node_hang_up(n);
	waitlist_fini(&n->waiting);
	nodestep_fini(&n->step);
	event_free(n->late);
	free(n);
}

/* Its agent is started, and ended. */

static void node_refuse(struct node *n, const char *why)
{
	const struct agent_job *job = n->all->parts.job;
	struct err e;

	err_set(&e, "session '%s' cannot be reached on %s, a node of its job: %s",
		job->opt->session.name, n->name, why);
	waitlist_refuse(&n->waiting, EX_UNAVAILABLE, &e);
}

/* Start it, for those who wait. Without one, they hear why. */
static void node_start(struct node *n)
{
	struct err e;

	node_set_state(n, NODE_STARTING);
	if (nodestep_run(&n->step, &e) == -1) {
		node_refuse(n, e.text);
		node_free(n);
		return;
	}
	node_wait(n, START_SECONDS);
}

static void node_step_ended(const struct err *why, void *arg)
{
	struct node *n = arg;

	switch (n->state) {
	case NODE_UP:
		return;		/* its agent may go on: its link tells */
	case NODE_STARTING:
		node_refuse(n, why->text);
		break;
	case NODE_ENDING:
		break;
	}
	event_del(n->late);
	if (waitlist_is_empty(&n->waiting))
		node_free(n);
	else
		node_start(n);
}

/* It shall end, or has: what runs it may not know. */
static void node_end(struct node *n)
{
	node_set_state(n, NODE_ENDING);
	if (nodestep_is_running(&n->step)) {
		nodestep_end(&n->step);
		node_wait(n, END_SECONDS);
	} else {
		node_free(n);
	}
}

static void late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct node *n = arg;

	(void)fd;
	(void)what;
	if (n->state == NODE_STARTING) {
		node_refuse(n, "its agent was not there within a minute");
		node_end(n);
	} else if (nodestep_is_running(&n->step)) {
		nodestep_kill(&n->step);
	}
}

/* What fronts ask. */

static void say_where(struct link *l, const struct endpoint *at)
{
	struct buf text = { 0 };

	endpoint_write(&text, at);
	link_send(l, FRAME_HOME, 0, buf_data(&text), text.len);
	buf_fini(&text);
	link_free_when_sent(l);
}

static void node_ready(struct link *l, const struct frame *f, void *arg)
{
	const struct node *n = arg;

	(void)f;
	say_where(l, &n->call.at);
}

static struct node *node_find(const struct nodes *all, const char *name)
{
	struct node *n;

	LIST_FOREACH(n, &all->list, next)
		if (strcmp(n->name, name) == 0)
			return n;
	return NULL;
}

static struct node *node_new(struct nodes *all, const char *name)
{
	struct node *n = mem_alloc(sizeof *n);

	n->all = all;
	snprintf(n->name, sizeof n->name, "%s", name);
	nodestep_init(&n->step, all->parts.job, n->name, node_step_ended, n);
	n->late = evtimer_new(all->parts.job->base, late_cb, n);
	waitlist_init(&n->waiting);
	LIST_INSERT_HEAD(&all->list, n, next);
	all->n++;
	return n;
}

/* Where name stands among those of the job: 0 is ours; -1: nowhere. */
static int place_of(const struct agent_job *job, const char *name)
{
	const char *at = job->opt->agent.nodes;
	size_t len = strlen(name);

	if (at == NULL)
		return strcmp(name, job->node) == 0 ? 0 : -1;
	for (int i = 0; *at != '\0'; i++) {
		size_t n = strcspn(at, ",");

		if (n == len && memcmp(at, name, n) == 0)
			return i;
		at += n + (at[n] == ',');
	}
	return -1;
}

/* The names are the scheduler's; there may be a thousand. */
static void no_such_node(const struct agent_job *job, const char *name,
	struct err *e)
{
	const char *nodes = job->opt->agent.nodes;
	struct buf list = { 0 };

	for (; nodes != NULL && *nodes != '\0' && list.len < 400;) {
		int len = strcspn(nodes, ",");

		buf_printf(&list, "%s%.*s", list.len > 0 ? ", " : "", len,
			nodes);
		nodes += len + (nodes[len] == ',');
	}
	if (nodes == NULL)
		err_set(e, "job %s has no node '%s': it has one, %s", job->id,
			name, job->node);
	else
		err_set(e, "job %s has no node '%s': it has %.*s%s", job->id,
			name, (int)list.len, buf_data(&list),
			*nodes != '\0' ? ", ..." : "");
	buf_fini(&list);
}

void nodes_ask(struct nodes *all, struct link *l, const struct frame *f)
{
	const struct agent_job *job = all->parts.job;
	char name[TAG_NAME_MAX + 1];
	struct node *n;
	struct err e;
	int place;

	if (text_get(name, sizeof name, f, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	place = tag_is_name(name) ? place_of(job, name) : -1;
	if (place == -1) {
		no_such_node(job, name, &e);
		serve_refuse(l, EX_USAGE, &e);
		return;
	}
	if (place == 0) {
		say_where(l, all->parts.at);
		return;
	}
	n = node_find(all, name);
	if (n != NULL && n->state == NODE_UP) {
		say_where(l, &n->call.at);
		return;
	}
	if (n != NULL) {
		waitlist_add(&n->waiting, l, f, node_ready, n);
		return;
	}
	if (all->n == FURTHER_MAX) {
		err_set(&e, "session '%s' is on %d nodes of its job already: no more at a time",
			job->opt->session.name, FURTHER_MAX + 1);
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	n = node_new(all, name);
	waitlist_add(&n->waiting, l, f, node_ready, n);
	node_start(n);
}

/* What its agent says. */

static void node_uses(struct node *n, const struct frame *f)
{
	struct node_parts *p = &n->all->parts;
	struct uses *had = &n->call.uses, now;
	struct err e;

	if (uses_get(&now, f, &e) == -1 || now.clients > USES_MAX ||
		now.shells > USES_MAX || now.fronts > USES_MAX) {
		log_warning("node %s: a bad %s frame", n->name,
			frame_name(f->type));
		return;
	}
	idle_count(p->idle, USE_CLIENT, (int)(now.clients - had->clients));
	idle_count(p->idle, USE_SHELL, (int)(now.shells - had->shells));
	fronts_stand_for(p->fronts, &n->call.member, now.fronts);
	if (now.computed != had->computed)
		idle_computes(p->idle);
	*had = now;
}

static void node_frame(struct link *l, const struct frame *f, void *arg)
{
	struct node *n = arg;
	struct node_parts *p = &n->all->parts;
	char reason[TEXT_MAX + 1];
	uint32_t seconds;
	struct err e;

	switch ((int)f->type) {
	case FRAME_USES:
		node_uses(n, f);
		break;
	case FRAME_LIMIT:
		if (limit_get(&seconds, f, &e) == 0)
			agent_limit_set(p->limit, seconds);
		break;
	case FRAME_PING:
		link_send(l, FRAME_PONG, 0, f->data, f->len);
		break;
	case FRAME_MEANT:
		end_is_meant(p->end);
		break;
	case FRAME_END:
		if (text_get(reason, sizeof reason, f, &e) == 0)
			end_session(p->end, EX_OK, reason);
		break;
	default:
		log_debug("node %s: %s frame ignored", n->name,
			frame_name(f->type));
	}
}

static void node_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct node *n = arg;

	(void)l;
	(void)auth;
	log_info("node %s: its agent is gone: %s", n->name, why->text);
	node_hang_up(n);
	node_end(n);
}

static const struct link_ops node_ops = {
	.frame = node_frame,
	.down = node_down,
};

static void node_dropped(void *arg)
{
	node_free(arg);
}

void nodes_called(struct nodes *all, struct link *l, const struct frame *f)
{
	struct endpoint at;
	struct node *n;
	struct err e;

	if (endpoint_parse(&at, f->data, f->len, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	n = node_find(all, at.node);
	if (n == NULL || n->state != NODE_STARTING) {
		err_set(&e, "nobody waits for an agent of node %s", at.node);
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	event_del(n->late);
	node_set_state(n, NODE_UP);
	n->call.link = l;
	n->call.at = at;
	fronts_add(all->parts.fronts, &n->call.member, l, node_dropped, n);
	fronts_stand_for(all->parts.fronts, &n->call.member, 0);
	link_set_ops(l, &node_ops, n);
	link_send(l, FRAME_OK, 0, NULL, 0);
	waitlist_go(&n->waiting, all->parts.end);
}

/* They hear of the end by their links, and end what runs there themselves. */
static int nodes_spare(pid_t pid, pid_t session, void *arg)
{
	const struct nodes *all = arg;
	const struct node *n;

	LIST_FOREACH(n, &all->list, next)
		if (n->state == NODE_UP &&
			nodestep_has(&n->step, pid, session))
			return 1;
	return 0;
}

struct nodes *nodes_new(const struct node_parts *parts)
{
	struct nodes *all = mem_alloc(sizeof *all);

	all->parts = *parts;
	LIST_INIT(&all->list);
	end_spare(parts->end, &all->spared, nodes_spare, all, 0);
	return all;
}

void nodes_free(struct nodes *all)
{
	if (all == NULL)
		return;
	end_unspare(&all->spared);
	while (!LIST_EMPTY(&all->list))
		node_free(LIST_FIRST(&all->list));
	free(all);
}
