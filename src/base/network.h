/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_NETWORK_H
#define BASE_NETWORK_H

#include <netinet/in.h>

/* An IP network: an address and how many of its leading bits count. */
struct network {
	int family;		/* AF_INET or AF_INET6 */
	unsigned char addr[16];
	unsigned bits;
};

/*
 * Parse "10.77.0.0/16", "2001:db8::/32", or an address, which is a network of
 * its own. Only numeric. -1 when it is none of these.
 */
int network_parse(struct network *net, const char *text);

/* Whether the address (AF_INET or AF_INET6) is in it. */
int network_has(const struct network *net, const struct sockaddr *addr);

#endif
