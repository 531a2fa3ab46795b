/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The addresses of this machine's interfaces: one to listen on, and those that
 * a client is told.
 */
#include "os/hostaddr.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/network.h"

#define HOST_SIZE 64

static int addr_text(const struct sockaddr *addr, char *out)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)addr;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)addr;
	const void *bytes = addr->sa_family == AF_INET ?
		(const void *)&v4->sin_addr : (const void *)&v6->sin6_addr;

	return inet_ntop(addr->sa_family, bytes, out, HOST_SIZE) ? 0 : -1;
}

static int is_link_local(const struct sockaddr *addr)
{
	return addr->sa_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(
		&((const struct sockaddr_in6 *)addr)->sin6_addr);
}

static void add_family(struct endpoint *ep, const struct ifaddrs *list,
	int family)
{
	char text[HOST_SIZE];

	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next)
		if (i->ifa_addr != NULL && i->ifa_addr->sa_family == family &&
			(i->ifa_flags & IFF_UP) &&
			!(i->ifa_flags & IFF_LOOPBACK) &&
			!is_link_local(i->ifa_addr) &&
			addr_text(i->ifa_addr, text) == 0)
			endpoint_add_host(ep, text);
}

static void add_all(struct endpoint *ep)
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

/* Our address in the network. */
static int find_in(const struct network *net, const char *spec, char *out,
	struct err *e)
{
	struct ifaddrs *list, *i;

	if (getifaddrs(&list) == -1)
		return err_set(e, "cannot list addresses: %s",
			strerror(errno));
	for (i = list; i != NULL; i = i->ifa_next)
		if (i->ifa_addr != NULL && network_has(net, i->ifa_addr) &&
			addr_text(i->ifa_addr, out) == 0)
			break;
	freeifaddrs(list);
	if (i == NULL)
		return err_set(e, "this host has no address in %s (--link-address)",
			spec);
	return 0;
}

int hostaddr_choose(const char *spec, char *bind_to, struct endpoint *ep,
	struct err *e)
{
	struct network net;

	bind_to[0] = '\0';
	if (spec == NULL || strcmp(spec, "0.0.0.0") == 0 ||
		strcmp(spec, "::") == 0) {
		add_all(ep);
		return 0;
	}
	if (network_parse(&net, spec) == -1)
		return err_set(e, "'%s' is not an address or a network", spec);
	if (strchr(spec, '/') == NULL)
		snprintf(bind_to, HOST_SIZE, "%s", spec);
	else if (find_in(&net, spec, bind_to, e) == -1)
		return -1;
	endpoint_add_host(ep, bind_to);
	return 0;
}

static unsigned count_bits(const struct sockaddr *mask)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)mask;
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)mask;
	unsigned n = 0;

	if (mask->sa_family == AF_INET)
		return (unsigned)__builtin_popcount(v4->sin_addr.s_addr);
	for (size_t i = 0; i < sizeof v6->sin6_addr; i++)
		n += (unsigned)__builtin_popcount(v6->sin6_addr.s6_addr[i]);
	return n;
}

static int is_of_itself(const struct sockaddr *addr)
{
	if (addr->sa_family == AF_INET)
		return ntohl(((const struct sockaddr_in *)
			addr)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)
		addr)->sin6_addr);
}

/* The loopback interface may have one by which others reach this machine, too. */
static int is_on_network(const struct ifaddrs *i)
{
	return i->ifa_addr != NULL && (i->ifa_addr->sa_family == AF_INET ||
		i->ifa_addr->sa_family == AF_INET6) &&
		!is_of_itself(i->ifa_addr) && !is_link_local(i->ifa_addr);
}

int hostaddr_list(struct buf *out, int with_bits)
{
	const char *comma = out->len > 0 ? "," : "";
	struct ifaddrs *list;
	char text[HOST_SIZE];

	if (getifaddrs(&list) == -1)
		return -1;
	for (const struct ifaddrs *i = list; i != NULL; i = i->ifa_next) {
		if (!is_on_network(i) || addr_text(i->ifa_addr, text) == -1)
			continue;
		/* Of a tunnel nothing is its network but the other end. */
		if (with_bits && ((i->ifa_flags & IFF_LOOPBACK) ||
			i->ifa_netmask == NULL || count_bits(i->ifa_netmask) == 0))
			continue;
		buf_printf(out, "%s%s", comma, text);
		if (with_bits)
			buf_printf(out, "/%u", count_bits(i->ifa_netmask));
		comma = ",";
	}
	freeifaddrs(list);
	return 0;
}

int hostaddr_name(char *name, size_t size)
{
	int ret = gethostname(name, size);

	/* Of one that is cut nobody knows whether it ends. */
	if (ret == -1 && errno == ENAMETOOLONG)
		ret = 0;
	else if (ret == -1)
		snprintf(name, size, "unknown");
	name[size - 1] = '\0';
	return ret;
}
