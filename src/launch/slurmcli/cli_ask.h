/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURMCLI_CLI_ASK_H
#define LAUNCH_SLURMCLI_CLI_ASK_H

#include "base/err.h"
#include "launch/slurmcli/cli_list.h"
#include "launch/slurmcli/cli_tool.h"

/* Questions to Slurm by its commands, which come back in time, with a reason. */

/* Why one did not succeed: the class of vscode-remote-launcher(7), and a line. */
struct cli_failure {
	const char *class;
	struct err e;
	char words[2048];	/* what Slurm said before that, for the user */
};

/* Wait for answers as suits one who waits so long for this program, not for 30 s. */
void cli_ask_patience(long seconds);

/*
 * Run argv to its end. 0: it has succeeded, and what it said is in t; -1 with f
 * set. Either way cli_tool_fini() is to be called. in: what it reads, or NULL.
 * makes_job: it may have made a job although it fails.
 */
int cli_ask(struct tool *t, char *const *argv, char *const *env,
	struct buf *in, int makes_job, struct cli_failure *f)
	__attribute__((warn_unused_result));

/* The same of one that makes no job and reads nothing, with our variables. */
int cli_ask_plainly(struct tool *t, char *const *argv, struct cli_failure *f)
	__attribute__((warn_unused_result));

/*
 * The jobs of this user, or of all_users that squeue shows; those of a federation
 * unless is_local, which is a question less. config, unless NULL, is what scontrol
 * says of the cluster meanwhile, empty when it says nothing. -1 with f set.
 */
int cli_ask_jobs(struct cli_list *list, int is_local, int all_users,
	struct buf *config, struct cli_failure *f) __attribute__((warn_unused_result));

/*
 * The name of the cluster, or "". A file tells, and slurmctld is not asked; where
 * there is none, it is. -1 with f set.
 */
#define CLI_CLUSTER_MAX 256
int cli_ask_cluster(char *name, size_t size, struct cli_failure *f)
	__attribute__((warn_unused_result));

/* Run a command that changes a job: argv as for cli_ask(). */
int cli_ask_change(char *const *argv, struct cli_failure *f)
	__attribute__((warn_unused_result));

#endif
