/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef EDITOR_GREETING_H
#define EDITOR_GREETING_H

#include <stddef.h>

/*
 * Whether the shell has answered its client. What Remote-SSH types first, at
 * once, makes the shell print "ready: ID"; with others, and in later steps, the
 * script prints "ID: running" or "ID: start". A shell that prints none of these
 * has not come to what was typed: its start-up files stand before it. Who types
 * no such word first is no such client, and is not waited for.
 */
struct greeting {
	enum { GREETING_UNKNOWN, GREETING_ASKED, GREETING_OVER } state;
	struct greeting_window {
		size_t seen;	/* bytes */
		size_t len;
		char tail[16];	/* the last of them */
	} in, out;
};

/* What the client sends, and what the shell prints, in any pieces. */
void greeting_in(struct greeting *g, const char *data, size_t len);
void greeting_out(struct greeting *g, const char *data, size_t len);

/* Whether a client waits for its first answer. */
int greeting_is_due(const struct greeting *g);

#endif
