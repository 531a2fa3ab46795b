/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_CLIENTHELLO_H
#define PROTO_CLIENTHELLO_H

#include <stddef.h>

/* A TLS record of a ClientHello is at most so long here; ours have 300 bytes. */
#define CLIENTHELLO_MAX 4096
#define CLIENTHELLO_BINDER 32	/* bytes of a proof, of a key for SHA-256 */

/*
 * Whether data, the first bytes of a connection, is a whole ClientHello, or may
 * become one: how many bytes it has to have for that, len or less when it is
 * whole. 0 when it is something else. Only its frame is looked at.
 */
size_t clienthello_length(const void *data, size_t len);

/* How a ClientHello proves a pre-shared key (RFC 8446, 4.2.11.2). */
struct clienthello_proof {
	const unsigned char *covered;	/* what the binder is made from */
	size_t covered_len;
	const unsigned char *binder;	/* CLIENTHELLO_BINDER bytes */
};

/*
 * Find the proof for identity, the first if it has several, in data, which is
 * a whole ClientHello and nothing else; p points into it. -1: it has none, or
 * is not well formed on the way there.
 */
int clienthello_proof(struct clienthello_proof *p, const void *data,
	size_t len, const char *identity) __attribute__((warn_unused_result));

#endif
