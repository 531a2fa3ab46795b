/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The networks that are refused, in a table, and the addresses of IPv6 that have
 * one of IPv4 in them: those are judged by that one, since a router or the kernel
 * takes it out. A name that is allowed is so for what the site keeps behind it,
 * and not for this host, or all that listens on loopback would be behind a name
 * whose address somebody else may change.
 */
#include "base/hostpolicy.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"

#define NAME_SHOWN 64		/* bytes of a name in what is said */
#define ADVICE (NAME_SHOWN + 64)

/* Whether a name that is allowed may lead there. */
enum kind { NEVER_BY_NAME, BY_NAME };

/* The first that has the address counts. */
static const struct {
	const char *net, *what;
	enum kind kind;
} refused[] = {
	{ "169.254.169.254", "the cloud's metadata address", NEVER_BY_NAME },
	{ "100.100.100.200", "the cloud's metadata address", NEVER_BY_NAME },
	{ "168.63.129.16", "the cloud's metadata address", NEVER_BY_NAME },
	{ "192.0.0.192", "the cloud's metadata address", NEVER_BY_NAME },
	{ "0.0.0.0/8", "the unspecified address", NEVER_BY_NAME },
	{ "10.0.0.0/8", "a private address", BY_NAME },
	{ "100.64.0.0/10", "a private address", BY_NAME },
	{ "127.0.0.0/8", "a loopback address", NEVER_BY_NAME },
	{ "169.254.0.0/16", "a link-local address", NEVER_BY_NAME },
	{ "172.16.0.0/12", "a private address", BY_NAME },
	{ "192.0.0.0/24", "a reserved address", NEVER_BY_NAME },
	{ "192.88.99.0/24", "a reserved address", NEVER_BY_NAME },
	{ "192.168.0.0/16", "a private address", BY_NAME },
	{ "198.18.0.0/15", "a reserved address", NEVER_BY_NAME },
	{ "224.0.0.0/4", "a multicast address", NEVER_BY_NAME },
	{ "240.0.0.0/4", "a reserved address", NEVER_BY_NAME },
	{ "fd00:ec2::254", "the cloud's metadata address", NEVER_BY_NAME },
	{ "::", "the unspecified address", NEVER_BY_NAME },
	{ "::1", "a loopback address", NEVER_BY_NAME },
	{ "fc00::/7", "a private address", BY_NAME },
	{ "fe80::/10", "a link-local address", NEVER_BY_NAME },
	{ "fec0::/10", "a private address", BY_NAME },
	{ "ff00::/8", "a multicast address", NEVER_BY_NAME },
	/* One of IPv4 is in it, but so that only its relay can take it out. */
	{ "2001::/32", "a reserved address", NEVER_BY_NAME },
	{ "64:ff9b:1::/48", "a private address", NEVER_BY_NAME },
};

/* What all addresses of IPv6 that are used on the internet are in. */
#define GLOBAL_V6 "2000::/3"

/* Where one of IPv4 stands in those of IPv6. */
static const struct {
	const char *net;
	unsigned at;
} embedding[] = {
	{ "::ffff:0:0/96", 12 },	/* mapped */
	{ "::ffff:0:0:0/96", 12 },	/* translated */
	{ "64:ff9b::/96", 12 },		/* NAT64 */
	{ "2002::/16", 2 },		/* 6to4 */
	{ "::/96", 12 },		/* compatible */
};

static int net_has(const char *net, const struct sockaddr *addr)
{
	struct network n;

	return network_parse(&n, net) == 0 && network_has(&n, addr);
}

/* Of an address that has another in it both count. */
static int is_in_any(const struct hostpolicy_nets *nets,
	const struct sockaddr *addr, const struct sockaddr *inner)
{
	for (size_t i = 0; i < nets->n; i++)
		if (network_has(&nets->net[i], addr) ||
			network_has(&nets->net[i], inner))
			return 1;
	return 0;
}

int hostpolicy_add(struct hostpolicy_nets *nets, const char *text)
{
	struct network net;

	if (network_parse(&net, text) == -1)
		return -1;
	nets->net = mem_realloc(nets->net, (nets->n + 1) * sizeof net);
	nets->net[nets->n++] = net;
	return 0;
}

void hostpolicy_clear(struct hostpolicy_nets *nets)
{
	free(nets->net);
	*nets = (struct hostpolicy_nets){ 0 };
}

int hostpolicy_add_list(struct hostpolicy_nets *nets, const char *list)
{
	char one[64];
	int ret = 0;

	for (size_t len; *list != '\0'; list += len + (list[len] != '\0')) {
		len = strcspn(list, ",");
		snprintf(one, sizeof one, "%.*s",
			len < sizeof one ? (int)len : 0, list);
		if (hostpolicy_add(nets, one) == -1)
			ret = -1;
	}
	return ret;
}

/* The address of IPv4 that is in addr, if there is one; else addr. */
static const struct sockaddr *innermost(const struct sockaddr *addr,
	struct sockaddr_in *v4)
{
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)addr;

	/* Of the first network these two are themselves. */
	if (addr->sa_family != AF_INET6 || net_has("::", addr) ||
		net_has("::1", addr))
		return addr;
	for (size_t i = 0; i < sizeof embedding / sizeof *embedding; i++) {
		if (!net_has(embedding[i].net, addr))
			continue;
		*v4 = (struct sockaddr_in){ .sin_family = AF_INET,
			.sin_port = v6->sin6_port };
		memcpy(&v4->sin_addr, &v6->sin6_addr.s6_addr[embedding[i].at],
			sizeof v4->sin_addr);
		return (const struct sockaddr *)v4;
	}
	return addr;
}

