/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hostpattern.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"

#define NETWORK_TEXT 64		/* longer than any of IPv6 with its length */

static int bad(const char *text, struct err *e)
{
	return err_set(e, "'%.80s' is not a network like 10.1.0.0/16, an address or the name of a host, with or without :PORT",
		text);
}

/*
 * A name whose last label is a number is none: resolvers take "10.1" and "0x7f.1"
 * for addresses, and nobody could tell which was meant.
 */
int hostpattern_is_name(const char *s)
{
	const char *last = strrchr(s, '.');

	last = last != NULL ? last + 1 : s;
	if (s[0] == '.' || s[0] == '-' || strstr(s, "..") != NULL)
		return 0;
	if (s[strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")] != '\0')
		return 0;
	return last[0] != '\0' && !(last[0] >= '0' && last[0] <= '9');
}

/* Take "[...]", "NETWORK" or "NAME" from text; what is left begins at *port. */
static int take_host(const char *text, char host[HOSTPATTERN_NAME],
	const char **port)
{
	size_t len;

	if (text[0] == '[') {
		len = strcspn(++text, "]");
		if (text[len] == '\0')
			return -1;
		*port = text + len + 1;
	} else {
		len = strcspn(text, ":");
		/* Of two colons none is that of a port. */
		if (text[len] == ':' && strchr(text + len + 1, ':') != NULL)
			len = strlen(text);
		*port = text + len;
	}
	if (len == 0 || len >= HOSTPATTERN_NAME)
		return -1;
	memcpy(host, text, len);
	host[len] = '\0';
	return 0;
}

int hostpattern_parse(struct hostpattern *p, const char *text, struct err *e)
{
	char host[HOSTPATTERN_NAME];
	const char *port;
	long number = 0;
	size_t len;

	*p = (struct hostpattern){ 0 };
	if (take_host(text, host, &port) == -1 || (*port != '\0' &&
		(*port != ':' || number_read(port + 1, 1, 65535, &number) == -1)))
		return bad(text, e);
	p->port = (unsigned)number;
	if (strlen(host) < NETWORK_TEXT && network_parse(&p->net, host) == 0)
		return 0;
	len = strlen(host);
	if (len > 1 && host[len - 1] == '.')
		host[len - 1] = '\0';
	if (text[0] == '[' || !hostpattern_is_name(host))
		return bad(text, e);
	memcpy(p->name, host, sizeof host);
	return 0;
}

static unsigned port_of(const struct sockaddr *addr)
{
	return ntohs(addr->sa_family == AF_INET6 ?
		((const struct sockaddr_in6 *)addr)->sin6_port :
		((const struct sockaddr_in *)addr)->sin_port);
}

int hostpattern_has(const struct hostpattern *p, const struct sockaddr *addr)
{
	return p->name[0] == '\0' && network_has(&p->net, addr) &&
		(p->port == 0 || p->port == port_of(addr));
}

int hostpattern_names(const struct hostpattern *p, const char *name,
	unsigned port)
{
	size_t len = strlen(name);

	if (len > 1 && name[len - 1] == '.')
		len--;
	return p->name[0] != '\0' && strlen(p->name) == len &&
		strncasecmp(p->name, name, len) == 0 &&
		(p->port == 0 || p->port == port);
}
