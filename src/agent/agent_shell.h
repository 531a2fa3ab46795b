/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_SHELL_H
#define AGENT_AGENT_SHELL_H

#include "agent/idle.h"
#include "agent/jobenv.h"
#include "agent/memory.h"
#include "agent/servers/hygiene.h"
#include "net/link.h"

/* The shells of the session, and other programs with a link for their stdio. */
struct shells;
struct sshds;

/*
 * They begin with env, count as use, and hear of memory when they were killed;
 * hygiene says what they are to read, NULL: nothing. All outlive it.
 */
struct shells *shells_new(const struct jobenv *env, struct idle *idle,
	struct memory *memory, struct hygiene *hygiene, struct sshds *sshds);
void shells_free(struct shells *all);

/* Start a shell and carry its stdio on l, which is its own from now on. */
void agent_shell_new(struct shells *all, struct link *l,
	const struct frame *request);

/* Whether all that programs have said is sent, and all links that sent it. */
int shells_have_said_all(const struct shells *all);

/*
 * A front's control stream tells its shells, whose own links may be full of
 * input that nobody reads: the SIGNAL or WINDOW f, and that the front is gone.
 */
void agent_shell_tell(struct shells *all, const char mark[FRAME_MARK],
	const struct frame *f);
void agent_shell_hang_up(struct shells *all, const char mark[FRAME_MARK]);

/* Bytes that all of them have moved so far, both ways. */
unsigned long long shells_moved(const struct shells *all);

#endif
