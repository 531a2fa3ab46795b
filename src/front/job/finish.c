/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells an agent to end its session, and waits until it has.
 *
 * A control link of its own, on which the agent is told. It tells all fronts
 * that the session ends, so us, too; one of an older version does not know that
 * a front may say so, and is silent. When it is gone, so is the link.
 */
#include "front/job/finish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/link.h"
#include "net/sock.h"
#include "os/log.h"

#define HEARD_SECONDS 5		/* until it says that it ends */
#define GONE_SECONDS 20		/* until what runs there has ended */

/* A dial of one of its addresses; the first that is up is used. */
struct finish_dialed {
	struct finish *finish;
	struct link *link;
};

struct finish {
	struct place place;
	char reason[512];
	struct finish_dialed dialed[ENDPOINT_HOSTS];
	struct finish_dialed *up;
	void (*meant)(void *);		/* NULL: it is told to end */
	int heard;			/* it ends */
	int over, ended;
	struct err why;
	struct event *timer;
	void (*done)(int, const struct err *, void *);
	void *arg;
};

static void finish_hang_up(struct finish *x)
{
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++) {
		link_free(x->dialed[i].link);
		x->dialed[i].link = NULL;
	}
}

/* By the timer, so that nobody is freed in his own callback. */
static void conclude(struct finish *x, int ended)
{
	if (x->over)
		return;
	x->over = 1;
	x->ended = ended;
	event_add(x->timer, &(struct timeval){ 0 });
}

static void finish_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct finish *x = arg;

	(void)fd;
	(void)what;
	finish_hang_up(x);
	if (!x->over)
		err_set(&x->why, x->heard ?
			"it has been ending for %d s" :
			"it has not said within %d s that it ends; its version may be too old for that",
			x->heard ? GONE_SECONDS : HEARD_SECONDS);
	x->done(x->over && x->ended, &x->why, x->arg);
}

static void finish_up(struct link *l, const struct hello *peer, void *arg)
{
	struct finish_dialed *d = arg;
	struct finish *x = d->finish;

	(void)peer;
	if (x->up != NULL)
		return;
	x->up = d;
	link_send(l, FRAME_CONTROL, 0, NULL, 0);
	if (x->meant == NULL)
		finish_end(x);
	else
		link_send(l, FRAME_MEANT, 0, NULL, 0);
}

void finish_end(struct finish *x)
{
	struct buf b = { 0 };

	if (x->up == NULL || x->up->link == NULL)
		return;
	text_put(&b, FRAME_END, x->reason);
	link_send_buf(x->up->link, &b);
	if (!x->heard)
		event_add(x->timer, &(struct timeval){
			.tv_sec = HEARD_SECONDS });
}

static void finish_frame(struct link *l, const struct frame *f, void *arg)
{
	struct finish *x = ((struct finish_dialed *)arg)->finish;
	struct error said;
	struct err e;

	(void)l;
	/* What was sent with the request has arrived, too. */
	if (f->type == FRAME_OK && x->meant != NULL) {
		void (*meant)(void *) = x->meant;

		x->meant = NULL;
		/* How long that takes is for its owner to say. */
		event_del(x->timer);
		meant(x->arg);
		return;
	}
	/* An agent that ends already says no. */
	if (f->type != FRAME_END && (f->type != FRAME_ERROR ||
		error_get(&said, f, &e) == -1))
		return;
	if (!x->heard && !x->over)
		event_add(x->timer, &(struct timeval){
			.tv_sec = GONE_SECONDS });
	x->heard = 1;
}

static void finish_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct finish_dialed *d = arg;
	struct finish *x = d->finish;

	(void)auth;
	link_free(l);
	d->link = NULL;
	if (x->up == d && x->heard) {
		conclude(x, 1);
		return;
	}
	x->why = *why;
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		if (x->dialed[i].link != NULL && x->up != d)
			return;
	conclude(x, 0);
}

static const struct link_ops ops = { .up = finish_up, .frame = finish_frame,
	.down = finish_down };

struct finish *finish_new(const struct invocation *inv, const struct place *p,
	const char *reason, void (*meant)(void *),
	void (*done)(int, const struct err *, void *), void *arg)
{
	struct finish *x = mem_alloc(sizeof *x);
	int dialed = 0;

	x->place = *p;
	x->meant = meant;
	x->done = done;
	x->arg = arg;
	snprintf(x->reason, sizeof x->reason, "%s", reason);
	x->timer = evtimer_new(inv->base, finish_timer_cb, x);
	event_add(x->timer, &(struct timeval){ .tv_sec = HEARD_SECONDS });
	err_set(&x->why, "it has no address");
	for (unsigned i = 0; i < p->at.n; i++) {
		struct finish_dialed *d = &x->dialed[i];
		struct sockaddr_storage addr;
		socklen_t len;

		d->finish = x;
		if (sock_parse_addr(p->at.host[i], p->at.port, &addr, &len,
			&x->why) == -1)
			continue;
		d->link = link_dial(inv->base, (struct sockaddr *)&addr, len,
			&x->place.key, &ops, d);
		dialed++;
	}
	/* Nobody will answer, and the time for that would be told instead. */
	if (dialed == 0)
		conclude(x, 0);
	return x;
}

void finish_free(struct finish *x)
{
	if (x == NULL)
		return;
	finish_hang_up(x);
	event_free(x->timer);
	explicit_bzero(&x->place.key, sizeof x->place.key);
	free(x);
}
