/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_INTERCEPTOR_H
#define FRONT_INTERCEPTOR_H

#include <stdint.h>

#include "base/err.h"
#include "editor/held.h"
#include "net/filter.h"

/*
 * A filter of a shell's stdout: a line in which an editor's script says where its
 * server listens (editor/held.h) is held until a listener of this host is there
 * for it, and goes on with that one's port.
 */
struct interceptor {
	struct filter filter;
	struct held held;
	int in_block;		/* the line that is held, see struct held_event */
	long long since;	/* by clock_ms(), that it is */
	long long left;		/* ms that lines may still wait */
	/*
	 * Find a listener for the line within so many milliseconds; then
	 * interceptor_answer() is called, perhaps at once.
	 */
	void (*hold)(const struct held_event *line, long long wait_ms,
		void *arg);
	void *arg;
};

/*
 * Zeroed before. One line may wait for so many milliseconds. Each may name what
 * is no listener, so all together wait a few times as long, and then each is
 * only looked at.
 */
void interceptor_init(struct interceptor *i, struct filters *of_stdout,
	long long wait_ms, void (*hold)(const struct held_event *line,
	long long wait_ms, void *arg), void *arg);

void interceptor_fini(struct interceptor *i);

/*
 * The line goes on: with this port of ours, or this path; port 0 and no path:
 * there is none, because of why, and the client is told if it is one that waits.
 */
void interceptor_answer(struct interceptor *i, uint16_t port, const char *path,
	const struct err *why);

#endif
