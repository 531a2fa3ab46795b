/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTTUNNEL_H
#define FRONT_OUTBOUND_OUTTUNNEL_H

#include <event2/event.h>

#include "base/err.h"

/* From a connection to an HTTP proxy to one to a target, by CONNECT. */
struct outtunnel;

/*
 * Owns fd. auth: see front/outbound/outproxy.h. done() is called once, later: with
 * fd, of which everything behind the proxy's answer is to be read still, or with
 * -1 and why. The tunnel is gone then. It has no end in time of its own.
 */
struct outtunnel *outtunnel_new(struct event_base *base, int fd,
	const char *target, const char *auth,
	void (*done)(int fd, const struct err *why, void *arg), void *arg);

/* No callback any more. NULL is ignored. */
void outtunnel_free(struct outtunnel *t);

#endif
