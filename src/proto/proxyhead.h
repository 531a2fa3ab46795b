/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_PROXYHEAD_H
#define PROTO_PROXYHEAD_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/* Bytes of a head, its empty line included, and of "host:port" in it. */
#define PROXYHEAD_MAX 32768
#define PROXYHEAD_TARGET 264

/*
 * What a program asks of an HTTP proxy: CONNECT, which has all that follows go
 * to the target and back, or one request of http by its whole URL.
 */
struct proxyhead {
	int is_connect;
	char target[PROXYHEAD_TARGET];	/* "host:port", "[::1]:443" */
	size_t len;		/* of the head; what is behind it is for the target */
	struct buf request;	/* the head as the target is to read it; of CONNECT empty */
	int status;		/* of what was refused, 400 to 499 */
};

/*
 * Read the head that data begins with. 1: there it is. 0: more is to come. -1: it
 * is refused with that status, and e has the reason, a few words of ASCII. Whatever
 * the answer, h is to be given back.
 */
int proxyhead_read(struct proxyhead *h, const char *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));
void proxyhead_fini(struct proxyhead *h);

/*
 * Append the head of a request of http as another proxy is to read it; credentials,
 * if that wants some, is what stands in Proxy-Authorization, or "". A secret.
 */
void proxyhead_for_proxy(const struct proxyhead *h, const char *credentials,
	struct buf *out);

/*
 * An answer of ours with that status (400 to 504), its reason in the line and in
 * the body; what cannot stand in a line becomes '?'.
 */
void proxyhead_refuse(struct buf *out, int status, const char *reason);

/* That a CONNECT has come to its target. */
void proxyhead_accept(struct buf *out);

#endif
