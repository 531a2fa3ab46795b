/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/timespan.h"

#include <ctype.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NUMBER_MAX (INT32_MAX - 1)	/* Slurm's, of each field */

static const struct {
	char letter;
	long seconds;
} units[] = {
	{ 'd', 86400 }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 },
};
#define UNITS (sizeof units / sizeof *units)

/* Decimal digits at *p, moved behind them; max + 1 for more. -1: none. */
static int timespan_number(const char **p, long max, long *n)
{
	if (!isdigit((unsigned char)**p))
		return -1;
	for (*n = 0; isdigit((unsigned char)**p); ++*p) {
		if (*n <= max)
			*n = *n * 10 + (**p - '0');
		if (*n > max)
			*n = max + 1;
	}
	return 0;
}

int timespan_units(const char *text, long *seconds)
{
	const char *p = text;
	long n, total = 0;
	int too_long = 0;
	size_t u;

	if (timespan_number(&p, TIMESPAN_MAX, &n) == -1)
		return -1;
	while (*p != '\0') {
		for (u = 0; u < UNITS && units[u].letter != *p; u++)
			;
		if (u == UNITS)
			return -1;
		if (n > (TIMESPAN_MAX - total) / units[u].seconds)
			too_long = 1;
		else
			total += n * units[u].seconds;
		n = 0;
		if (*++p != '\0' && timespan_number(&p, TIMESPAN_MAX, &n) == -1)
			return -1;
		if (*p == '\0' && isdigit((unsigned char)p[-1]))
			return -1;
	}
	if (too_long || n > TIMESPAN_MAX)
		return TIMESPAN_TOO_LONG;
	*seconds = total + n;
	return 0;
}

int timespan_slurm(const char *text, long *seconds)
{
	static const long worth[] = { 3600, 60, 1 };
	const char *p = text;
	long n[3], days = 0;
	size_t fields = 1, first = 1;	/* one or two begin with minutes */

	if (timespan_number(&p, NUMBER_MAX, &n[0]) == -1)
		return -1;
	if (*p == '-') {
		days = n[0];
		n[0] = 0;
		first = 0;
		if (*++p != '\0' && timespan_number(&p, NUMBER_MAX,
			&n[0]) == -1) return -1;
	}
	for (; *p == ':' && fields < 3; fields++) {
		p++;
		if (timespan_number(&p, NUMBER_MAX, &n[fields]) == -1)
			return -1;
	}
	if (*p != '\0')
		return -1;
	if (fields == 3)
		first = 0;
	if (days > NUMBER_MAX)
		return TIMESPAN_TOO_LONG;
	for (size_t i = 0; i < fields; i++)
		if (n[i] > NUMBER_MAX)
			return TIMESPAN_TOO_LONG;
	*seconds = days * 86400;
	for (size_t i = 0; i < fields; i++)
		*seconds += n[i] * worth[first + i];
	return 0;
}

int timespan_either(const char *text, long *seconds)
{
	long n;
	int ret;

	text += *text == '+';
	if (strpbrk(text, "dhms") != NULL)
		return timespan_units(text, seconds);
	ret = timespan_slurm(text, &n);
	if (ret != 0)
		return ret;
	if (n > TIMESPAN_MAX)
		return TIMESPAN_TOO_LONG;
	*seconds = n;
	return 0;
}

struct timespan_text timespan_text(long seconds)
{
	struct timespan_text t;
	long days = seconds / 86400, hours = seconds / 3600 % 24;
	long minutes = seconds / 60 % 60, s = seconds % 60;

	if (days > 0)
		snprintf(t.s, sizeof t.s, "%ld-%02ld:%02ld:%02ld", days, hours,
			minutes, s);
	else if (hours > 0)
		snprintf(t.s, sizeof t.s, "%ld:%02ld:%02ld", hours, minutes,
			s);
	else
		snprintf(t.s, sizeof t.s, "%ld:%02ld", minutes, s);
	return t;
}
