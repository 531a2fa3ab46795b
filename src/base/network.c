/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IP networks as people write them, and whether an address is in one. Numeric
 * only: a name service could hang, or be somebody else's.
 */
#include "base/network.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"

int network_parse(struct network *net, const char *text)
{
	char host[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "/");
	long max, bits;

	if (len >= sizeof host)
		return -1;
	memcpy(host, text, len);
	host[len] = '\0';
	*net = (struct network){ .family = AF_INET };
	if (inet_pton(AF_INET, host, net->addr) != 1) {
		net->family = AF_INET6;
		if (inet_pton(AF_INET6, host, net->addr) != 1)
			return -1;
	}
	max = net->family == AF_INET ? 32 : 128;
	bits = max;
	if (text[len] != '\0' &&
		number_read(text + len + 1, 0, max, &bits) == -1)
		return -1;
	net->bits = (unsigned)bits;
	return 0;
}

int network_has(const struct network *net, const struct sockaddr *addr)
{
	const unsigned char *a;

	if (addr->sa_family != net->family)
		return 0;
	if (net->family == AF_INET)
		a = (const void *)&((const struct sockaddr_in *)
			addr)->sin_addr;
	else
		a = (const void *)&((const struct sockaddr_in6 *)
			addr)->sin6_addr;
	for (unsigned i = 0; i < net->bits; i++) {
		unsigned char bit = 0x80 >> i % 8;

		if ((a[i / 8] & bit) != (net->addr[i / 8] & bit))
			return 0;
	}
	return 1;
}
