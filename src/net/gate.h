/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_GATE_H
#define NET_GATE_H

#include <event2/event.h>
#include <stdint.h>

#include "net/link.h"
#include "pure/err.h"

/*
 * The link port: the only socket of ours that is reachable from other hosts. It
 * says nothing before the peer has proved the secret. At most GATE_PENDING
 * connections are in their handshake, 5 s each; one more pushes out the oldest,
 * but not before it had time enough, so that a scan costs a bounded memory and
 * cannot keep the owner out.
 */
#define GATE_PENDING 16

struct gate;

/*
 * host is a numeric address, or NULL for all; low..high the ports to choose
 * from, 0 and 0 for any. up() gets links that are up, and owns them: it sets
 * their ops. NULL with e set.
 */
struct gate *gate_open(struct event_base *base, const char *host,
	uint16_t low, uint16_t high, const struct tls_key *key,
	void (*up)(struct link *l, const struct hello *peer, void *arg),
	void *arg, struct err *e);
void gate_close(struct gate *g);
uint16_t gate_port(const struct gate *g);

#endif
