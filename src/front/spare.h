/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SPARE_H
#define FRONT_SPARE_H

#include <event2/event.h>
#include <sys/socket.h>

#include "net/link.h"

/*
 * Links to the agent that are up and have no request: a connection that takes
 * one need not wait for a handshake.
 */
struct spares;

/* key must outlive them. */
struct spares *spares_new(struct event_base *base,
	const struct sockaddr *agent, socklen_t len,
	const struct tls_key *key);
void spares_free(struct spares *s);	/* NULL is ignored */

/* A client is expected soon, or has come: have some ready for the next. */
void spares_wanted(struct spares *s);

/* One of them, whose ops the caller sets, or NULL. */
struct link *spares_take(struct spares *s);

/* A link whose request is over, and that may get another. */
void spares_give(struct spares *s, struct link *l);

#endif
