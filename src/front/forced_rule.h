/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FORCED_RULE_H
#define FRONT_FORCED_RULE_H

#include "opt/optlist.h"

/*
 * Where it runs what somebody gives ssh, when sshd runs us in its place: on the
 * login node as if we were not there, or in the job. Whatever is not known to be
 * for the job runs here, at once.
 */
struct forced_case {
	const char *command;	/* NULL or "": none, so a shell */
	const char *called;	/* our own name; the usual one is known, too */
	const struct opt_list *into_job;	/* patterns of the site */
	int all;		/* the site wants everything in the job */
	int is_login_shell;	/* of the user, and not a ForceCommand */
	int by_ssh;		/* started by sshd, and not in a shell below it */
	int in_session;		/* in the job already */
	int has_terminal;
};

enum forced_where {
	FORCED_HERE,
	FORCED_JOB,
	FORCED_INPUT,	/* a shell: in the job if an editor's script comes in */
	FORCED_IN_SESSION,	/* refused: it is the job already */
	FORCED_ITSELF,		/* refused: it would ask for itself for ever */
};

enum forced_where forced_where(const struct forced_case *c);

#endif
