/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The way of a connection that begins in the job and ends at a front:
 *	service_connect() -> ask() -> WANTED on the control stream
 *	-> TAKE, on a link of that front: services_take() -> it is carried
 *	-> DECLINED, no answer, or the front leaves: the next older one is asked
 *	-> nobody is left: failed()
 * A front may have been lost without a word: one that was not heard of for a
 * while counts as gone, so nobody waits for it. One that is heard of is there,
 * however long a connection takes it.
 */
#include "agent/service.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "agent/agent_carry.h"
#include "base/mem.h"
#include "net/alarm.h"
#include "os/clock.h"
#include "os/log.h"

#define SILENT_SECONDS 12	/* one heartbeat of a front that was asked, and more */
#define ANSWER_SECONDS 15	/* for TAKE or DECLINED of one front */
#define WAIT_SECONDS 40		/* for all of them, and for room */
#define LIVE_SECONDS 25		/* two heartbeats of a front, and more */
#define WAITING_MAX 256		/* connections of a service that wait for a front */

struct service {
	struct services *all;
	const char *name;
	const struct service_ops *ops;
	void *arg;
	const struct service_front *first;	/* whom offered() was told of */
	unsigned n_calls;
	struct farewells *leaving;
};

struct service_call {
	TAILQ_ENTRY(service_call) next;
	struct service *service;
	char *target;
	int fd;
	const struct service_call_ops *ops;
	void *arg;
	struct call_asked {
		struct service_front *front;	/* NULL: none has room */
		uint32_t id;			/* by which it was asked, */
		long long at;			/* and when, by clock_ms() */
		unsigned long long below;	/* younger ones had their turn */
	} asked;
	struct err why;			/* what the last one has said */
	struct alarm *late;
	long long until;		/* by clock_ms() */
};

struct services {
	const struct agent_job *job;
	struct fronts *told;
	struct agent_carry *carry;
	struct service service[SERVICES_MAX];
	unsigned n_services;
	TAILQ_HEAD(, service_front) fronts;	/* the newest first */
	unsigned long long last_serial;
	TAILQ_HEAD(, service_call) calls;	/* the oldest first */
	uint32_t last_id;
	struct alarm *silence;	/* when one counts as gone of whom nothing came */
};

static struct service *find_service(struct services *s,
	const char *name)
{
	for (unsigned i = 0; i < s->n_services; i++)
		if (strcmp(s->service[i].name, name) == 0)
			return &s->service[i];
	return NULL;
}

static int is_live(const struct service_front *f)
{
	return !f->is_late && clock_ms() - f->heard < LIVE_SECONDS * 1000;
}

/* The newest that offers it, of those that are older than below. */
static struct service_front *find_front(const struct services *s,
	const struct service *service, unsigned long long below)
{
	const size_t n = (size_t)(service - s->service);
	struct service_front *f;

	TAILQ_FOREACH(f, &s->fronts, next)
		if (f->serial < below && f->about[n] != NULL && is_live(f))
			return f;
	return NULL;
}

/* offerer: has just said something of it; NULL: somebody came or went. */
static void tell_service(struct services *s, struct service *service,
	const struct service_front *offerer)
{
	const struct service_front *f = find_front(s, service, ~0ull);

	if (f == service->first && (f == NULL || f != offerer))
		return;
	service->first = f;
	if (service->ops->offered != NULL)
		service->ops->offered(f == NULL ? NULL :
			f->about[service - s->service], service->arg);
}

static void tell_services(struct services *s)
{
	for (unsigned i = 0; i < s->n_services; i++)
		tell_service(s, &s->service[i], NULL);
}

/* From a connection to the front that has it. */

/* One service may not take the room of another. */
static unsigned *asked_of(struct service_front *f, const struct service_call *c)
{
	return &f->n_asked[c->service - c->service->all->service];
}

static void leave_front(struct service_call *c)
{
	if (c->asked.front != NULL)
		(*asked_of(c->asked.front, c))--;
	c->asked.front = NULL;
}

/* The caller has the descriptor. */
static void free_call(struct service_call *c)
{
	leave_front(c);
	TAILQ_REMOVE(&c->service->all->calls, c, next);
	c->service->n_calls--;
	alarm_free(c->late);
	free(c->target);
	free(c);
}

static void call_failed(struct service_call *c, int status,
	const struct err *why)
{
	const struct service_call_ops *ops = c->ops;
	struct err e = *why;
	void *arg = c->arg;
	int fd = c->fd;

	log_info("%s: %s", c->service->name, why->text);
	free_call(c);
	ops->failed(fd, status, &e, arg);
}

/* In so many seconds from since on, or when its own time is over. */
static void ring_late(struct service_call *c, long long since, int seconds)
{
	long long at = since + seconds * 1000;

	alarm_set(c->late, (at < c->until ? at : c->until) - clock_ms());
}

