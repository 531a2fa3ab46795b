/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_STATE_H
#define REAPER_STATE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * What one pass remembers for the next: of each tree when somebody was last
 * connected to it, and how much CPU it had used when. Times are seconds since
 * boot. A text, of lines
 *	vscode-grim-reaper-state 1 BOOT-ID
 *	PID START CONNECTED CPU AT
 */
struct state_row {
	int pid;
	unsigned long long start;	/* of the root, ticks */
	long connected;
	unsigned long long cpu;		/* ticks */
	long at;
};

struct state {
	struct state_row *row;
	size_t n;
};

/*
 * -1, and nothing remembered, when the text is not well formed; a text of
 * another boot is none to remember, but no mistake.
 */
int state_parse(struct state *s, const char *text, size_t len,
	const char *boot);
void state_print(const struct state *s, const char *boot,
	struct buf *out);
void state_fini(struct state *s);

/* NULL: not seen before. */
const struct state_row *state_find(const struct state *s, int pid,
	unsigned long long start);
void state_add(struct state *s, const struct state_row *row);

#endif
