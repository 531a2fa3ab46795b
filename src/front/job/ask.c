/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asks agents for their reports, in the order of who is preferred, and says which
 * is the first that has answered (settled), then that no more will (done).
 *
 * Every agent is dialed at all its addresses, and the first that reports wins.
 * What links say is noted where it comes, and news_cb() alone calls back, from a
 * timer: it may free all of this, which a link's callback must not.
 */
#include "front/job/ask.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/job/folder.h"
#include "net/link.h"
#include "net/sock.h"
#include "os/clock.h"
#include "os/log.h"

#define PRESS_MS 250	/* those before one that has answered have so long */

/* One of its addresses. */
struct ask_dialed {
	struct asked_agent *agent;
	struct link *link;	/* NULL: it failed */
};

/* An agent that is asked. */
struct asked_agent {
	struct ask *ask;
	struct folder folder;	/* its keys are those of the links */
	struct endpoint at;
	struct ask_dialed dialed[ENDPOINT_HOSTS];
	struct report report;
	int answered, over;
};

struct ask {
	const struct invocation *inv;
	struct asked_agent *agent;
	size_t n;
	enum { ASK_OPEN, ASK_SETTLED, ASK_DONE } state;	/* calls made */
	int pressed;			/* those before the first had their time */
	struct event *news, *press, *late;
	const struct ask_ops *ops;
	void *arg;
};

static void ask_hang_up(struct asked_agent *d)
{
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++) {
		link_free(d->dialed[i].link);
		d->dialed[i].link = NULL;
	}
}

/* A timer calls back, so that nobody is freed in his own callback. */
static void over(struct asked_agent *d)
{
	if (d->over)
		return;
	d->over = 1;
	ask_hang_up(d);
	/* ask_place() takes tag and key of one that answered from there. */
	if (!d->answered)
		folder_leave(&d->folder);
	event_add(d->ask->news, &(struct timeval){ 0 });
}

static void ask_frame(struct link *l, const struct frame *f, void *arg)
{
	struct ask_dialed *at = arg;
	struct asked_agent *d = at->agent;
	struct error said;
	struct err e;

	(void)l;
	if (f->type == FRAME_REPORT) {
		d->answered = report_parse(&d->report, f->data, f->len, &e) ==
			0;
		if (!d->answered)
			log_warning("report of an agent: %s", e.text);
		over(d);
	} else if (f->type == FRAME_ERROR) {
		if (error_get(&said, f, &e) == 0)
			log_info("an agent says: %s", said.text);
		over(d);
	}
}

static void ask_down(struct link *l, const struct err *why, int auth, void *arg)
{
	struct ask_dialed *at = arg;
	struct asked_agent *d = at->agent;

	(void)auth;
	log_info("cannot ask an agent: %s", why->text);
	link_free(l);
	at->link = NULL;
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		if (d->dialed[i].link != NULL)
			return;
	over(d);
}

static const struct link_ops link_ops = { .frame = ask_frame,
	.down = ask_down };

static void ask_dial(struct asked_agent *d, unsigned i)
{
	struct sockaddr_storage addr;
	socklen_t len;
	struct err e;

	if (sock_parse_addr(d->at.host[i], d->at.port, &addr, &len, &e) == -1) {
		log_warning("agent's address: %s", e.text);
		return;
	}
	d->dialed[i].link = link_dial(d->ask->inv->base,
		(struct sockaddr *)&addr, len, &d->folder.front_key, &link_ops,
		&d->dialed[i]);
	link_send(d->dialed[i].link, FRAME_STATUS, 0, NULL, 0);
}

static void ask_begin(struct asked_agent *d, const char *tag)
{
	int dialed = 0;
	struct err e;

	if (tag != NULL && folder_enter(&d->folder, tag, &e) == 0 &&
		folder_endpoint(&d->folder, &d->at, &e) == 1)
		for (unsigned i = 0; i < d->at.n; i++)
			ask_dial(d, i);
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		dialed |= d->dialed[i].link != NULL;
	if (!dialed)
		over(d);
}

