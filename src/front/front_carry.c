/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a socket to a link that carries it:
 *	front_carry_start() -> a spare link, or front_carry_dial()
 *	-> the request -> OK -> a relay -> the link is spare again
 * Those that no spare link is there for wait for their turn to dial.
 */
#include "front/front_carry.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/spare.h"
#include "net/alarm.h"
#include "net/sock.h"
#include "os/log.h"

/*
 * An agent does 16 handshakes at a time, and one of an earlier version throws
 * out whoever comes beyond that; others dial, too.
 */
#define DIALING_MAX 8
#define TAKE_SECONDS 20

/* A connection that waits for the agent's word. */
struct opening {
	TAILQ_ENTRY(opening) next;
	struct front_carry *all;
	unsigned whose;
	struct buf request;
	struct peeruid *owners;
	struct link *link;	/* NULL: it waits until it may be dialed */
	int spare;		/* the link was one */
	int dialing;		/* and not up yet */
	int fd;
	struct opening_taken {	/* of front_carry_take() */
		struct relay_filters *outward;
		struct alarm *late;
		void (*over)(void *);	/* NULL: nobody asks */
		void *arg;
	} taken;
};

/* Relays are kept only to be ended with the front. */
struct relaying {
	LIST_ENTRY(relaying) next;
	struct front_carry *all;
	unsigned whose;
	struct relay *relay;
};

struct front_carry {
	struct event_base *base;
	int limit;
	struct carry_agent {		/* where it is dialed */
		struct sockaddr_storage addr;
		socklen_t len;
		struct tls_key key;
		struct spares *spares;	/* NULL: it is not known yet */
	} agent;
	struct carry_opening {
		TAILQ_HEAD(, opening) all; /* the oldest first */
		int dialing;		/* how many of them */
	} opening;
	struct carry_relayed {
		LIST_HEAD(, relaying) all;
		unsigned long long moved;	/* by those that are over */
	} relayed;
};

static void relay_done(struct relay *r, struct link *l, void *arg)
{
	struct relaying *x = arg;

	if (x->whose != FRONT_CARRY_NOBODY)
		x->all->relayed.moved += relay_moved(r) + 1;
	if (l != NULL)
		spares_give(x->all->agent.spares, l);
	LIST_REMOVE(x, next);
	free(x);
}

static void free_opening(struct opening *o)
{
	TAILQ_REMOVE(&o->all->opening.all, o, next);
	buf_fini(&o->request);
	alarm_free(o->taken.late);
	if (o->taken.outward != NULL)
		o->taken.outward->free(o->taken.outward->arg);
	if (o->taken.over != NULL)
		o->taken.over(o->taken.arg);
	free(o);
}

static void front_carry_dial(struct opening *o);

/* The link of o is up, or it will never be: one that waits may be dialed. */
static void opening_dialed(struct opening *o)
{
	struct front_carry *c = o->all;
	struct opening *waiting;

	if (!o->dialing)
		return;
	o->dialing = 0;
	c->opening.dialing--;
	TAILQ_FOREACH(waiting, &c->opening.all, next)
		if (waiting->link == NULL && waiting != o)
			break;
	if (waiting != NULL)
		front_carry_dial(waiting);
}

/* The client sees a reset, and tries again or gives up by its own rules. */
static void opening_failed(struct opening *o, const char *why)
{
	log_info("a connection could not be opened in the job: %s", why);
	sock_reset_on_close(o->fd);
	close(o->fd);
	link_free(o->link);
	opening_dialed(o);
	free_opening(o);
}

static void opening_late(void *arg)
{
	opening_failed(arg, "the agent has not answered in time");
}

static void opening_frame(struct link *l, const struct frame *f, void *arg)
{
	struct opening *o = arg;
	struct front_carry *c = o->all;
	struct relaying *x;
	struct error said;
	struct err e;

	if (f->type != FRAME_OK) {
		opening_failed(o, f->type == FRAME_ERROR &&
			error_get(&said, f, &e) == 0 ? said.text :
			frame_name(f->type));
		return;
	}
	x = mem_alloc(sizeof *x);
	x->all = c;
	x->whose = o->whose;
	LIST_INSERT_HEAD(&c->relayed.all, x, next);
	x->relay = relay_new(c->base, o->fd, l, (size_t)c->limit,
		"connection", o->owners, relay_done, x);
	relay_filter(x->relay, o->taken.outward);
	o->taken.outward = NULL;
	free_opening(o);
}

static void opening_up(struct link *l, const struct hello *peer, void *arg)
{
	(void)l;
	(void)peer;
	opening_dialed(arg);
}

static void opening_down(struct link *l, const struct err *why, int auth,
	void *arg);

static const struct link_ops opening_ops = {
	.up = opening_up,
	.frame = opening_frame,
	.down = opening_down,
};

