/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The terminals of the session's processes, each told once, however many have
 * it. Who has a terminal is read in /proc; what is written goes through os/pts.c,
 * which waits for no terminal that is stopped.
 */
#include "agent/terminals.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "os/log.h"
#include "os/proc.h"
#include "os/pts.h"

#define SEEN_MAX 256

/* Terminals that are told already. */
struct seen {
	int tty[SEEN_MAX];
	unsigned n;
};

static int is_new(struct seen *s, int tty)
{
	for (unsigned i = 0; i < s->n; i++)
		if (s->tty[i] == tty)
			return 0;
	if (s->n == SEEN_MAX)
		return 0;
	s->tty[s->n++] = tty;
	return 1;
}

void terminals_tell(const char *line)
{
	struct seen seen = { .n = 0 };
	struct procmember *all;
	char text[640];
	size_t n;
	int len = snprintf(text, sizeof text,
		"\a\r\nvscode-remote-shell: %s\r\n", line);

	if (len >= (int)sizeof text || proc_family(getpid(), &all, &n) == -1)
		return;
	for (size_t i = 0; i < n; i++) {
		int number = pts_number(all[i].use.tty);

		if (number != -1 && is_new(&seen, number) &&
			pts_tell(number, geteuid(), text, (size_t)len) == -1)
			log_debug("/dev/pts/%d takes nothing", number);
	}
	free(all);
}
