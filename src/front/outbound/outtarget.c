/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The agent has looked at it; but any process of the job may speak for one, and
 * the text goes on to a resolver and into a line for a proxy.
 */
#include "front/outbound/outtarget.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define HTTP "http://"
#define HOST_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
#define IPV6_BYTES "abcdefABCDEF0123456789:."

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
	return 0;
bad:
	return err_set(e, "'%.80s' is no HOST:PORT", text);
}
