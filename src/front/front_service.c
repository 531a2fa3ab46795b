/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the agent's word to a connection that is carried:
 *	WANTED -> front_service_wanted() -> the service's want()
 *	-> front_want_have() -> TAKE, on a link of its own (front/front_carry.c)
 *	-> carried, or the agent does not want it any more
 *	-> front_want_decline() -> DECLINED
 * Any process of the job may have the key, so an agent can ask in a loop: there is
 * a bound for what is under way, and a rate; what comes faster waits for its turn. An
 * agent of ours never passes the bound, and who does is told so no faster, and not
 * at all while he does not read.
 */
#include "front/front_service.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/rate.h"
#include "front/front_carry.h"
#include "front/front_control.h"
#include "net/alarm.h"
#include "os/clock.h"
#include "os/log.h"
#include "proto/message.h"

/* Connections that an agent has at once, and how often then. */
#define WANTS_AT_ONCE 256
#define WANT_EACH_MS 1
/* Those that wait for the agent's word to TAKE, beside WANTED_MAX that do not. */
#define TAKES_MAX 192
/* What is refused at once, unlooked at. */
#define REFUSE_AT_ONCE 64
#define REFUSE_EACH_MS 100
/* Lines of the log for those that are declined at once, and how often then. */
#define LINES_AT_ONCE 20
#define LINE_EACH_MS 3000

struct front_offer {
	LIST_ENTRY(front_offer) next;
	char *name, *about;
	const struct front_service_ops *ops;
	void *arg;
};

/* How far a connection is. */
enum want_state {
	WANT_WAITS,	/* for its turn */
	WANT_TRIES,	/* the service connects */
	WANT_HAD,	/* the agent is told by TAKE */
};
static const char *const want_states[] = {
	[WANT_WAITS] = "waits",
	[WANT_TRIES] = "is tried",
	[WANT_HAD] = "is had",
};

struct front_want {
	TAILQ_ENTRY(front_want) next;
	struct front_service *all;
	uint32_t id;
	char service[sizeof ((struct wanted *)NULL)->service];	/* "": none that is offered */
	enum want_state state;
	struct wanted *wanted;		/* while it waits */
	void (*cancel)(void *);		/* NULL: there is nothing to end yet */
	void *attempt;
};

struct front_service {
	struct front_carry *carry;
	struct front_control *control;	/* NULL: no agent answers yet */
	LIST_HEAD(, front_offer) offers;
	TAILQ_HEAD(, front_want) wants;	/* the oldest first */
	struct front_service_turns {
		struct rate rate;
		struct alarm *next;
	} turns;
	struct rate refusals, lines;
};

static struct front_offer *find_offer(const struct front_service *s,
	const char *name)
{
	struct front_offer *o;

	LIST_FOREACH(o, &s->offers, next)
		if (strcmp(o->name, name) == 0)
			return o;
	return NULL;
}

static void tell_offer(struct front_service *s, const struct front_offer *o,
	int is_there)
{
	struct offer say = { .is_there = (uint8_t)is_there };
	struct buf b = { 0 };

	if (front_control_version(s->control) < SERVICE_VERSION)
		return;
	snprintf(say.service, sizeof say.service, "%s", o->name);
	if (is_there)
		snprintf(say.about, sizeof say.about, "%s", o->about);
	offer_put(&b, &say);
	(void)front_control_send(s->control, &b);
	buf_wipe(&b);
	explicit_bzero(&say, sizeof say);
}

static void log_decline(struct front_service *s, const char *why)
{
	const unsigned refused = s->lines.refused;

	if (!rate_allows(&s->lines, clock_ms(), LINES_AT_ONCE, LINE_EACH_MS))
		return;
	if (refused > 0)
		log_info("%u more were declined", refused);
	s->lines.refused = 0;
	log_info("a connection that the job wants is declined: %s", why);
}

static void decline(struct front_service *s, uint32_t id, int status,
	const char *why)
{
	struct declined d = { .id = id, .status = (uint8_t)status };
	struct buf b = { 0 };

	if (front_control_is_full(s->control))
		return;
	log_decline(s, why);
	snprintf(d.why, sizeof d.why, "%.255s", why);
	declined_put(&b, &d);
	(void)front_control_send(s->control, &b);
	buf_fini(&b);
}

static void set_want(struct front_want *w, enum want_state state)
{
	log_debug("connection %lu of the job %s", (unsigned long)w->id,
		want_states[state]);
	w->state = state;
}

static void free_want(struct front_want *w)
{
	TAILQ_REMOVE(&w->all->wants, w, next);
	free(w->wanted);
	free(w);
}

void front_want_begin(struct front_want *w, void (*cancel)(void *),
	void *attempt)
{
	w->cancel = cancel;
	w->attempt = attempt;
}

static void want_over(void *arg)
{
	free_want(arg);
}

static void forget_opening(void *opening)
{
	front_carry_forget(opening);
}

void front_want_have(struct front_want *w, int fd)
{
	front_want_have_by(w, fd, "", NULL);
}

void front_want_have_by(struct front_want *w, int fd, const char *about,
	struct relay_filters *outward)
{
	struct take t = { .id = w->id };
	struct buf request = { 0 };

	snprintf(t.about, sizeof t.about, "%s", about);
	take_put(&request, &t);
	set_want(w, WANT_HAD);
	front_want_begin(w, forget_opening, front_carry_take(w->all->carry, fd,
		&request, outward, want_over, w));
}

void front_want_decline(struct front_want *w, int status,
	const struct err *why)
{
	decline(w->all, w->id, status, why->text);
	free_want(w);
}

