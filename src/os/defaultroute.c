/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Routes as the kernel prints them: a line each, of columns between blanks, the
 * numbers in hexadecimal. A route of IPv6 that refuses stands for none, and so
 * does one of loopback, which a kernel without any other has.
 */
#include "os/defaultroute.h"

#include <stdio.h>
#include <string.h>

#define ROUTES_MAX 65536	/* bytes; a default route is among the first */

#define UP 0x1			/* RTF_UP */
#define REJECTS 0x200		/* RTF_REJECT */

#define COLUMNS 11

struct column {
	const char *at;
	size_t len;
};

/* The columns of the line that *text begins with, which moves behind it. */
static size_t take_columns(const char **text, const char *end,
	struct column columns[COLUMNS])
{
	const char *at = *text, *line = memchr(at, '\n', end - at);
	size_t n = 0;

	line = line != NULL ? line : end;
	*text = line < end ? line + 1 : end;
	while (at < line && n < COLUMNS) {
		while (at < line && (*at == ' ' || *at == '\t'))
			at++;
		columns[n].at = at;
		while (at < line && *at != ' ' && *at != '\t')
			at++;
		columns[n].len = at - columns[n].at;
		n += columns[n].len > 0;
	}
	return n;
}

static int is_zero(const struct column *c)
{
	for (size_t i = 0; i < c->len; i++)
		if (c->at[i] != '0')
			return 0;
	return c->len > 0;
}

static unsigned long flags_of(const struct column *c)
{
	static const char digits[] = "0123456789abcdef";
	unsigned long n = 0;

	for (size_t i = 0; i < c->len; i++) {
		const char *at = strchr(digits, c->at[i] >= 'A' &&
			c->at[i] <= 'F' ? c->at[i] - 'A' + 'a' : c->at[i]);

		if (at == NULL || *at == '\0')
			return 0;
		n = (n << 4 | (unsigned long)(at - digits)) & 0xffffffff;
	}
	return n;
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ... */
int defaultroute_in_v4(const char *text, size_t len)
{
	const char *end = text + len;
	struct column c[COLUMNS];

	while (text < end)
		if (take_columns(&text, end, c) >= 8 && is_zero(&c[1]) &&
			is_zero(&c[7]) && (flags_of(&c[3]) & UP) &&
			!(flags_of(&c[3]) & REJECTS))
			return 1;
	return 0;
}

/* Destination Length Source Length Gateway Metric RefCnt Use Flags Iface */
int defaultroute_in_v6(const char *text, size_t len)
{
	const char *end = text + len;
	struct column c[COLUMNS];

	while (text < end)
		if (take_columns(&text, end, c) >= 10 && is_zero(&c[0]) &&
			is_zero(&c[1]) && (flags_of(&c[8]) & UP) &&
			!(flags_of(&c[8]) & REJECTS) &&
			!(c[9].len == 2 && memcmp(c[9].at, "lo", 2) == 0))
			return 1;
	return 0;
}

static int has(const char *path, int (*in)(const char *, size_t))
{
	static char text[ROUTES_MAX];
	FILE *f = fopen(path, "re");
	size_t len;

	if (f == NULL)
		return 0;
	len = fread(text, 1, sizeof text, f);
	fclose(f);
	return in(text, len);
}

int defaultroute_is_there(void)
{
	return has("/proc/net/route", defaultroute_in_v4) ||
		has("/proc/net/ipv6_route", defaultroute_in_v6);
}
