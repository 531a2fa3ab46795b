/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the agent's word to a connection that is carried:
 *	WANTED -> front_service_wanted() -> the service's want()
 *	-> front_want_have() -> TAKE, on a link of its own (front/front_carry.c)
 *	-> front_want_decline() -> DECLINED
 * Any process of the job may have the key, so an agent can ask in a loop: there is
 * a bound for what is under way, and a rate.
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
#include "os/clock.h"
#include "os/log.h"
#include "proto/message.h"

/* Connections that an agent may ask for at once, and how often then. */
#define WANTS_AT_ONCE 256
#define WANT_EACH_MS 4

struct front_offer {
	LIST_ENTRY(front_offer) next;
	char *name, *about;
	const struct front_service_ops *ops;
	void *arg;
};

struct front_want {
	LIST_ENTRY(front_want) next;
	struct front_service *all;
	uint32_t id;
	void (*cancel)(void *);		/* NULL: there is no attempt yet */
	void *attempt;
};

struct front_service {
	struct front_carry *carry;
	struct front_control *control;	/* NULL: no agent answers yet */
	LIST_HEAD(, front_offer) offers;
	LIST_HEAD(, front_want) wants;
	unsigned n_wants;
	struct rate rate;
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
	buf_fini(&b);
}

static void decline(struct front_service *s, uint32_t id, int status,
	const char *why)
{
	struct declined d = { .id = id, .status = (uint8_t)status };
	struct buf b = { 0 };

	log_info("a connection that the job wants is declined: %s", why);
	snprintf(d.why, sizeof d.why, "%.255s", why);
	declined_put(&b, &d);
	(void)front_control_send(s->control, &b);
	buf_fini(&b);
}

static void free_want(struct front_want *w)
{
	LIST_REMOVE(w, next);
	w->all->n_wants--;
	free(w);
}

void front_want_begin(struct front_want *w, void (*cancel)(void *),
	void *attempt)
{
	w->cancel = cancel;
	w->attempt = attempt;
}

void front_want_have(struct front_want *w, int fd)
{
	struct buf request = { 0 };

	take_put(&request, w->id);
	front_carry_start(w->all->carry, fd, &request, NULL,
		FRONT_CARRY_NOBODY);
	free_want(w);
}

void front_want_decline(struct front_want *w, int status,
	const struct err *why)
{
	decline(w->all, w->id, status, why->text);
	free_want(w);
}

/* Why not, whatever it is; NULL: it may be tried. */
static const char *is_too_much(struct front_service *s)
{
	if (s->n_wants == WANTED_MAX)
		return "too many connections are under way on the login node";
	if (rate_allows(&s->rate, clock_ms(), WANTS_AT_ONCE, WANT_EACH_MS))
		return NULL;
	if (s->rate.refused == 1)
		log_warning("the agent wants connections too often");
	return "connections are asked for too often";
}

static void front_service_wanted(const struct frame *f, void *arg)
{
	struct front_service *s = arg;
	const struct front_offer *o;
	struct front_want *w;
	struct wanted wanted;
	const char *why;
	struct err e;

	/* Its number is in the first bytes, which each such frame has. */
	if (wanted_get(&wanted, f, &e) == -1) {
		decline(s, wanted.id, EX_PROTOCOL, e.text);
		return;
	}
	o = find_offer(s, wanted.service);
	why = o == NULL ? "that is not offered any more" : is_too_much(s);
	if (why != NULL) {
		decline(s, wanted.id, EX_UNAVAILABLE, why);
		return;
	}
	w = mem_alloc(sizeof *w);
	*w = (struct front_want){ .all = s, .id = wanted.id };
	LIST_INSERT_HEAD(&s->wants, w, next);
	s->n_wants++;
	o->ops->want(w, wanted.target, o->arg);
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

void front_service_offer(struct front_service *s, const char *name,
	const char *about, const struct front_service_ops *ops, void *arg)
{
	struct front_offer *o = find_offer(s, name);

	if (o == NULL) {
		o = mem_alloc(sizeof *o);
		o->name = mem_strdup(name);
		LIST_INSERT_HEAD(&s->offers, o, next);
	}
	free(o->about);
	o->about = mem_strdup(about);
	o->ops = ops;
	o->arg = arg;
	tell_offer(s, o, 1);
}

static void free_offer(struct front_offer *o)
{
	LIST_REMOVE(o, next);
	free(o->name);
	free(o->about);
	free(o);
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

struct front_service *front_service_new(struct front_carry *carry)
{
	struct front_service *s = mem_alloc(sizeof *s);

	s->carry = carry;
	LIST_INIT(&s->offers);
	LIST_INIT(&s->wants);
	return s;
}

void front_service_free(struct front_service *s)
{
	if (s == NULL)
		return;
	if (s->control != NULL)
		front_control_on_wanted(s->control, NULL, NULL);
	while (!LIST_EMPTY(&s->wants)) {
		struct front_want *w = LIST_FIRST(&s->wants);

		if (w->cancel != NULL)
			w->cancel(w->attempt);
		free_want(w);
	}
	while (!LIST_EMPTY(&s->offers))
		free_offer(LIST_FIRST(&s->offers));
	free(s);
}
