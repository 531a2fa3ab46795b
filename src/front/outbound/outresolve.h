/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTRESOLVE_H
#define FRONT_OUTBOUND_OUTRESOLVE_H

#include <event2/event.h>
#include <stddef.h>
#include <sys/socket.h>

#include "base/err.h"

/* Names of hosts, without a wait: by the name servers of this machine. */
struct outresolve;

#define OUTRESOLVE_MAX 16	/* addresses of a name that are looked at */

/*
 * From these files, usually /etc/resolv.conf and /etc/hosts, which are read when
 * the first name is asked for, and again after a minute. The paths stay.
 */
struct outresolve *outresolve_new(struct event_base *base,
	const char *resolv_conf, const char *hosts);

/* When no name is looked up any more. NULL is ignored. */
void outresolve_free(struct outresolve *r);

struct outlookup;

/*
 * done() is called once, later: with n addresses, which have that port; or with 0,
 * and why there are none. is_late: no name server has answered, and there is one.
 */
struct outlookup *outresolve_ask(struct outresolve *r, const char *host,
	unsigned port, long long ms,
	void (*done)(const struct sockaddr_storage *addrs, size_t n,
		const struct err *why, int is_late, void *arg), void *arg);

/* No callback any more. NULL is ignored. */
void outlookup_cancel(struct outlookup *l);

#endif
