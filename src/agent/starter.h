/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_STARTER_H
#define AGENT_STARTER_H

#include <sys/types.h>

#include "agent/jobenv.h"
#include "base/envlist.h"
#include "base/err.h"
#include "net/relay.h"
#include "proto/message.h"

/*
 * The one way in which a program is started in the session: with the session's
 * environment, in the job's directory, and a session of its own.
 */

/* What it has as its stdin, stdout and stderr, and we as the other ends. */
enum starter_stdio {
	STARTER_PIPES,		/* three */
	STARTER_TERMINAL,	/* one, which is all three, and its own */
	STARTER_SOCKET,		/* one for stdin and stdout, a pipe for stderr */
	STARTER_LOG,		/* nobody's: /dev/null, and our log; no ends */
};

struct starter {
	const char *path;	/* of the program */
	char *const *argv;
	const char *dir;	/* the job's */
	struct envlist env;	/* may be changed until it is run */
	enum starter_stdio stdio;
	struct window window;	/* of a terminal */
};

/* Begins with the session's environment; path and argv are the caller's. */
void starter_init(struct starter *s, const struct jobenv *j, const char *path,
	char *const *argv, enum starter_stdio stdio);
void starter_fini(struct starter *s);

/*
 * Start it. Returns its pid at once, which is the caller's to wait for; *report
 * becomes readable when spawn_outcome() (os/spawn.h) knows whether the exec has
 * succeeded, since directory and program may be on a file system that hangs.
 *
 * ours become our ends of its stdio, without filters, which a relay may have; of
 * a terminal, which is lent to it, each is the same descriptor. -1 with e set:
 * there are none.
 */
pid_t starter_run(const struct starter *s,
	struct relay_pair ours[STREAM_COUNT], int *report, struct err *e)
	__attribute__((warn_unused_result));

/* Close what no relay has taken, but for a terminal. */
void starter_close(const struct relay_pair ours[STREAM_COUNT]);

/* A terminal has another size. */
void starter_set_window(int terminal, const struct window *w);

#endif
