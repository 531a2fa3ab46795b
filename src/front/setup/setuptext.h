/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SETUP_SETUPTEXT_H
#define FRONT_SETUP_SETUPTEXT_H

#include "base/buf.h"
#include "front/setup/sshentry.h"

/* Which of the two ways are told. */
enum setuptext_ways {
	SETUPTEXT_BOTH,		/* the better one first, as far as the editor can */
	SETUPTEXT_REMOTE,
	SETUPTEXT_PROXY,
};

/*
 * Append what a person is to do by hand on his own computer: the entries, the
 * settings, the line for known_hosts, what to click. What is to be copied is behind
 * four blanks.
 */
void setuptext_put(const struct setup *s, enum setuptext_ways ways,
	struct buf *out);

/*
 * The names of all hosts with blanks between them, that of the default session first;
 * a NUL is appended, too.
 */
void setuptext_hosts(const struct setup *s, struct buf *out);

/* What is to be done in the editor, without an end of line. */
void setuptext_click(const struct setup *s, struct buf *out);

/* The settings of the editor, a line each, with commas between them. */
void setuptext_settings(const struct setup *s, enum desktop_way way,
	const char *indent, struct buf *out);

#endif
