/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_STARTUP_H
#define FRONT_STARTUP_H

#include <event2/event.h>
#include <stddef.h>

#include "editor/greeting.h"
#include "net/filter.h"

struct parting;

/*
 * Filters that watch what is typed and what is printed. They tell the user when
 * the shell in the job does not come to what his editor has
 * typed, since a start-up file exits, becomes another program, or reads it. His
 * editor shows a time-out, or nothing.
 */
struct startup {
	const struct parting *parting;
	const char *shell;
	struct greeting greeting;
	struct event *late;
	struct filter of_stdin, of_stdout;
};

/* shell is what --shell names, or NULL. */
void startup_init(struct startup *s, struct event_base *base,
	const struct parting *parting, const char *shell);
void startup_fini(struct startup *s);

/* What the client sends to the shell, and what the shell prints, passes them. */
void startup_watch(struct startup *s, struct filters *of_stdin,
	struct filters *of_stdout);

/* The shell has ended by itself, with this status. */
void startup_ended(struct startup *s, int status);

#endif
