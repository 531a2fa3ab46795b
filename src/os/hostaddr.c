/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/hostaddr.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

static void add_family(struct endpoint *ep, const struct ifaddrs *list,
	int family)
{
	char text[64];

	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		const struct sockaddr_in6 *v6 =
			(const struct sockaddr_in6 *)i->ifa_addr;
		const struct sockaddr_in *v4 =
			(const struct sockaddr_in *)i->ifa_addr;

		if (i->ifa_addr == NULL || i->ifa_addr->sa_family != family ||
			!(i->ifa_flags & IFF_UP) ||
			(i->ifa_flags & IFF_LOOPBACK))
			continue;
		if (family == AF_INET6 &&
			IN6_IS_ADDR_LINKLOCAL(&v6->sin6_addr))
			continue;
		if (inet_ntop(family, family == AF_INET ?
			(const void *)&v4->sin_addr :
			(const void *)&v6->sin6_addr, text, sizeof text))
			endpoint_add_host(ep, text);
	}
}

void hostaddr_add(struct endpoint *ep)
{
	struct ifaddrs *list;

	if (getifaddrs(&list) == 0) {
		add_family(ep, list, AF_INET);
		add_family(ep, list, AF_INET6);
		freeifaddrs(list);
	}
	if (ep->n == 0)
		endpoint_add_host(ep, "127.0.0.1");
}

void hostaddr_name(char *name, size_t size)
{
	if (gethostname(name, size) == -1)
		snprintf(name, size, "unknown");
	name[size - 1] = '\0';
}