/* Why it is refused unless it is allowed; NULL: it is not. */
static const char *find_reason(const struct hostpolicy *o,
	const struct sockaddr *addr, const struct sockaddr *inner,
	enum kind *kind)
{
	*kind = NEVER_BY_NAME;
	if (is_in_any(&o->own, addr, inner))
		return "an address of the login node";
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		if (!net_has(refused[i].net, inner))
			continue;
		*kind = refused[i].kind;
		return refused[i].what;
	}
	if (inner->sa_family == AF_INET6 && !net_has(GLOBAL_V6, inner))
		return "a reserved address";
	*kind = BY_NAME;
	return is_in_any(&o->cluster, addr, inner) ?
		"in a network of the compute node" : NULL;
}

static unsigned sockaddr_port(const struct sockaddr *addr)
{
	return ntohs(addr->sa_family == AF_INET6 ?
		((const struct sockaddr_in6 *)addr)->sin6_port :
		((const struct sockaddr_in *)addr)->sin_port);
}

static int is_allowed(const struct hostpolicy *o, const char *name,
	const struct sockaddr *addr, enum kind kind)
{
	unsigned port = sockaddr_port(addr);

	for (size_t i = 0; i < o->n; i++)
		if (hostpattern_has(&o->allow[i], addr) || (kind == BY_NAME &&
			hostpattern_names(&o->allow[i], name, port)))
			return 1;
	return 0;
}

/* What a refused one is to do: the word that allows addr, whose text that is. */
static void put_advice(char *out, size_t size, const struct hostpolicy *o,
	const char *name, const struct sockaddr *addr, const char *text,
	enum kind kind)
{
	int v6 = addr->sa_family == AF_INET6;
	unsigned port = sockaddr_port(addr);

	if (o->is_closed)
		snprintf(out, size, ", which %s does not name", o->list);
	/* A longer name would be cut on the way to the program that is refused. */
	else if (kind == BY_NAME && strlen(name) <= NAME_SHOWN &&
		hostpattern_is_name(name))
		snprintf(out, size, ": %s=%s:%u allows it", o->list, name, port);
	else
		snprintf(out, size, ": %s=%s%s%s:%u allows it", o->list,
			v6 ? "[" : "", text, v6 ? "]" : "", port);
}

int hostpolicy_check(const struct hostpolicy *o, const char *name,
	const struct sockaddr *addr, struct err *e)
{
	struct sockaddr_in v4;
	const struct sockaddr *inner = innermost(addr, &v4);
	enum kind kind;
	const char *why = find_reason(o, addr, inner, &kind);
	char text[INET6_ADDRSTRLEN] = "?";
	char advice[ADVICE];

	if ((why == NULL && !o->is_closed) ||
		is_allowed(o, name, inner, kind) ||
		(inner != addr && is_allowed(o, name, addr, NEVER_BY_NAME)))
		return 0;
	if (addr->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)
			addr)->sin6_addr, text, sizeof text);
	else if (addr->sa_family == AF_INET)
		inet_ntop(AF_INET, &((const struct sockaddr_in *)
			addr)->sin_addr, text, sizeof text);
	if (why == NULL)
		why = "another host";
	put_advice(advice, sizeof advice, o, name, addr, text, kind);
	if (strcmp(text, name) == 0)
		return err_set(e, "%s is %s%s", text, why, advice);
	return err_set(e, "%.*s is %s, %s%s", NAME_SHOWN, name, text, why,
		advice);
}

size_t hostpolicy_pick(const struct hostpolicy *o, const char *name,
	const struct sockaddr_storage *addrs, size_t n,
	struct sockaddr_storage *good, struct err *first)
{
	size_t n_good = 0;
	struct err e;

	first->text[0] = '\0';
	for (size_t i = 0; i < n; i++) {
		if (hostpolicy_check(o, name, (const struct sockaddr *)&addrs[i],
			&e) == 0)
			good[n_good++] = addrs[i];
		else if (first->text[0] == '\0')
			*first = e;
	}
	return n_good;
}

int hostpolicy_is_host(const char *host)
{
	char name[HOSTPATTERN_NAME + 1];
	struct sockaddr_storage addr;
	size_t n = strlen(host);
	socklen_t len;

	if (hostpolicy_read(host, 0, &addr, &len))
		return 1;
	if (n == 0 || n >= sizeof name)
		return 0;
	memcpy(name, host, n + 1);
	/* The root's dot. */
	if (name[n - 1] == '.')
		name[n - 1] = '\0';
	return hostpattern_is_name(name);
}

int hostpolicy_is_localhost(const char *host)
{
	static const char name[] = "localhost";
	size_t len = strlen(host), n = strlen(name);

	if (len > 0 && host[len - 1] == '.')
		len--;
	return len >= n && strncasecmp(host + len - n, name, n) == 0 &&
		(len == n || host[len - n - 1] == '.');
}

int hostpolicy_read(const char *host, unsigned port, struct sockaddr_storage *addr,
	socklen_t *len)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)addr;

	*addr = (struct sockaddr_storage){ 0 };
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		*len = sizeof *v6;
		return 1;
	}
	/* It would take what stands behind a blank for none of its concern. */
	if (strpbrk(host, " \t\n\v\f\r") != NULL ||
		inet_aton(host, &v4->sin_addr) == 0)
		return 0;
	v4->sin_family = AF_INET;
	v4->sin_port = htons((uint16_t)port);
	*len = sizeof *v4;
	return 1;
}

int hostpolicy_find(const char *host, unsigned port, struct sockaddr_storage *addr,
	socklen_t *len)
{
	return hostpolicy_read(hostpolicy_is_localhost(host) ? "127.0.0.1" : host,
		port, addr, len);
}
