/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_RELAY_H
#define NET_RELAY_H

#include <event2/event.h>
#include <stddef.h>

#include "net/link.h"
#include "os/peeruid.h"

/*
 * A forwarded connection: bytes between a connected socket and a CONNECT link,
 * with half-close, resets and back-pressure passed on both ways. Front and
 * agent each run one half of it.
 */
struct relay;

/*
 * A connection of which one direction has ended may stay so as long as both ends
 * want. But when a process closed its socket, nobody will ever read what the
 * other says, who may never say anything, and so not learn of it. So the kernel
 * is asked now and then whether the socket at the other end of fd still has an
 * owner; the other relay is told when it has none, and resets its socket once
 * that has taken all that came before.
 *
 * Owns fd and l from now on and frees itself after done(), which is called
 * once. With it the link goes back to the owner when the connection has ended
 * in order, and so the link may carry another; otherwise done() gets NULL.
 * what names it in logs and is copied. limit is the most that one read
 * of fd takes. owners may be NULL: nobody is asked. Frames that come before the
 * request was answered are no concern of the relay: start it then.
 */
struct relay *relay_new(struct event_base *base, int fd, struct link *l,
	size_t limit, const char *what, struct peeruid *owners,
	void (*done)(struct relay *r, struct link *l, void *arg), void *arg);

/* Bytes that it has moved, either way. */
unsigned long long relay_moved(const struct relay *r);

/* End it now: both sides see a reset. No done(). */
void relay_free(struct relay *r);

#endif
