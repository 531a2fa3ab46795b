/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_FAREWELL_H
#define AGENT_FAREWELL_H

#include <event2/event.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Connections of programs that cannot be served. A program hears why, in its own
 * way, and may say on what it has begun to say: of a socket that is closed at once it
 * might die by SIGPIPE before it has told its user, and one that is closed with bytes
 * unread is reset, and the answer lost.
 */
struct farewells;

struct farewells *farewells_new(struct event_base *base);

/* All are closed. NULL is ignored. */
void farewells_free(struct farewells *f);

/* text is answered, and the end told. fd is its own from now on, and closed soon. */
void farewell(struct farewells *f, int fd, const void *text, size_t len);

/* Appends what is answered to who begins with this byte. */
typedef void farewell_words(struct buf *out, char first, const struct err *why);

/* The same, once the program has begun to speak. */
void farewell_answer(struct farewells *f, int fd, farewell_words *words,
	const struct err *why);

#endif