/* The request is kept, for a spare link that turns out to be closed. */
static void send_carry_request(struct opening *o)
{
	struct buf b = { 0 };

	buf_append(&b, buf_data(&o->request), o->request.len);
	link_send_buf(o->link, &b);
}

static void front_carry_dial(struct opening *o)
{
	struct front_carry *c = o->all;

	o->spare = 0;
	if (c->opening.dialing >= DIALING_MAX) {
		o->link = NULL;
		return;
	}
	o->dialing = 1;
	c->opening.dialing++;
	o->link = link_dial(c->base, (struct sockaddr *)&c->agent.addr,
		c->agent.len, &c->agent.key, &opening_ops, o);
	send_carry_request(o);
}

/* A spare link may have been closed while we took it. */
static void opening_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct opening *o = arg;

	(void)auth;
	if (!o->spare) {
		opening_failed(o, why->text);
		return;
	}
	link_free(l);
	front_carry_dial(o);
}

static struct opening *carry_begin(struct front_carry *c, int fd, struct buf *request,
	struct peeruid *owners, unsigned whose)
{
	struct opening *o = mem_alloc(sizeof *o);

	*o = (struct opening){ .all = c, .whose = whose, .request = *request,
		.owners = owners, .fd = fd };
	*request = (struct buf){ 0 };
	TAILQ_INSERT_TAIL(&c->opening.all, o, next);
	o->link = spares_take(c->agent.spares);
	if (o->link == NULL) {
		front_carry_dial(o);
		return o;
	}
	o->spare = 1;
	link_set_ops(o->link, &opening_ops, o);
	send_carry_request(o);
	return o;
}

void front_carry_start(struct front_carry *c, int fd, struct buf *request,
	struct peeruid *owners, unsigned whose)
{
	(void)carry_begin(c, fd, request, owners, whose);
}

struct opening *front_carry_take(struct front_carry *c, int fd,
	struct buf *request, struct relay_filters *outward,
	void (*over)(void *), void *arg)
{
	struct opening *o = carry_begin(c, fd, request, NULL, FRONT_CARRY_NOBODY);

	o->taken = (struct opening_taken){ .outward = outward, .over = over,
		.arg = arg, .late = alarm_new(c->base, opening_late, o) };
	alarm_set(o->taken.late, TAKE_SECONDS * 1000);
	return o;
}

void front_carry_forget(struct opening *o)
{
	o->taken.over = NULL;
}

int front_carry_has(const struct front_carry *c, unsigned whose)
{
	const struct opening *o;
	const struct relaying *x;

	TAILQ_FOREACH(o, &c->opening.all, next)
		if (o->whose == whose)
			return 1;
	LIST_FOREACH(x, &c->relayed.all, next)
		if (x->whose == whose)
			return 1;
	return 0;
}

int front_carry_has_any(const struct front_carry *c)
{
	const struct opening *o;
	const struct relaying *x;

	TAILQ_FOREACH(o, &c->opening.all, next)
		if (o->whose != FRONT_CARRY_NOBODY)
			return 1;
	LIST_FOREACH(x, &c->relayed.all, next)
		if (x->whose != FRONT_CARRY_NOBODY)
			return 1;
	return 0;
}

unsigned long long front_carry_moved(const struct front_carry *c)
{
	unsigned long long sum = c->relayed.moved;
	const struct relaying *x;

	LIST_FOREACH(x, &c->relayed.all, next)
		if (x->whose != FRONT_CARRY_NOBODY)
			sum += relay_moved(x->relay) + 1;
	return sum;
}

void front_carry_expect(struct front_carry *c)
{
	spares_wanted(c->agent.spares);
}

struct front_carry *front_carry_new(struct event_base *base, int limit)
{
	struct front_carry *c = mem_alloc(sizeof *c);

	c->base = base;
	c->limit = limit;
	TAILQ_INIT(&c->opening.all);
	LIST_INIT(&c->relayed.all);
	return c;
}

void front_carry_free(struct front_carry *c)
{
	struct opening *o;
	struct relaying *x;

	if (c == NULL)
		return;
	c->opening.dialing = INT_MAX;		/* nobody is dialed any more */
	while ((o = TAILQ_FIRST(&c->opening.all)) != NULL)
		opening_failed(o, "the front ends");
	while ((x = LIST_FIRST(&c->relayed.all)) != NULL) {
		relay_free(x->relay);
		LIST_REMOVE(x, next);
		free(x);
	}
	spares_free(c->agent.spares);
	explicit_bzero(&c->agent.key, sizeof c->agent.key);
	free(c);
}

void front_carry_set_agent(struct front_carry *c, const struct tls_key *key,
	const struct sockaddr *addr, socklen_t len)
{
	c->agent.key = *key;
	memcpy(&c->agent.addr, addr, len);
	c->agent.len = len;
	spares_free(c->agent.spares);
	c->agent.spares = spares_new(c->base, addr, len, &c->agent.key);
}
