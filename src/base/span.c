/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A length of time in words, for messages to people. What reads lengths, and
 * writes them as Slurm does, is base/timespan.c.
 */
#include "base/span.h"

#include <stdio.h>

static int span_put(char *out, int size, long n, const char *unit)
{
	return snprintf(out, (size_t)size, "%ld %s%s", n, unit,
		n == 1 ? "" : "s");
}

struct span span_words(long seconds)
{
	static const struct {
		long seconds;
		const char *name;
	} units[] = {
		{ 86400, "day" }, { 3600, "hour" }, { 60, "minute" },
		{ 1, "second" },
	};
	const int last = sizeof units / sizeof units[0] - 1;
	struct span s;
	int n, u = 0;

	if (seconds < 0)
		seconds = 0;
	/* Seconds matter to nobody from 90 on: rounded to minutes. */
	if (seconds >= 90)
		seconds = (seconds + 30) / 60 * 60;
	while (u < last && units[u].seconds > seconds)
		u++;
	n = span_put(s.text, sizeof s.text, seconds / units[u].seconds,
		units[u].name);
	seconds %= units[u].seconds;
	if (u == last || seconds < units[u + 1].seconds)
		return s;
	s.text[n++] = ' ';
	span_put(s.text + n, (int)sizeof s.text - n,
		seconds / units[u + 1].seconds, units[u + 1].name);
	return s;
}
