/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_FAREWELL_H
#define AGENT_FAREWELL_H

#include <event2/event.h>

#include "base/buf.h"

/*
 * Connections of programs that cannot be served. A program hears why, in its own
 * way, and may say on what it has begun to say: of a socket that is closed at once it
 * might die by SIGPIPE before it has told its user.
 */
struct farewells;

/*
 * words() appends what is answered to who begins with this byte; NULL: nobody is
 * answered, and each is told the end at once.
 */
struct farewells *farewells_new(struct event_base *base,
	void (*words)(struct buf *out, char first));

/* All are closed. NULL is ignored. */
void farewells_free(struct farewells *f);

/* fd is its own from now on, and closed soon. */
void farewell(struct farewells *f, int fd);

#endif
