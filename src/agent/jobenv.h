/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_JOBENV_H
#define AGENT_JOBENV_H

#include "agent/agent_job.h"
#include "agent/rundir.h"
#include "base/envlist.h"

struct container;

/* What every program in the job begins with. */
struct jobenv {
	const struct agent_job *job;
	char own_shell[256];	/* the user's, or one in its place */
	char posix_shell[256];	/* the same if it is of POSIX, or one */
	char *cwd;		/* the job's */
	struct envlist env;
	struct rundir *rundir;	/* which env names; the caller's */
	char *bin;		/* of wrappers.h, first in PATH; NULL: none */
	const struct container *container; /* where they run; NULL: on the node */
	const char *bridge;	/* folder of commands for a container; NULL: none */
	int has_agent;		/* SSH_AUTH_SOCK of env leads somewhere now, */
	int has_display;	/* and so does DISPLAY, */
	int had_display;	/* or did once, and is the session's own */
};

/*
 * Of this process's environment and directory. While nothing waits for us: the
 * user's shell, and the directory, may be in a home directory that hangs later.
 */
void jobenv_init(struct jobenv *j, const struct agent_job *job);
void jobenv_fini(struct jobenv *j);

/* What is first in the PATH of a program in the container; NULL: nothing. */
const char *jobenv_bin_inside(const struct jobenv *j);

#endif
