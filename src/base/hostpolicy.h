/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_HOSTPOLICY_H
#define BASE_HOSTPOLICY_H

#include <stddef.h>

#include "base/err.h"
#include "base/hostpattern.h"

/*
 * Which addresses may be dialed for somebody else: those of the internet and what
 * a list names, as --outbound-allow has it, or that alone. It is asked about the
 * address that is dialed, whatever the name was by which that was found.
 */

/* Networks that are refused since the machine is in them; zeros: none. */
struct hostpolicy_nets {
	struct network *net;
	size_t n;
};

struct hostpolicy {
	const char *list;		/* what the user calls allow */
	int is_closed;			/* what allow does not name is refused */
	const struct hostpattern *allow;
	size_t n;
	struct hostpolicy_nets own;	/* addresses of this login node */
	struct hostpolicy_nets cluster;	/* networks that the compute node is in */
};

/* One more. -1: text is no network. */
int hostpolicy_add(struct hostpolicy_nets *nets, const char *text);

/* The same of a list, with commas. -1: one of them is no network. */
int hostpolicy_add_list(struct hostpolicy_nets *nets, const char *list);

/* There are none any more, and nothing to be freed. */
void hostpolicy_clear(struct hostpolicy_nets *nets);

/*
 * May addr, with its port, be dialed? name is what was asked for. 0, or -1 with e
 * set to why not.
 */
int hostpolicy_check(const struct hostpolicy *o, const char *name,
	const struct sockaddr *addr, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Those of n addresses that may be dialed, in their order, into good, which has room
 * for all. Returns how many; first is why the first of the others is not one.
 */
size_t hostpolicy_pick(const struct hostpolicy *o, const char *name,
	const struct sockaddr_storage *addrs, size_t n,
	struct sockaddr_storage *good, struct err *first);

/*
 * Whether a host is an address by itself: of IPv6 (without brackets), or of IPv4
 * in any of the ways that inet_aton(3) reads, so that "2130706433" is 127.0.0.1.
 */
int hostpolicy_read(const char *host, unsigned port, struct sockaddr_storage *addr,
	socklen_t *len);

/* The same, and of a name that is loopback whoever is asked: 127.0.0.1. */
int hostpolicy_find(const char *host, unsigned port, struct sockaddr_storage *addr,
	socklen_t *len);

/* Whether a host is an address, or surely a name, with or without the root's dot. */
int hostpolicy_is_host(const char *host);

/* A name that is loopback whoever is asked: "localhost", "x.localhost.". */
int hostpolicy_is_localhost(const char *host);

#endif