static int is_done(const struct ask *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (!a->agent[i].over)
			return 0;
	return 1;
}

/*
 * Whether nobody before the first that answered may still answer. They have as
 * much time as agents need, not as long as a host that is gone takes.
 */
static int is_settled(const struct ask *a)
{
	for (size_t i = 0; i < a->n; i++)
		if (a->agent[i].answered || (!a->agent[i].over && !a->pressed))
			return a->agent[i].answered;
	return is_done(a);
}

/* A callback may free us, so it is the last thing of a turn. */
static void news_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ask *a = arg;

	(void)fd;
	(void)what;
	if (a->state == ASK_OPEN && (a->ops->settled == NULL || is_settled(a))) {
		a->state = ASK_SETTLED;
		event_del(a->press);
		event_add(a->news, &(struct timeval){ 0 });
		if (a->ops->settled != NULL)
			a->ops->settled(a->arg);
	} else if (a->state == ASK_OPEN && ask_first(a) < a->n &&
		!event_pending(a->press, EV_TIMEOUT, NULL)) {
		event_add(a->press, &(struct timeval){
			.tv_usec = PRESS_MS * 1000 });
	} else if (a->state == ASK_SETTLED && is_done(a)) {
		a->state = ASK_DONE;
		event_del(a->late);
		a->ops->done(a->arg);
	}
}

static void press_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ask *a = arg;

	(void)fd;
	(void)what;
	a->pressed = 1;
	event_add(a->news, &(struct timeval){ 0 });
}

static void ask_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ask *a = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < a->n; i++)
		over(&a->agent[i]);
}

struct ask *ask_new(const struct invocation *inv, const char *const *tags,
	size_t n, int patience_ms, const struct ask_ops *ops, void *arg)
{
	struct ask *a = mem_alloc(sizeof *a);

	a->inv = inv;
	a->ops = ops;
	a->arg = arg;
	a->news = evtimer_new(inv->base, news_cb, a);
	a->press = evtimer_new(inv->base, press_cb, a);
	a->late = evtimer_new(inv->base, ask_late_cb, a);
	a->n = n;
	a->agent = mem_alloc((n + 1) * sizeof *a->agent);
	event_add(a->late, &(struct timeval){ .tv_sec = patience_ms / 1000,
		.tv_usec = patience_ms % 1000 * 1000 });
	event_add(a->news, &(struct timeval){ 0 });
	for (size_t i = 0; i < n; i++) {
		struct asked_agent *d = &a->agent[i];

		d->ask = a;
		folder_init(&d->folder, inv->state_fd, inv->state_dir);
		for (unsigned k = 0; k < ENDPOINT_HOSTS; k++)
			d->dialed[k].agent = d;
		ask_begin(d, tags[i]);
	}
	return a;
}

void ask_free(struct ask *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++) {
		ask_hang_up(&a->agent[i]);
		folder_leave(&a->agent[i].folder);
	}
	event_free(a->news);
	event_free(a->press);
	event_free(a->late);
	free(a->agent);
	free(a);
}

const struct report *ask_report(const struct ask *a, size_t i)
{
	return a->agent[i].answered ? &a->agent[i].report : NULL;
}

size_t ask_first(const struct ask *a)
{
	size_t i = 0;

	while (i < a->n && !a->agent[i].answered)
		i++;
	return i;
}

void ask_place(const struct ask *a, size_t i, struct place *p)
{
	const struct asked_agent *d = &a->agent[i];
	long left = d->report.left;

	*p = (struct place){ .at = d->at, .key = d->folder.front_key,
		.ends_ms = left > 0 ? clock_ms() + left * 1000LL : 0 };
	snprintf(p->job, sizeof p->job, "%s", d->report.job);
	snprintf(p->tag, sizeof p->tag, "%s", d->folder.tag);
}
