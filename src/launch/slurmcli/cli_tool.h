/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_TOOL_H
#define LAUNCH_SLURMCLI_CLI_TOOL_H

#include <sys/types.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * One of Slurm's commands while it runs, without a shell: what it reads, and what
 * it has said.
 */
struct tool {
	const char *name;	/* as in PATH, for messages */
	pid_t pid;		/* -1: it does not run any more */
	int status;		/* as of waitpid(2) */
	int too_much;		/* it wrote more than anybody wants, and was killed */
	int fd[3];		/* our ends; -1: closed */
	struct buf in, out, err;
};

/*
 * Start argv[0], which is looked for in PATH. in, emptied, is what it reads; or
 * NULL. -1 with e set: it does not run, and there is nothing to stop.
 */
int cli_tool_start(struct tool *t, char *const *argv, char *const *env,
	struct buf *in, struct err *e);

/*
 * Give and take until that time of clock_ms(), or until one more of them has
 * ended than at the call. Those that do not run, and NULL, are passed over.
 */
void cli_tool_wait(struct tool *const *tools, size_t n, long long until);

int cli_tool_runs(const struct tool *t);
/* Whether it has ended with status 0, and said no more than is wanted. */
int cli_tool_is_good(const struct tool *t);

/* Kill it if it still runs; what it has said stays. */
void cli_tool_stop(struct tool *t);
/* The same, and all is freed. */
void cli_tool_fini(struct tool *t);

#endif