/* Its turn: w is gone when nobody offers that any more. */
static void have_turn(struct front_want *w)
{
	struct wanted wanted = *w->wanted;
	const struct front_offer *o = find_offer(w->all, wanted.service);
	struct err e;

	free(w->wanted);
	w->wanted = NULL;
	set_want(w, WANT_TRIES);
	if (o != NULL) {
		o->ops->want(w, wanted.target, o->arg);
		return;
	}
	err_set(&e, "that is not offered any more");
	front_want_decline(w, EX_UNAVAILABLE, &e);
}

static struct front_want *first_waiting(const struct front_service *s)
{
	struct front_want *w;

	TAILQ_FOREACH(w, &s->wants, next)
		if (w->state == WANT_WAITS)
			return w;
	return NULL;
}

static void give_turns(void *arg)
{
	struct front_service *s = arg;
	struct front_want *w;

	while ((w = first_waiting(s)) != NULL) {
		if (!rate_allows(&s->turns.rate, clock_ms(), WANTS_AT_ONCE,
			WANT_EACH_MS)) {
			alarm_set(s->turns.next, WANT_EACH_MS);
			return;
		}
		have_turn(w);
	}
}

/* An agent that has a TAKE may ask anew before its OK is here. */
static int is_full(const struct front_service *s, const char *service)
{
	const struct front_want *w;
	unsigned wanted = 0, had = 0;

	TAILQ_FOREACH(w, &s->wants, next) {
		if (strcmp(w->service, service) != 0)
			continue;
		had += w->state == WANT_HAD;
		wanted += w->state != WANT_HAD;
	}
	return wanted >= WANTED_MAX || had >= TAKES_MAX;
}

static void refuse_unlooked(struct front_service *s, uint32_t id, int status,
	const char *why)
{
	if (rate_allows(&s->refusals, clock_ms(), REFUSE_AT_ONCE,
		REFUSE_EACH_MS))
		decline(s, id, status, why);
}

static void front_service_wanted(const struct frame *f, void *arg)
{
	struct front_service *s = arg;
	const struct front_offer *o;
	const char *service;
	struct front_want *w;
	struct wanted wanted;
	struct err e;

	/* Its number is in the first bytes, which each such frame has. */
	if (wanted_get(&wanted, f, &e) == -1) {
		refuse_unlooked(s, wanted.id, EX_PROTOCOL, e.text);
		return;
	}
	o = find_offer(s, wanted.service);
	service = o != NULL ? o->name : "";
	if (is_full(s, service)) {
		refuse_unlooked(s, wanted.id, EX_UNAVAILABLE,
			"too many connections are under way on the login node");
		return;
	}
	w = mem_alloc(sizeof *w);
	*w = (struct front_want){ .all = s, .id = wanted.id };
	snprintf(w->service, sizeof w->service, "%s", service);
	w->wanted = mem_alloc(sizeof *w->wanted);
	*w->wanted = wanted;
	TAILQ_INSERT_TAIL(&s->wants, w, next);
	if (!alarm_is_set(s->turns.next))
		give_turns(s);
}

void front_service_set_control(struct front_service *s,
	struct front_control *control)
{
	struct front_offer *o;

	s->control = control;
	front_control_on_wanted(control, front_service_wanted, s);
	LIST_FOREACH(o, &s->offers, next)
		tell_offer(s, o, 1);
}

/* Of X11 it is a secret. */
static void free_offer_about(struct front_offer *o)
{
	if (o->about != NULL)
		explicit_bzero(o->about, strlen(o->about));
	free(o->about);
}

void front_service_offer(struct front_service *s, const char *name,
	const char *about, const struct front_service_ops *ops, void *arg)
{
	struct front_offer *o = find_offer(s, name);

	if (o == NULL) {
		o = mem_alloc(sizeof *o);
		o->name = mem_strdup(name);
		LIST_INSERT_HEAD(&s->offers, o, next);
	}
	free_offer_about(o);
	o->about = mem_strdup(about);
	o->ops = ops;
	o->arg = arg;
	tell_offer(s, o, 1);
}

static void free_offer(struct front_offer *o)
{
	LIST_REMOVE(o, next);
	free(o->name);
	free_offer_about(o);
	free(o);
}

void front_service_withdraw(struct front_service *s, const char *name)
{
	struct front_offer *o = find_offer(s, name);

	if (o == NULL)
		return;
	tell_offer(s, o, 0);
	free_offer(o);
}

void front_service_hang_up(struct front_service *s)
{
	struct front_offer *o, *next;

	for (o = LIST_FIRST(&s->offers); o != NULL; o = next) {
		next = LIST_NEXT(o, next);
		if (!o->ops->of_ssh)
			continue;
		tell_offer(s, o, 0);
		free_offer(o);
	}
}

int front_service_has_offers(const struct front_service *s)
{
	return !LIST_EMPTY(&s->offers);
}

int front_service_is_told(const struct front_service *s)
{
	return front_service_has_offers(s) &&
		front_control_version(s->control) >= SERVICE_VERSION;
}

struct front_service *front_service_new(struct event_base *base,
	struct front_carry *carry)
{
	struct front_service *s = mem_alloc(sizeof *s);

	s->carry = carry;
	LIST_INIT(&s->offers);
	TAILQ_INIT(&s->wants);
	s->turns.next = alarm_new(base, give_turns, s);
	return s;
}

void front_service_free(struct front_service *s)
{
	if (s == NULL)
		return;
	if (s->control != NULL)
		front_control_on_wanted(s->control, NULL, NULL);
	while (!TAILQ_EMPTY(&s->wants)) {
		struct front_want *w = TAILQ_FIRST(&s->wants);

		if (w->cancel != NULL)
			w->cancel(w->attempt);
		free_want(w);
	}
	while (!LIST_EMPTY(&s->offers))
		free_offer(LIST_FIRST(&s->offers));
	alarm_free(s->turns.next);
	free(s);
}
