/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTPROXY_H
#define FRONT_OUTBOUND_OUTPROXY_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * The login node's own proxy: what its variables say of it, and what is said to an
 * HTTP proxy that is to connect somewhere.
 */

/* Bytes of the head of its answer. */
#define OUTPROXY_ANSWER_MAX 16384

/* The variables' values; NULL: not set. */
struct outproxy_env {
	const char *https_proxy, *http_proxy, *all_proxy, *no_proxy;
};

/* A proxy, as such a variable names it. */
struct outproxy {
	char host[256];		/* without brackets; "": there is none */
	unsigned port;
	char *auth;		/* "USER:PASSWORD"; NULL: none. A secret */
};

/* Of the environment of this process or another, words as environ has. */
void outproxy_read_env(struct outproxy_env *env, char *const *words);

/*
 * Which proxy leads to that host and port, for CONNECT or for a request of http.
 * -1 with e set: the one that is named is of a kind that is not spoken here. p is
 * to be given back whatever the answer.
 */
int outproxy_choose(const struct outproxy_env *env, const char *host,
	unsigned port, int is_http, struct outproxy *p, struct err *e)
	__attribute__((warn_unused_result));
void outproxy_fini(struct outproxy *p);

/* What stands in Proxy-Authorization. */
void outproxy_credentials(struct buf *out, const char *auth);

/* "CONNECT target ..." for it; auth may be NULL. out may hold a secret then. */
void outproxy_ask(struct buf *out, const char *target, const char *auth);

/*
 * Its answer. 1: it has connected, and *head bytes are its head. 0: more is to
 * come. -1 with e set: it has not.
 */
int outproxy_answer(const char *data, size_t len, size_t *head, struct err *e)
	__attribute__((warn_unused_result));

#endif
