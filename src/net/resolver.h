/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_RESOLVER_H
#define NET_RESOLVER_H

#include <event2/event.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

/* Names of hosts, without a wait: by the name servers of this machine. */
struct resolver;

#define RESOLVER_MAX 16	/* addresses of a name: no more are told */

/*
 * From these files, usually /etc/resolv.conf and /etc/hosts, which are read when
 * the first name is asked for, and again after a minute. The paths stay, and so
 * does what messages call this machine, "the login node".
 */
struct resolver *resolver_new(struct event_base *base,
	const char *resolv_conf, const char *hosts, const char *machine);

/* When no name is looked up any more. NULL is ignored. */
void resolver_free(struct resolver *r);

struct lookup;

/*
 * done() is called once, later: with n addresses, which have that port; or with 0,
 * and why there are none. is_late: no name server has answered, and there is one.
 */
struct lookup *resolver_ask(struct resolver *r, const char *host,
	unsigned port, long long ms,
	void (*done)(const struct sockaddr_storage *addrs, size_t n,
		const struct err *why, int is_late, void *arg), void *arg);

/* No callback any more. NULL is ignored. */
void lookup_cancel(struct lookup *l);

#endif
