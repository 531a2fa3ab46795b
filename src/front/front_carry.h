/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_CARRY_H
#define FRONT_FRONT_CARRY_H

#include <event2/event.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "net/relay.h"
#include "net/tls/tls.h"
#include "os/peeruid.h"

/*
 * Connections between a socket of this host and the agent, each on a link of its
 * own, whose request says what the agent is to do with it.
 */
struct front_carry;
struct opening;

/* limit: the most bytes that one read takes. */
struct front_carry *front_carry_new(struct event_base *base, int limit);

/* All sockets see a reset. NULL is ignored. */
void front_carry_free(struct front_carry *c);

/* The agent, where links are dialed from now on. The key is copied. */
void front_carry_set_agent(struct front_carry *c, const struct tls_key *key,
	const struct sockaddr *addr, socklen_t len);

/* A connection is expected soon: have a link ready. */
void front_carry_expect(struct front_carry *c);

/* Who has connections, by numbers of his own; 0: nobody who is asked about them. */
#define FRONT_CARRY_NOBODY 0

/*
 * Ask the agent, which is known, by request, a whole frame, and carry fd; both are
 * its own from now on. fd sees a reset if the agent refuses. owners: see net/relay.h.
 */
void front_carry_start(struct front_carry *c, int fd, struct buf *request,
	struct peeruid *owners, unsigned whose);

/*
 * The same for one of nobody's that the agent waits for. What the job says goes
 * through outward, see net/relay.h, which may be NULL and is its own from now on.
 * over() is called once, later, when it is carried or will not be: an agent that
 * says neither for TAKE_SECONDS has its link closed.
 */
struct opening *front_carry_take(struct front_carry *c, int fd,
	struct buf *request, struct relay_filters *outward,
	void (*over)(void *arg), void *arg);

/* over() is not called any more. */
void front_carry_forget(struct opening *o);

/* Whether he has one, asked for or running. */
int front_carry_has(const struct front_carry *c, unsigned whose);

/* The same of all but nobody. */
int front_carry_has_any(const struct front_carry *c);

/* A number that is another when bytes of those were moved, or somebody came. */
unsigned long long front_carry_moved(const struct front_carry *c);

#endif
