/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_PORTDIAL_H
#define NET_PORTDIAL_H

#include <event2/event.h>

#include "os/portowner.h"

/*
 * A connection to a port of loopback, whose listener is theirs who may have it both
 * before it is dialed and once the connection is there: in between the port may have
 * changed hands.
 */
struct portdial;

/*
 * done() is called once, later: with fd, non-blocking, which is the owner's; or with
 * -1 and why. It must not free the portdial, which is gone then. *to is copied; its
 * peeruid and node must outlive the portdial. NULL with e set: it is known at once that
 * there is none.
 */
struct portdial *portdial_new(struct event_base *base, const struct portowner *to,
	void (*done)(int fd, const struct err *why, void *arg), void *arg,
	struct err *e);

/* No callback any more. NULL is ignored. */
void portdial_free(struct portdial *p);

#endif
