/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What every program in the job begins with: the user's shells, a directory, and
 * the environment, which is the job's without what is only for the agent.
 */
#include "agent/jobenv.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "editor/posixshell.h"
#include "proto/sessionenv.h"

static void find_shells(struct jobenv *j)
{
	const char *other = access("/bin/bash", X_OK) == 0 ? "/bin/bash" :
		"/bin/sh";
	const char *own = access(j->job->user.shell, X_OK) == 0 ?
		j->job->user.shell : other;

	snprintf(j->own_shell, sizeof j->own_shell, "%s", own);
	snprintf(j->posix_shell, sizeof j->posix_shell, "%s",
		posixshell_is(own) ? own : other);
}

static void make_env(struct jobenv *j)
{
	const struct userdir *user = &j->job->user;

	sessionenv_of_job(&j->env, environ);
	envlist_set(&j->env, "HOME", user->home);
	envlist_set(&j->env, "USER", user->name);
	envlist_set(&j->env, "LOGNAME", user->name);
	envlist_set(&j->env, "SHELL", j->own_shell);
	sessionenv_set(&j->env, SESSIONENV_SESSION, j->job->opt->session.name);
}

void jobenv_init(struct jobenv *j, const struct agent_job *job)
{
	*j = (struct jobenv){ .job = job };
	find_shells(j);
	j->cwd = getcwd(NULL, 0);
	if (j->cwd == NULL)
		j->cwd = mem_strdup(job->user.home);
	make_env(j);
}

/* Commands of the bridge are run outside, where bin is in PATH. */
const char *jobenv_bin_inside(const struct jobenv *j)
{
	return j->bridge != NULL ? j->bridge : j->bin;
}

void jobenv_fini(struct jobenv *j)
{
	free(j->cwd);
	envlist_fini(&j->env);
}
