/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_GATE_H
#define NET_GATE_H

#include <event2/event.h>
#include <stdint.h>

#include "base/err.h"
#include "net/link.h"

/*
 * The link port: the only socket of ours that is reachable from other hosts.
 * Who connects goes through three rooms:
 *
 *	silent    until his ClientHello is whole, 5 s at most, which costs a
 *		  descriptor. One too many pushes out the oldest of the source
 *		  that has most here; 127/8 and a /64 of IPv6 are one source
 *	proven    his ClientHello has proved the key: he waits for his turn, and
 *		  nobody pushes him out
 *	pending   in his handshake, at most 5 s, which costs 50 kB
 *
 * Who has not proved the key by his first words is sent an alert of TLS and is
 * gone: he never gets beyond the first room, and so cannot keep anybody from the
 * others. Whoever is let in already comes before all of them.
 */
#define GATE_SILENT 256
#define GATE_PROVEN 256
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