/* The next front that may have it. 0: there is none, and it has failed. */
static int ask(struct service_call *c)
{
	struct services *s = c->service->all;
	struct service_front *f = find_front(s, c->service, c->asked.below);
	struct wanted w = { 0 };
	struct buf b = { 0 };

	if (f == NULL) {
		if (c->why.text[0] == '\0')
			err_set(&c->why, "%s", c->service->ops->nobody);
		call_failed(c, EX_UNAVAILABLE, &c->why);
		return 0;
	}
	/* It waits for one of those that this front was asked for. */
	if (*asked_of(f, c) == WANTED_MAX) {
		ring_late(c, c->until, 0);
		return 1;
	}
	tell_service(s, c->service, NULL);
	c->asked.front = f;
	c->asked.below = f->serial;
	c->asked.id = w.id = ++s->last_id;
	c->asked.at = clock_ms();
	ring_late(c, c->asked.at, SILENT_SECONDS);
	(*asked_of(f, c))++;
	snprintf(w.service, sizeof w.service, "%s", c->service->name);
	snprintf(w.target, sizeof w.target, "%s", c->target);
	wanted_put(&b, &w);
	link_send_buf(f->link, &b);
	return 1;
}

/* Somebody has room again, or is gone. */
static void ask_for_waiting(struct services *s)
{
	struct service_call *c, *next;

	for (c = TAILQ_FIRST(&s->calls); c != NULL; c = next) {
		next = TAILQ_NEXT(c, next);
		if (c->asked.front == NULL)
			(void)ask(c);
	}
}

/* This front has it not: another may. */
static void ask_another(struct service_call *c)
{
	leave_front(c);
	if (c->service->ops->newest_only)
		c->asked.below = 0;
	(void)ask(c);
}

/* All that it was asked for. */
static void ask_others(struct services *s, const struct service_front *f,
	const struct err *why)
{
	struct service_call *c, *next;

	for (c = TAILQ_FIRST(&s->calls); c != NULL; c = next) {
		next = TAILQ_NEXT(c, next);
		if (c->asked.front != f)
			continue;
		if (why != NULL)
			c->why = *why;
		ask_another(c);
	}
}

static void front_is_late(struct services *s, struct service_front *f)
{
	struct err why;

	err_set(&why, "the login node has not been heard of for %d s",
		SILENT_SECONDS);
	f->is_late = 1;
	ask_others(s, f, &why);
	tell_services(s);
}

static void call_late(void *arg)
{
	struct service_call *c = arg;
	struct services *s = c->service->all;
	const long long now = clock_ms();

	if (c->asked.front == NULL || now >= c->until) {
		err_set(&c->why, c->asked.front == NULL ? "the login node has had no room for it in %d s" :
			"the login node has not answered in %d s",
			WAIT_SECONDS);
		call_failed(c, EX_UNAVAILABLE, &c->why);
	} else if (c->asked.front->heard <= c->asked.at) {
		front_is_late(s, c->asked.front);
	} else if (now - c->asked.at < ANSWER_SECONDS * 1000) {
		ring_late(c, c->asked.at, ANSWER_SECONDS);
		return;
	} else {
		err_set(&c->why, "the login node has not answered in %d s",
			ANSWER_SECONDS);
		ask_another(c);
	}
	ask_for_waiting(s);
}

struct service_call *service_connect(struct service *service, const char *target,
	int fd, const struct service_call_ops *ops, void *arg)
{
	struct services *s = service->all;
	struct service_call *c;

	if (service->n_calls == WAITING_MAX) {
		ops->failed(fd, EX_UNAVAILABLE, &(struct err){
			"too many connections wait for the login node" }, arg);
		return NULL;
	}
	c = mem_alloc(sizeof *c);
	*c = (struct service_call){ .service = service,
		.target = mem_strdup(target), .fd = fd, .ops = ops,
		.arg = arg, .asked.below = ~0ull,
		.until = clock_ms() + WAIT_SECONDS * 1000 };
	c->late = alarm_new(s->job->base, call_late, c);
	TAILQ_INSERT_TAIL(&s->calls, c, next);
	service->n_calls++;
	return ask(c) ? c : NULL;
}

void service_cancel(struct service_call *c)
{
	free_call(c);
}

static struct service_call *find_call(const struct services *s, uint32_t id)
{
	struct service_call *c;

	TAILQ_FOREACH(c, &s->calls, next)
		if (c->asked.front != NULL && c->asked.id == id)
			return c;
	return NULL;
}

