/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/gate.h"

#include <stdlib.h>
#include <sys/queue.h>
#include <time.h>

#include "net/listener.h"
#include "os/log.h"
#include "pure/mem.h"

#define BACKLOG 128
#define GRACE_MS 50	/* nobody is pushed out sooner: a handshake takes 2 */

struct pending {
	TAILQ_ENTRY(pending) next;
	struct gate *gate;
	struct link *link;
	long long since;	/* ms, monotonic */
};

struct gate {
	struct event_base *base;
	struct listener *listener;
	const struct tls_key *key;
	void (*up)(struct link *, const struct hello *, void *);
	void *arg;
	TAILQ_HEAD(pending_list, pending) pending;
	unsigned n;
	struct event *grace;	/* pending while the listener is paused */
	time_t logged;		/* monotonic; at most one line a second */
};

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* There is room, or somebody who has had his time. */
static void go_on(struct gate *g)
{
	event_del(g->grace);
	listener_pause(g->listener, 0);
}

static void grace_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	go_on(arg);
}

/* Full: nobody else comes in before the oldest has had his time. */
static void wait_for_oldest(struct gate *g)
{
	long long left = TAILQ_FIRST(&g->pending)->since + GRACE_MS - now_ms();

	if (left <= 0)
		return;
	listener_pause(g->listener, 1);
	event_add(g->grace, &(struct timeval){ .tv_usec = left * 1000 });
}

/* Forget it; the link lives on. */
static struct link *take_out(struct pending *p)
{
	struct link *l = p->link;

	TAILQ_REMOVE(&p->gate->pending, p, next);
	p->gate->n--;
	go_on(p->gate);
	free(p);
	return l;
}

static void link_up(struct link *l, const struct hello *peer, void *arg)
{
	struct pending *p = arg;
	struct gate *g = p->gate;

	take_out(p);
	g->up(l, peer, g->arg);
}

static void link_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct pending *p = arg;
	struct gate *g = p->gate;
	struct timespec now;

	(void)auth;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec != g->logged) {
		g->logged = now.tv_sec;
		log_info("link port: a stranger was sent away: %s", why->text);
	}
	take_out(p);
	link_free(l);
}

static const struct link_ops pending_ops = {
	.up = link_up,
	.down = link_down,
};

static void accepted(int fd, void *arg)
{
	struct gate *g = arg;
	struct pending *p;

	if (g->n == GATE_PENDING)
		link_free(take_out(TAILQ_FIRST(&g->pending)));
	p = mem_alloc(sizeof *p);
	p->gate = g;
	p->link = link_serve(g->base, fd, g->key, &pending_ops, p);
	p->since = now_ms();
	TAILQ_INSERT_TAIL(&g->pending, p, next);
	if (++g->n == GATE_PENDING)
		wait_for_oldest(g);
}

struct gate *gate_open(struct event_base *base, const char *host,
	uint16_t low, uint16_t high, const struct tls_key *key,
	void (*up)(struct link *, const struct hello *, void *), void *arg,
	struct err *e)
{
	struct gate *g = mem_alloc(sizeof *g);

	g->base = base;
	g->key = key;
	g->up = up;
	g->arg = arg;
	TAILQ_INIT(&g->pending);
	g->listener = listener_open_range(base, host, low, high, BACKLOG,
		accepted, g, e);
	if (g->listener == NULL) {
		free(g);
		return NULL;
	}
	g->grace = evtimer_new(base, grace_cb, g);
	return g;
}

void gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	while (!TAILQ_EMPTY(&g->pending))
		link_free(take_out(TAILQ_FIRST(&g->pending)));
	listener_close(g->listener);
	event_free(g->grace);
	free(g);
}

uint16_t gate_port(const struct gate *g)
{
	return listener_port(g->listener);
}
