/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_SERVICE_H
#define FRONT_FRONT_SERVICE_H

#include <event2/event.h>

#include "base/err.h"

struct front_carry;
struct front_control;
struct relay_filters;

/*
 * Services: what programs of the job reach through us. Who can have one offers
 * it, and is asked for each connection.
 */
struct front_service;

/* carry carries the connections, and outlives it. */
struct front_service *front_service_new(struct event_base *base,
	struct front_carry *carry);

/* Connections that are not there yet will not be. NULL is ignored. */
void front_service_free(struct front_service *s);

/* The agent answers: it is told of all offers. control outlives s. */
void front_service_set_control(struct front_service *s,
	struct front_control *control);

/* A connection that the agent waits for. */
struct front_want;

struct front_service_ops {
	/*
	 * Connect to target; front_want_have() or front_want_decline() ends it,
	 * now or later.
	 */
	void (*want)(struct front_want *w, const char *target, void *arg);
	/* It came with our ssh, and goes with it. */
	int of_ssh;
};

/*
 * Offer a service of the table that both ends have, with about, which is its own;
 * again: with another about. ops stays.
 */
void front_service_offer(struct front_service *s, const char *name,
	const char *about, const struct front_service_ops *ops, void *arg);

/* It cannot be had any more: another front is asked. In want(), too. */
void front_service_withdraw(struct front_service *s, const char *name);

/* Our ssh is gone, and with it what it brought. */
void front_service_hang_up(struct front_service *s);

/* Whether something is offered, and the agent knows what that is. */
int front_service_has_offers(const struct front_service *s);
int front_service_is_told(const struct front_service *s);

/* What ends the attempt when nobody waits any more, and with what. */
void front_want_begin(struct front_want *w, void (*cancel)(void *attempt),
	void *attempt);

/* fd is the connection, which is carried from now on. w is gone. */
void front_want_have(struct front_want *w, int fd);

/*
 * The same, with what the service has to say about it, and what the job's bytes go
 * through; see front_carry_take().
 */
void front_want_have_by(struct front_want *w, int fd, const char *about,
	struct relay_filters *outward);

/*
 * There is none, for this reason; status EX_UNAVAILABLE: another front may have
 * it. w is gone.
 */
void front_want_decline(struct front_want *w, int status,
	const struct err *why);

#endif
