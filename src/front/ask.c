/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/ask.h"

#include <stdlib.h>

#include "front/folder.h"
#include "net/link.h"
#include "net/sock.h"
#include "os/log.h"
#include "pure/mem.h"

#define PATIENCE_MS 2500

/* One of the agent's addresses. */
struct dialed {
	struct asked *asked;
	struct link *link;	/* NULL: it failed */
};

/* One agent. */
struct asked {
	struct ask *ask;
	struct folder folder;	/* its keys are those of the links */
	struct dialed dialed[ENDPOINT_HOSTS];
	struct report report;
	int answered, over;
};

struct ask {
	struct front *front;
	struct asked *asked;	/* one a job */
	size_t n, left;
	struct event *timer;
	void (*done)(void *);
	void *arg;
};

static void hang_up(struct asked *d)
{
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++) {
		link_free(d->dialed[i].link);
		d->dialed[i].link = NULL;
	}
}

/* The timer calls back, so that nobody is freed in his own callback. */
static void over(struct asked *d)
{
	struct ask *a = d->ask;

	if (d->over)
		return;
	d->over = 1;
	hang_up(d);
	if (--a->left == 0)
		event_add(a->timer, &(struct timeval){ 0 });
}

static void frame(struct link *l, const struct frame *f, void *arg)
{
	struct dialed *at = arg;
	struct asked *d = at->asked;
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

static void down(struct link *l, const struct err *why, int auth, void *arg)
{
	struct dialed *at = arg;
	struct asked *d = at->asked;

	(void)auth;
	log_info("cannot ask an agent: %s", why->text);
	link_free(l);
	at->link = NULL;
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		if (d->dialed[i].link != NULL)
			return;
	over(d);
}

static const struct link_ops ops = { .frame = frame, .down = down };

static void dial(struct asked *d, unsigned i, const struct endpoint *at)
{
	struct sockaddr_storage addr;
	socklen_t len;
	struct err e;

	if (sock_parse_addr(at->host[i], at->port, &addr, &len, &e) == -1) {
		log_warning("agent's address: %s", e.text);
		return;
	}
	d->dialed[i].link = link_dial(d->ask->front->base,
		(struct sockaddr *)&addr, len, &d->folder.front_key, &ops,
		&d->dialed[i]);
	link_send(d->dialed[i].link, FRAME_STATUS, 0, NULL, 0);
}

static void begin(struct asked *d, const struct job *j)
{
	struct endpoint at = { 0 };
	int dialed = 0;
	struct err e;

	if (job_is(j, "running") && folder_enter(&d->folder, j->tag, &e) == 0 &&
		folder_endpoint(&d->folder, &at, &e) == 1)
		for (unsigned i = 0; i < at.n; i++)
			dial(d, i, &at);
	for (unsigned i = 0; i < ENDPOINT_HOSTS; i++)
		dialed |= d->dialed[i].link != NULL;
	if (!dialed)
		over(d);
}

static void timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct ask *a = arg;

	(void)fd;
	(void)what;
	for (size_t i = 0; i < a->n; i++) {
		hang_up(&a->asked[i]);
		a->asked[i].over = 1;
	}
	a->done(a->arg);
}

struct ask *ask_new(struct front *f, const struct jobs *jobs,
	const struct job *only, void (*done)(void *), void *arg)
{
	struct ask *a = mem_alloc(sizeof *a);

	a->front = f;
	a->done = done;
	a->arg = arg;
	a->timer = evtimer_new(f->base, timer_cb, a);
	a->n = a->left = jobs->n;
	a->asked = mem_alloc((a->n + 1) * sizeof *a->asked);
	event_add(a->timer, &(struct timeval){
		.tv_sec = a->n == 0 ? 0 : PATIENCE_MS / 1000,
		.tv_usec = a->n == 0 ? 0 : PATIENCE_MS % 1000 * 1000 });
	for (size_t i = 0; i < a->n; i++) {
		struct asked *d = &a->asked[i];

		d->ask = a;
		folder_init(&d->folder, f->state_dir);
		for (unsigned k = 0; k < ENDPOINT_HOSTS; k++)
			d->dialed[k].asked = d;
		if (only == NULL || only == &jobs->job[i])
			begin(d, &jobs->job[i]);
		else
			over(d);
	}
	return a;
}

void ask_free(struct ask *a)
{
	if (a == NULL)
		return;
	for (size_t i = 0; i < a->n; i++) {
		hang_up(&a->asked[i]);
		folder_leave(&a->asked[i].folder);
	}
	event_free(a->timer);
	free(a->asked);
	free(a);
}

const struct report *ask_report(const struct ask *a, size_t i)
{
	return a->asked[i].answered ? &a->asked[i].report : NULL;
}
