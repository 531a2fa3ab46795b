/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A handshake costs both ends half a millisecond of CPU and the client two
 * round trips, so a few links are made before they are needed, and used again
 * after a connection has ended in order. What they are worth to a thief: no
 * more than any link. Each has proved the secret like every other; who connects
 * is asked before one is taken, and the agent asks whose listener it dials at
 * each request; nothing of a connection is left on its link, since both ends
 * have said EOF and have passed on what came before. All are closed when nobody
 * has come for a while, so they cost an idle front 14 KiB each for a minute,
 * and no wake-ups after that.
 */
#include "front/spare.h"

#include <event2/event_struct.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "net/alarm.h"
#include "os/log.h"

#define READY 2			/* are dialed */
#define KEPT_MAX 8		/* stay when their connections have ended */
#define REFILL_MS 20		/* behind what the client waits for */
#define IDLE_SECONDS 60
#define REUSE_VERSION 2		/* an older agent closes a used link */

struct spare {
	TAILQ_ENTRY(spare) next;
	struct spares *all;
	struct link *link;
};

struct spares {
	struct event_base *base;
	struct sockaddr_storage agent;
	socklen_t agent_len;
	const struct tls_key *key;
	TAILQ_HEAD(, spare) list;	/* the best, which are up, first */
	int n;
	struct event refill;
	struct alarm *idle;
};

static void drop(struct spare *x)
{
	TAILQ_REMOVE(&x->all->list, x, next);
	x->all->n--;
	free(x);
}

static void spare_up(struct link *l, const struct hello *peer, void *arg)
{
	struct spare *x = arg;

	(void)l;
	(void)peer;
	TAILQ_REMOVE(&x->all->list, x, next);
	TAILQ_INSERT_HEAD(&x->all->list, x, next);
}

/* The agent ends, or says what nobody has asked for. */
static void spare_frame(struct link *l, const struct frame *f, void *arg)
{
	log_debug("a spare link got a %s frame", frame_name(f->type));
	drop(arg);
	link_free(l);
}

static void spare_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)auth;
	log_debug("a spare link: %s", why->text);
	drop(arg);
	link_free(l);
}

static const struct link_ops ops = { .up = spare_up, .frame = spare_frame,
	.down = spare_down };

static struct spare *spare_add(struct spares *s, struct link *l)
{
	struct spare *x = mem_alloc(sizeof *x);

	x->all = s;
	x->link = l;
	s->n++;
	return x;
}

static void refill_cb(evutil_socket_t fd, short what, void *arg)
{
	struct spares *s = arg;

	(void)fd;
	(void)what;
	while (s->n < READY) {
		struct spare *x = spare_add(s, NULL);

		TAILQ_INSERT_TAIL(&s->list, x, next);
		x->link = link_dial(s->base, (struct sockaddr *)&s->agent,
			s->agent_len, s->key, &ops, x);
	}
}

static void close_all(struct spares *s)
{
	while (!TAILQ_EMPTY(&s->list)) {
		struct spare *x = TAILQ_FIRST(&s->list);

		link_free(x->link);
		drop(x);
	}
}

static void idle_cb(void *arg)
{
	close_all(arg);
	mem_trim();
}

struct spares *spares_new(struct event_base *base,
	const struct sockaddr *agent, socklen_t len,
	const struct tls_key *key)
{
	struct spares *s = mem_alloc(sizeof *s);

	s->base = base;
	memcpy(&s->agent, agent, len);
	s->agent_len = len;
	s->key = key;
	TAILQ_INIT(&s->list);
	evtimer_assign(&s->refill, base, refill_cb, s);
	s->idle = alarm_new(base, idle_cb, s);
	return s;
}

void spares_free(struct spares *s)
{
	if (s == NULL)
		return;
	close_all(s);
	event_del(&s->refill);
	alarm_free(s->idle);
	free(s);
}

void spares_wanted(struct spares *s)
{
	alarm_set(s->idle, IDLE_SECONDS * 1000);
	if (s->n < READY && !event_pending(&s->refill, EV_TIMEOUT, NULL))
		event_add(&s->refill, &(struct timeval){
			.tv_usec = REFILL_MS * 1000 });
}

struct link *spares_take(struct spares *s)
{
	struct spare *x = TAILQ_FIRST(&s->list);
	struct link *l = NULL;

	if (x != NULL && link_is_up(x->link)) {
		l = x->link;
		drop(x);
	}
	spares_wanted(s);
	return l;
}

void spares_give(struct spares *s, struct link *l)
{
	struct spare *x;

	if (s->n >= KEPT_MAX || link_version(l) < REUSE_VERSION) {
		link_free_when_sent(l);
		return;
	}
	x = spare_add(s, l);
	TAILQ_INSERT_HEAD(&s->list, x, next);
	link_set_ops(l, &ops, x);
}
