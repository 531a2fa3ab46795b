/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_ENDPOINT_H
#define PROTO_ENDPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Where something can be reached: some numeric addresses and one port. The
 * agent writes one into the session's folder ("endpoint"); fronts that wait for
 * a call leave one each ("home.XXXXXXXX"). A record of kv lines:
 *	port=40123
 *	host=10.77.0.21		repeated, the best first
 *	node=c1			a name, for messages
 */
#define ENDPOINT_HOSTS 8

struct endpoint {
	uint16_t port;
	char node[256];
	unsigned n;
	char host[ENDPOINT_HOSTS][64];
};

/* Append it; what does not fit any more or is there already is dropped. */
void endpoint_add_host(struct endpoint *ep, const char *host);

void endpoint_write(struct buf *out, const struct endpoint *ep);

/* -1 with e set when it is not a whole record. */
int endpoint_parse(struct endpoint *ep, const char *data, size_t len,
	struct err *e);

#endif
