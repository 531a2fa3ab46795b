/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The agent has looked at it; but any process of the job may speak for one, and
 * the text goes on to a resolver and into a line for a proxy. What is neither an
 * address nor surely a name is none: "10.08.0.1" and "127.0.0.1.." are 10.8.0.1 and
 * 127.0.0.1 to some, and a proxy may be one of them.
 */
#include "front/outbound/outtarget.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/hostpolicy.h"

#define HTTP "http://"
#define HOST_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
#define IPV6_BYTES "abcdefABCDEF0123456789:."

static int is_host(const char *host, int is_in_brackets)
{
	struct sockaddr_storage addr;
	socklen_t len;

	if (hostpolicy_read(host, 0, &addr, &len))
		return is_in_brackets == (addr.ss_family == AF_INET6);
	return !is_in_brackets && hostpolicy_is_host(host);
}

int outtarget_parse(struct outtarget *t, const char *text, struct err *e)
{
	const char *host, *end;
	size_t len;
	long port;

	*t = (struct outtarget){ .is_http = strncmp(text, HTTP,
		strlen(HTTP)) == 0 };
	host = t->is_http ? text + strlen(HTTP) : text;
	snprintf(t->text, sizeof t->text, "%s", host);
	if (host[0] == '[') {
		len = strspn(++host, IPV6_BYTES);
		end = host + len + 1;
		if (host[len] != ']')
			goto bad;
	} else {
		len = strspn(host, HOST_BYTES);
		end = host + len;
	}
	if (len == 0 || len >= sizeof t->host || *end != ':' ||
		number_read(end + 1, 1, 65535, &port) == -1)
		goto bad;
	memcpy(t->host, host, len);
	t->port = (unsigned)port;
	if (is_host(t->host, host > text && host[-1] == '['))
		return 0;
bad:
	return err_set(e, "'%.80s' is no HOST:PORT", text);
}