void services_take(struct services *s, struct link *l, const struct frame *f)
{
	struct service_call *c;
	struct take t;
	struct err e;

	if (take_get(&t, f, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	c = find_call(s, t.id);
	if (c == NULL) {
		err_set(&e, "nobody waits for connection %lu any more",
			(unsigned long)t.id);
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	agent_carry_start(s->carry, c->fd, l, c->service->name, c->ops->ended,
		c->arg);
	if (c->ops->taken != NULL)
		c->ops->taken(c->fd, l, t.about, c->arg);
	free_call(c);
	ask_for_waiting(s);
}

/* A program, from its listener. */

static void enter_failed(int fd, int status, const struct err *why, void *arg)
{
	struct service *service = arg;

	(void)status;
	if (service->ops->words != NULL)
		farewell_answer(service->leaving, fd, service->ops->words, why);
	else
		farewell(service->leaving, fd, "", 0);
}

static const struct service_call_ops enter_ops = { .failed = enter_failed };

void service_enter(int fd, void *service)
{
	(void)service_connect(service, "", fd, &enter_ops, service);
}

void service_refuse(struct service *service, int fd, const void *text, size_t len)
{
	farewell(service->leaving, fd, text, len);
}

/* What fronts say. */

/* Of X11 it is a secret. */
static void forget_about(char **about)
{
	if (*about != NULL)
		explicit_bzero(*about, strlen(*about));
	free(*about);
	*about = NULL;
}

static void take_declined(struct services *s, const struct service_front *front,
	const struct frame *f)
{
	struct declined d;
	struct service_call *c;
	struct err e;

	if (declined_get(&d, f, &e) == -1) {
		log_warning("control: %s", e.text);
		return;
	}
	c = find_call(s, d.id);
	if (c == NULL || c->asked.front != front)
		return;
	err_set(&c->why, "%s", d.why);
	if (d.status == EX_UNAVAILABLE)
		ask_another(c);
	else
		call_failed(c, d.status, &c->why);
	ask_for_waiting(s);
}

static void take_offer(struct services *s, struct service_front *front,
	const struct frame *f)
{
	struct service *known;
	struct offer o;
	struct err e;
	char **about;

	if (offer_get(&o, f, &e) == -1) {
		log_warning("control: %s", e.text);
		return;
	}
	known = find_service(s, o.service);
	if (known == NULL) {
		log_debug("control: nothing here uses the service %s",
			o.service);
		return;
	}
	about = &front->about[known - s->service];
	forget_about(about);
	if (o.is_there)
		*about = mem_strdup(o.about);
	explicit_bzero(&o, sizeof o);
	tell_service(s, known, front);
	ask_for_waiting(s);
}

/* The next who may count as gone; heartbeats only make that later. */
static void watch_silence(struct services *s)
{
	const struct service_front *f;
	long long first = LLONG_MAX;

	TAILQ_FOREACH(f, &s->fronts, next)
		if (is_live(f) && f->heard < first)
			first = f->heard;
	if (first != LLONG_MAX)
		alarm_set(s->silence, first + LIVE_SECONDS * 1000 - clock_ms());
}

static void somebody_is_silent(void *arg)
{
	struct services *s = arg;

	tell_services(s);
	ask_for_waiting(s);
	watch_silence(s);
}

int services_heard(struct services *s, struct service_front *f,
	const struct frame *frame)
{
	int was_gone = !is_live(f);

	f->heard = clock_ms();
	f->is_late = 0;
	if (was_gone) {
		tell_services(s);
		watch_silence(s);
	}
	if (frame->type == FRAME_OFFER)
		take_offer(s, f, frame);
	else if (frame->type == FRAME_DECLINED)
		take_declined(s, f, frame);
	else
		return 0;
	return 1;
}

void services_join(struct services *s, struct service_front *f,
	struct link *control)
{
	*f = (struct service_front){ .link = control,
		.serial = ++s->last_serial, .heard = clock_ms() };
	TAILQ_INSERT_HEAD(&s->fronts, f, next);
	if (!alarm_is_set(s->silence))
		watch_silence(s);
}

void services_leave(struct services *s, struct service_front *f)
{
	TAILQ_REMOVE(&s->fronts, f, next);
	ask_others(s, f, NULL);
	for (unsigned i = 0; i < SERVICES_MAX; i++)
		forget_about(&f->about[i]);
	tell_services(s);
	ask_for_waiting(s);
}

/* The services. */

struct service *services_add(struct services *s, const char *name,
	const struct service_ops *ops, void *arg)
{
	struct service *service = &s->service[s->n_services];

	if (s->n_services++ == SERVICES_MAX)
		abort();	/* each front has room for so many */
	*service = (struct service){ .all = s, .name = name, .ops = ops,
		.arg = arg, .leaving = farewells_new(s->job->base) };
	return service;
}

void service_notice(struct service *service, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_warning("%s", line);
	fronts_notice(service->all->told, line);
}

struct services *services_new(const struct agent_job *job,
	struct fronts *fronts, struct peeruid *peeruid, struct serve *serve)
{
	struct services *s = mem_alloc(sizeof *s);

	s->job = job;
	s->told = fronts;
	s->silence = alarm_new(job->base, somebody_is_silent, s);
	s->carry = agent_carry_new(job, peeruid, serve);
	TAILQ_INIT(&s->fronts);
	TAILQ_INIT(&s->calls);
	return s;
}

void services_free(struct services *s)
{
	if (s == NULL)
		return;
	while (!TAILQ_EMPTY(&s->calls))
		call_failed(TAILQ_FIRST(&s->calls), EX_UNAVAILABLE,
			&(struct err){ "the session ends" });
	agent_carry_free(s->carry);
	for (unsigned i = 0; i < s->n_services; i++)
		farewells_free(s->service[i].leaving);
	alarm_free(s->silence);
	free(s);
}
