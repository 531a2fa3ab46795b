/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/sessionenv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How a variable is called that the agent's own libraries must not read. */
#define CARRIED "VSCODE_REMOTE_SHELL_CARRIED_"

const struct sessionenv_row sessionenv_rows[] = {
	{ "SSH_AUTH_SOCK", SESSIONENV_STAYS, "a socket of the login node" },
	{ "SSH_AGENT_PID", SESSIONENV_STAYS, "a process of the login node" },
	{ "SSH_CLIENT", SESSIONENV_STAYS, "of the connection, which the session outlives" },
	{ "SSH_CONNECTION", SESSIONENV_STAYS, "of the connection, which the session outlives" },
	{ "SSH_TTY", SESSIONENV_STAYS, "a terminal of the login node" },
	{ "SSH_ORIGINAL_COMMAND", SESSIONENV_STAYS, "of the connection, which the session outlives" },
	{ "SSH_USER_AUTH", SESSIONENV_STAYS, "a file of the login node" },
	{ "DISPLAY", SESSIONENV_STAYS, "a port of the login node" },
	{ "WAYLAND_DISPLAY", SESSIONENV_STAYS, "a socket of the login node" },
	{ "XAUTHORITY", SESSIONENV_STAYS, "for a display of the login node" },
	{ "DBUS_SESSION_BUS_ADDRESS", SESSIONENV_STAYS, "a socket of the login node" },
	{ "XDG_RUNTIME_DIR", SESSIONENV_STAYS, "a directory of the login node, removed at the logout" },
	{ "XDG_SESSION_*", SESSIONENV_STAYS, "of the login on the login node" },
	{ "XDG_SEAT*", SESSIONENV_STAYS, "of the login on the login node" },
	{ "XDG_VTNR", SESSIONENV_STAYS, "of the login on the login node" },
	{ "TMPDIR", SESSIONENV_STAYS, "a directory of the login node; Slurm would make it on the node, and nobody would remove it" },
	{ "TERM", SESSIONENV_STAYS, "of a terminal of the login node" },
	{ "TMUX*", SESSIONENV_STAYS, "a socket of the login node" },
	{ "STY", SESSIONENV_STAYS, "a socket of the login node" },
	{ "VSCODE_*", SESSIONENV_STAYS, "of an editor or a session in whose terminal this was typed" },
	{ "PWD", SESSIONENV_STAYS, "every shell makes its own" },
	{ "OLDPWD", SESSIONENV_STAYS, "every shell makes its own" },
	{ "SHLVL", SESSIONENV_STAYS, "every shell makes its own" },
	{ "_", SESSIONENV_STAYS, "every shell makes its own" },
	{ "LD_*", SESSIONENV_CARRIED, "the agent must not get other libraries than its own" },
	{ "OPENSSL_*", SESSIONENV_CARRIED, "the agent must not get another configuration of OpenSSL" },
	{ "SSLKEYLOGFILE", SESSIONENV_CARRIED, "the keys of the agent's links are nobody's business" },
	{ "ENVIRONMENT", SESSIONENV_JOBS, "start-up files of sites take BATCH for a shell at which nobody sits" },
	{ "SLURM_MEM_PER_CPU", SESSIONENV_JOBS, "an option of sbatch and srun, which a job that was asked for otherwise refuses" },
	{ "SLURM_MEM_PER_GPU", SESSIONENV_JOBS, "an option of sbatch and srun, which a job that was asked for otherwise refuses" },
	{ "SLURM_MEM_PER_NODE", SESSIONENV_JOBS, "an option of sbatch and srun, which a job that was asked for otherwise refuses" },
	{ "SLURM_OPEN_MODE", SESSIONENV_JOBS, "how the session's log is written would be how files of its steps and jobs are" },
	{ 0 }
};

const char *const sessionenv_own_names[SESSIONENV_OWN_COUNT] = {
	[SESSIONENV_SESSION] = "VSCODE_REMOTE_SHELL_SESSION",
	[SESSIONENV_RUNTIME_DIR] = "XDG_RUNTIME_DIR",
	[SESSIONENV_TERM] = "TERM",
	[SESSIONENV_EVENT] = "VSCODE_REMOTE_EVENT",
	[SESSIONENV_REASON] = "VSCODE_REMOTE_REASON",
	[SESSIONENV_SECONDS] = "VSCODE_REMOTE_SECONDS",
	[SESSIONENV_JOB] = "VSCODE_REMOTE_JOB",
};

static int is_named(const char *word, const char *name)
{
	size_t len = strlen(name);

	if (name[len - 1] == '*')
		return strncmp(word, name, len - 1) == 0;
	return strncmp(word, name, len) == 0 && word[len] == '=';
}

/* Whether a row does that to the variable of the word NAME=VALUE. */
static int is(const char *word, enum sessionenv_action action)
{
	for (const struct sessionenv_row *r = sessionenv_rows; r->name; r++)
		if (r->action == action && is_named(word, r->name))
			return 1;
	return 0;
}

/*
 * Who types this in a job has the variables of that job: number of tasks,
 * nodes, memory. The new one has its own, and would not set all of them.
 */
static int is_in_job(char *const *env)
{
	for (; *env != NULL; env++)
		if (is_named(*env, "SLURM_JOB_ID"))
			return 1;
	return 0;
}

void sessionenv_of_login(struct envlist *job, char *const *login)
{
	int in_job = is_in_job(login);

	for (; *login != NULL; login++) {
		char *word;

		if (is(*login, SESSIONENV_STAYS) ||
			(in_job && is_named(*login, "SLURM*")))
			continue;
		if (!is(*login, SESSIONENV_CARRIED)) {
			envlist_put(job, *login);
			continue;
		}
		word = mem_printf(CARRIED "%s", *login);
		envlist_put(job, word);
		free(word);
	}
}

/* What the node itself has set wins over what was carried there. */
void sessionenv_of_job(struct envlist *shell, char *const *job)
{
	static const char carried[] = CARRIED;
	const size_t len = sizeof carried - 1;

	for (char *const *at = job; *at != NULL; at++)
		if (strncmp(*at, carried, len) == 0 &&
			is(*at + len, SESSIONENV_CARRIED))
			envlist_put(shell, *at + len);
	for (char *const *at = job; *at != NULL; at++)
		if (strncmp(*at, carried, len) != 0 &&
			!is(*at, SESSIONENV_JOBS))
			envlist_put(shell, *at);
}

void sessionenv_set(struct envlist *env, enum sessionenv_own which,
	const char *value)
{
	envlist_set(env, sessionenv_own_names[which], value);
}
