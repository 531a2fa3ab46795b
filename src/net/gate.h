/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_GATE_H
#define NET_GATE_H

#include <event2/event.h>
#include <stdint.h>

#include "net/link.h"
#include "pure/err.h"

/*
 * The link port: the only socket of ours that is reachable from other hosts. It
 * says nothing before the peer has proved the secret. Whoever connects waits,
 * at the cost of a descriptor, until a whole ClientHello is there, of which the
 * proof is a part: at most GATE_WAITING such. Only then TLS begins: at most
 * GATE_PENDING connections are in their handshake. Each has 5 s for all of it.
 *
 * One too many pushes out another: the oldest of the address with the most, so
 * that a flood from one host hits no other host; and since who has the key says
 * hello at once, he is through before a flood from his own host has filled the
 * room. Connections are taken no faster than bounds the work for them.
 */
#define GATE_WAITING 256
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
