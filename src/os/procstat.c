/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The line of /proc/PID/stat, in bounds. The name of a program stands in it
 * unescaped between parentheses, so what follows is looked for behind the last
 * one.
 */
#include "os/procstat.h"

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
static int procstat_number(struct cursor *c, unsigned long long max,
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

/* The fields from the 7th on; those behind the start time may be missing. */
#define TTY 7
#define UTIME 14		/* then stime, cutime, cstime */
#define CSTIME 17
#define THREADS 20
#define STARTTIME 22
#define RSS 24

static int numbers(struct cursor *c, struct procstat *out, struct procuse *use)
{
	unsigned long long v = 0;

	for (int field = TTY; field <= RSS; field++) {
		if (procstat_number(c, ULLONG_MAX, &v) == -1)
			return field > STARTTIME ? 0 : -1;
		if (field == TTY)
			use->tty = v > INT_MAX ? 0 : (int)v;
		else if (field >= UTIME && field <= CSTIME)
			use->cpu += v;
		else if (field == THREADS)
			use->threads = v;
		else if (field == STARTTIME)
			out->starttime = v;
		else if (field == RSS)
			use->pages = v;
	}
	return 0;
}

int procstat_parse_use(const char *text, size_t len, struct procstat *out,
	struct procuse *use)
{
	const char *paren = len ? memrchr(text, ')', len) : NULL, *name;
	struct cursor c = { text, text + len };
	unsigned long long pid, ids[3];
	size_t namelen;

	*use = (struct procuse){ 0 };
	if (paren == NULL || procstat_number(&c, INT_MAX, &pid) == -1 ||
		paren - c.at < 2 || c.at[0] != ' ' || c.at[1] != '(')
		return -1;
	name = c.at + 2;
	namelen = (size_t)(paren - name);
	if (namelen >= sizeof use->name)
		namelen = sizeof use->name - 1;
	memcpy(use->name, name, namelen);
	c.at = paren + 1;
	if (c.end - c.at < 3 || c.at[0] != ' ')
		return -1;
	out->state = c.at[1];
	c.at += 2;
	for (int i = 0; i < 3; i++)
		if (procstat_number(&c, INT_MAX, &ids[i]) == -1)
			return -1;
	if (numbers(&c, out, use) == -1)
		return -1;
	out->pid = (int)pid;
	out->ppid = (int)ids[0];
	out->pgrp = (int)ids[1];
	out->session = (int)ids[2];
	return 0;
}
