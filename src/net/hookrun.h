/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_HOOKRUN_H
#define NET_HOOKRUN_H

#include "base/err.h"
#include "net/child.h"
#include "opt/optlist.h"

/*
 * Commands of a site or a user, one after the other, each within a time limit and
 * with its own session; what is left of that when the command has ended is killed.
 * The first that fails is the last, unless it begins with '-': then its failure is
 * told, and nothing more.
 */
struct hookrun;

struct hookrun_ops {
	/*
	 * Start a command, as starter_run() or spawn_start(): its pid, or -1
	 * with e set. It must get a session of its own.
	 */
	pid_t (*start)(const char *command, int *report, struct err *e,
		void *arg);
	/* All have ended; why is NULL when none has failed. */
	void (*done)(const struct err *why, void *arg);
};

struct hookrun *hookrun_new(struct event_base *base, struct children *children,
	const struct hookrun_ops *ops, void *arg);

/* No callback any more; what runs is killed if it must be. */
void hookrun_free(struct hookrun *h, int kills);

/*
 * Run them, not before the last are done; ops->done() may come before it returns.
 * commands must stay where they are, and name: what messages call it.
 */
void hookrun_start(struct hookrun *h, const char *name,
	const struct opt_list *commands, long seconds);

/* The one that runs now, 0: none does; those below it have its session. */
pid_t hookrun_pid(const struct hookrun *h);

int hookrun_is_busy(const struct hookrun *h);

#endif
