/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_RELAY_H
#define NET_RELAY_H

#include <event2/event.h>
#include <stddef.h>

#include "net/filter.h"
#include "net/link.h"
#include "os/peeruid.h"

/*
 * Bytes between a link and descriptors of ours, with half-close and back-pressure
 * passed on both ways. Front and agent each run one half of it. There are two:
 * that of a connection, and that of the standard descriptors of a program.
 *
 * limit is the most that one read takes. Frames that come before a request was
 * answered are no concern of the relay: start it then.
 */
struct relay;

/*
 * A forwarded connection: a connected socket and a CONNECT link. What happens to
 * one of them, a reset too, is passed on; see net/halfclosed.h for one of which
 * a direction has ended.
 *
 * Owns fd and l from now on and frees itself after done(), which is called
 * once. With it the link goes back to the owner when the connection has ended
 * in order, and so the link may carry another; otherwise done() gets NULL.
 * what names it in logs and is copied. owners may be NULL: nobody is asked who
 * has the socket's other end.
 */
struct relay *relay_new(struct event_base *base, int fd, struct link *l,
	size_t limit, const char *what, struct peeruid *owners,
	void (*done)(struct relay *r, struct link *l, void *arg), void *arg);

/*
 * Of a connection, before its first byte: what the link says goes through these,
 * which hold nothing, and are freed with the relay. NULL is ignored.
 */
struct relay_filters {
	struct filters filters;
	void (*free)(void *arg);
	void *arg;
};
void relay_filter(struct relay *r, struct relay_filters *outward);

/*
 * A stream of stdio: what readfd says goes to the link, what the link says goes
 * to writefd, each through the filters of its direction. A descriptor of -1: the
 * stream has not that direction. Filters may be NULL, and are the owner's, as
 * are descriptors that are lent: a terminal, our own. Others are closed as soon
 * as their direction has ended; one that is both is a socket, and shut down.
 */
struct relay_pair {
	int readfd, writefd;
	int is_lent;
	struct filters *inward, *outward;
};

struct relay_ops {
	/* A frame that is none of a stream: SIGNAL, EXIT, and so on. */
	void (*frame)(struct relay *r, const struct frame *f, void *arg);
	/*
	 * A direction of a stream has ended, behind all its bytes; error is an
	 * errno value when its descriptor failed. One that fails does not end
	 * the others. May be NULL.
	 */
	void (*ended)(struct relay *r, unsigned stream, int error, void *arg);
	/* All that the link said is written, or there is room again; or NULL. */
	void (*written)(struct relay *r, void *arg);
	/* The link is dead, and freed. What came before it is still written. */
	void (*down)(struct relay *r, const struct err *why, void *arg);
};

/*
 * Streams 0 to n - 1 of a link that carries stdio. Owns l and what is not lent.
 * The owner says when it is over, and frees it: with a link there is an exit
 * status to be told. He may do so in each of the callbacks.
 */
struct relay *relay_new_stdio(struct event_base *base, struct link *l,
	const struct relay_pair *pairs, unsigned n, size_t limit,
	const char *what, const struct relay_ops *ops, void *arg);

/* Its link, NULL once it is down. It stays the relay's. */
struct link *relay_link(const struct relay *r);

/* Whether the stream may still be read from, or written to. */
int relay_reads(const struct relay *r, unsigned stream);
int relay_writes(const struct relay *r, unsigned stream);

/* Whether something that the link said is still on its way through here. */
int relay_is_writing(const struct relay *r);

/* Bytes of the link that are on no way any more: written, or dropped. */
unsigned long long relay_delivered(const struct relay *r);

/* Read what is there already, and end that direction. */
void relay_drain(struct relay *r, unsigned stream);

/*
 * Of stdio: let go of all descriptors, for good. What the link says is dropped,
 * and it is told of no end. In callbacks, and those of filters, too.
 */
void relay_detach(struct relay *r);

/* Bytes that it has moved, either way. */
unsigned long long relay_moved(const struct relay *r);

/* As relay_free(), but the link goes back to the owner; NULL: it is down. */
struct link *relay_release(struct relay *r);

/* End it now: both sides of a connection see a reset. No callbacks. */
void relay_free(struct relay *r);

#endif
