/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_PROGRAM_H
#define AGENT_PROGRAM_H

#include "agent/starter.h"

struct sshd;
struct sshds;

/*
 * What a front may have started in the job, by the kind that START names. A kind
 * is a row of a table here: nothing is run because its path came over a link,
 * but for the user's own shell and what it is to run.
 */
struct program {
	struct starter starter;
	char login[258];	/* what argv points to */
	char *argv[6];
	struct opt_list words;	/* in place of these, of one in a container */
	char *command;		/* of a shell, behind a prologue; or NULL */
	int is_between;		/* a runtime's process is, which takes its signals */
	int status;		/* of the front that is refused this */
	struct sshds *sshds;
	struct sshd *sshd;	/* NULL: another program; else to be taken */
};

/*
 * Make p of the request: program and environment, ready for starter_run(). -1
 * with e set when there is no such kind, or something is missing. p points into
 * r, which must outlive it.
 */
int program_init(struct program *p, const struct jobenv *j,
	struct sshds *sshds, const struct shell_request *r, struct err *e)
	__attribute__((warn_unused_result));

/* Whether the request is for one that runs in the session's container. */
int program_is_inside(const struct shell_request *r);

/* The same, or cannot begin before that can be entered. */
int program_needs_container(const struct shell_request *r);

int program_is_sshd(const struct shell_request *r);
void program_fini(struct program *p);

#endif
