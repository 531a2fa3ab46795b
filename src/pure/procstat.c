/* SPDX-License-Identifier: BSD-2-Clause */
#include "pure/procstat.h"

#include <limits.h>
#include <string.h>

struct cursor {
	const char *at, *end;
};

/*
 * Skip spaces, read a decimal number of at most max that ends at a space, a
 * newline or the end of the text. Negative ones are given as 0: no field that
 * is of interest is negative in a user's process.
 */
static int number(struct cursor *c, unsigned long long max,
	unsigned long long *out)
{
	unsigned long long v = 0;
	int digits = 0, negative = 0;

	while (c->at < c->end && *c->at == ' ')
		c->at++;
	if (c->at < c->end && *c->at == '-') {
		negative = 1;
		c->at++;
	}
	for (; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		unsigned d = (unsigned)(*c->at - '0');

		if (v > (max - d) / 10)
			return -1;
		v = v * 10 + d;
		digits++;
	}
	if (digits == 0 || (c->at < c->end && *c->at != ' ' && *c->at != '\n'))
		return -1;
	*out = negative ? 0 : v;
	return 0;
}

int procstat_parse(const char *text, size_t len, struct procstat *out)
{
	const char *paren = len ? memrchr(text, ')', len) : NULL;
	struct cursor c = { text, text + len };
	unsigned long long pid, ids[3], v = 0;

	if (paren == NULL || number(&c, INT_MAX, &pid) == -1 ||
		paren - c.at < 2 || c.at[0] != ' ' || c.at[1] != '(')
		return -1;
	c.at = paren + 1;
	if (c.end - c.at < 3 || c.at[0] != ' ')
		return -1;
	out->state = c.at[1];
	c.at += 2;
	for (int i = 0; i < 3; i++)
		if (number(&c, INT_MAX, &ids[i]) == -1)
			return -1;
	/* Field 7 is the next, 22 is the start time. */
	for (int field = 7; field <= 22; field++)
		if (number(&c, ULLONG_MAX, &v) == -1)
			return -1;
	out->pid = (int)pid;
	out->ppid = (int)ids[0];
	out->pgrp = (int)ids[1];
	out->session = (int)ids[2];
	out->starttime = v;
	return 0;
}
