/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SHELL_H
#define AGENT_SHELL_H

#include "agent/agent.h"
#include "net/link.h"

/* Start a shell and carry its stdio on l, which is its own from now on. */
void shell_new(struct agent *a, struct link *l, const struct frame *request);

/*
 * A front's control stream tells its shells, whose own links may be full of
 * input that nobody reads: the SIGNAL or WINDOW f, and that the front is gone.
 */
void shell_tell(struct agent *a, const char mark[FRAME_MARK],
	const struct frame *f);
void shell_hang_up(struct agent *a, const char mark[FRAME_MARK]);

void shell_free_all(struct agent *a);

#endif
