/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_OUTBOUND_OUTADDR_H
#define FRONT_OUTBOUND_OUTADDR_H

#include <stddef.h>

#include "base/err.h"
#include "base/hostpattern.h"

/*
 * Which addresses a connection out of the job may be dialed at: those of the
 * internet, and what --outbound-allow names. It is asked about the address that is
 * dialed, whatever the name was by which that was found.
 */

/* Networks that are refused since the machine is in them; zeros: none. */
struct outaddr_nets {
	struct network *net;
	size_t n;
};

struct outaddr {
	const struct hostpattern *allow;
	size_t n;
	struct outaddr_nets own;	/* addresses of this login node */
	struct outaddr_nets cluster;	/* networks that the compute node is in */
};

/* One more. -1: text is no network. */
int outaddr_add(struct outaddr_nets *nets, const char *text);

/* The same of a list, with commas. -1: one of them is no network. */
int outaddr_add_list(struct outaddr_nets *nets, const char *list);

/* There are none any more, and nothing to be freed. */
void outaddr_clear(struct outaddr_nets *nets);

/*
 * May addr, with its port, be dialed? name is what was asked for. 0, or -1 with e
 * set to why not.
 */
int outaddr_check(const struct outaddr *o, const char *name,
	const struct sockaddr *addr, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Whether a host is an address by itself: of IPv6 (without brackets), or of IPv4
 * in any of the ways that inet_aton(3) reads, so that "2130706433" is 127.0.0.1.
 */
int outaddr_read(const char *host, unsigned port, struct sockaddr_storage *addr,
	socklen_t *len);

#endif
