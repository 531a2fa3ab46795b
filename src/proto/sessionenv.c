/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns what becomes of each variable between a login node, the job and the
 * session's shells: one table, which the man page tells and nobody else repeats.
 */
#include "proto/sessionenv.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* How a variable is called that the agent's own libraries must not read. */
#define CARRIED "VSCODE_REMOTE_SHELL_CARRIED_"

const struct sessionenv_row sessionenv_rows[] = {
	{ "SSH_AUTH_SOCK", SESSIONENV_STAYS, .reason = "a socket of the login node",
		.vain = "it names a socket of the login node" },
	{ "SSH_AGENT_PID", SESSIONENV_STAYS, .reason = "a process of the login node" },
	{ "SSH_CLIENT", SESSIONENV_STAYS, .reason = "of the connection, which the session outlives" },
	{ "SSH_CONNECTION", SESSIONENV_STAYS, .reason = "of the connection, which the session outlives" },
	{ "SSH_TTY", SESSIONENV_STAYS, .reason = "a terminal of the login node" },
	{ "SSH_ORIGINAL_COMMAND", SESSIONENV_STAYS, .reason = "of the connection, which the session outlives" },
	{ "SSH_USER_AUTH", SESSIONENV_STAYS, .reason = "a file of the login node" },
	{ "DISPLAY", SESSIONENV_STAYS, .reason = "a port of the login node",
		.vain = "it names a display that only the login node reaches",
		.if_near = 1 },
	{ "WAYLAND_DISPLAY", SESSIONENV_STAYS, .reason = "a socket of the login node",
		.vain = "it names a socket of the login node" },
	{ "XAUTHORITY", SESSIONENV_STAYS, .reason = "for a display of the login node" },
	{ "DBUS_SESSION_BUS_ADDRESS", SESSIONENV_STAYS, .reason = "a socket of the login node",
		.vain = "it names a socket of the login node" },
	{ "GPG_AGENT_INFO", SESSIONENV_STAYS, .reason = "a socket of the login node",
		.vain = "it names a socket of the login node" },
	{ "XDG_RUNTIME_DIR", SESSIONENV_STAYS, .reason = "a directory of the login node, removed at the logout" },
	{ "XDG_SESSION_*", SESSIONENV_STAYS, .reason = "of the login on the login node" },
	{ "XDG_SEAT*", SESSIONENV_STAYS, .reason = "of the login on the login node" },
	{ "XDG_VTNR", SESSIONENV_STAYS, .reason = "of the login on the login node" },
	{ "TMPDIR", SESSIONENV_STAYS, .reason = "a directory of the login node; Slurm would make it on the node, and nobody would remove it" },
	{ "TERM", SESSIONENV_STAYS, .reason = "of a terminal of the login node" },
	{ "TMUX*", SESSIONENV_STAYS, .reason = "a socket of the login node" },
	{ "STY", SESSIONENV_STAYS, .reason = "a socket of the login node" },
	{ "VSCODE_*", SESSIONENV_STAYS, .reason = "of an editor or a session in whose terminal this was typed" },
	{ "PWD", SESSIONENV_STAYS, .reason = "every shell makes its own" },
	{ "OLDPWD", SESSIONENV_STAYS, .reason = "every shell makes its own" },
	{ "SHLVL", SESSIONENV_STAYS, .reason = "every shell makes its own" },
	{ "_", SESSIONENV_STAYS, .reason = "every shell makes its own" },
	{ "LD_*", SESSIONENV_CARRIED, .reason = "the agent must not get other libraries than its own",
		.of_node = 1 },
	{ "OPENSSL_*", SESSIONENV_CARRIED, .reason = "the agent must not get another configuration of OpenSSL" },
	{ "SSLKEYLOGFILE", SESSIONENV_CARRIED, .reason = "the keys of the agent's links are nobody's business" },
	{ "ENVIRONMENT", SESSIONENV_JOBS, .reason = "start-up files of sites take BATCH for a shell at which nobody sits" },
	{ "SLURM_MEM_PER_CPU", SESSIONENV_JOBS, .reason = "an option of sbatch and srun, which a job that was asked for otherwise refuses" },
	{ "SLURM_MEM_PER_GPU", SESSIONENV_JOBS, .reason = "an option of sbatch and srun, which a job that was asked for otherwise refuses" },
	{ "SLURM_MEM_PER_NODE", SESSIONENV_JOBS, .reason = "an option of sbatch and srun, which a job that was asked for otherwise refuses" },
	{ "SLURM_TRES_PER_TASK", SESSIONENV_JOBS, .reason = "an option of srun, which would not start in a job that was asked for otherwise" },
	{ "SLURM_JOB_DEPENDENCY", SESSIONENV_JOBS, .reason = "what the session's own job has waited for" },
	{ "SLURM_OPEN_MODE", SESSIONENV_JOBS, .reason = "how the session's log is written would be how files of its steps and jobs are" },
	{ "BASH_ENV", SESSIONENV_NODES, .reason = "a start-up file of the node" },
	{ "ENV", SESSIONENV_NODES, .reason = "a start-up file of the node" },
	{ "BASH_FUNC_*", SESSIONENV_NODES, .reason = "functions that call programs of the node, as module does" },
	{ "MODULEPATH*", SESSIONENV_NODES, .reason = "modules are programs of the node" },
	{ "MODULESHOME", SESSIONENV_NODES, .reason = "modules are programs of the node" },
	{ "LOADEDMODULES", SESSIONENV_NODES, .reason = "modules are programs of the node" },
	{ "_LMFILES_*", SESSIONENV_NODES, .reason = "modules are programs of the node" },
	{ "LMOD_*", SESSIONENV_NODES, .reason = "modules are programs of the node" },
	{ "PYTHONHOME", SESSIONENV_NODES, .reason = "libraries for Python of the node" },
	{ "PYTHONPATH", SESSIONENV_NODES, .reason = "libraries for Python of the node" },
	{ "PERL5LIB", SESSIONENV_NODES, .reason = "libraries for Perl of the node" },
	{ "CONDA_*", SESSIONENV_NODES, .reason = "an environment that is active on the node" },
	{ "VIRTUAL_ENV*", SESSIONENV_NODES, .reason = "an environment that is active on the node" },
	{ "LOCPATH", SESSIONENV_NODES, .reason = "locales for the C library of the node" },
	{ 0 }
};

/*
 * VS Code takes from its terminals every variable whose name begins with VSCODE_ (seen
 * in 1.100 and 1.139); so what is of use there has another. The others are for hooks,
 * and for who looks at the processes from outside.
 */
const char *const sessionenv_own_names[SESSIONENV_OWN_COUNT] = {
	[SESSIONENV_SESSION] = "VSCODE_REMOTE_SHELL_SESSION",
	[SESSIONENV_RUNTIME_DIR] = "XDG_RUNTIME_DIR",
	[SESSIONENV_OWN_RUNTIME_DIR] = "VRS_RUNTIME_DIR",
	[SESSIONENV_TERM] = "TERM",
	[SESSIONENV_AUTH_SOCK] = "SSH_AUTH_SOCK",
	[SESSIONENV_DISPLAY] = "DISPLAY",
	[SESSIONENV_XAUTHORITY] = "XAUTHORITY",
	[SESSIONENV_OUTBOUND] = "VRS_OUTBOUND",
	[SESSIONENV_HTTP_PROXY] = "http_proxy",
	[SESSIONENV_HTTPS_PROXY] = "https_proxy",
	[SESSIONENV_ALL_PROXY] = "all_proxy",
	[SESSIONENV_NO_PROXY] = "no_proxy",
	[SESSIONENV_HTTP_PROXY_BIG] = "HTTP_PROXY",
	[SESSIONENV_HTTPS_PROXY_BIG] = "HTTPS_PROXY",
	[SESSIONENV_ALL_PROXY_BIG] = "ALL_PROXY",
	[SESSIONENV_NO_PROXY_BIG] = "NO_PROXY",
	[SESSIONENV_COVERED] = "VRS_COVERED",
	[SESSIONENV_EVENT] = "VSCODE_REMOTE_EVENT",
	[SESSIONENV_REASON] = "VSCODE_REMOTE_REASON",
	[SESSIONENV_SECONDS] = "VSCODE_REMOTE_SECONDS",
	[SESSIONENV_JOB] = "VSCODE_REMOTE_JOB",
	[SESSIONENV_PROFILE] = "VSCODE_REMOTE_PROFILE",
	[SESSIONENV_OPTIONS] = "VSCODE_REMOTE_OPTIONS",
};

int sessionenv_is_named(const char *word, const char *name)
{
	size_t len = strlen(name);

	if (name[len - 1] == '*')
		return strncmp(word, name, len - 1) == 0;
	return strncmp(word, name, len) == 0 &&
		(word[len] == '=' || word[len] == '\0');
}

/* Whether a row does that to the variable of the word NAME=VALUE. */
static int is(const char *word, enum sessionenv_action action)
{
	for (const struct sessionenv_row *r = sessionenv_rows; r->name; r++)
		if (r->action == action && sessionenv_is_named(word, r->name))
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
		if (sessionenv_is_named(*env, "SLURM_JOB_ID"))
			return 1;
	return 0;
}

void sessionenv_of_login(struct envlist *job, char *const *login)
{
	int in_job = is_in_job(login);

	for (; *login != NULL; login++) {
		char *word;

		if (is(*login, SESSIONENV_STAYS) ||
			(in_job && sessionenv_is_named(*login, "SLURM*")))
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

int sessionenv_is_of_node(const char *word)
{
	const struct sessionenv_row *r = sessionenv_rows;

	while (r->name != NULL && !((r->of_node ||
		r->action == SESSIONENV_NODES) && sessionenv_is_named(word, r->name)))
		r++;
	return r->name != NULL;
}

void sessionenv_drop_node(struct envlist *env)
{
	for (size_t i = env->n; i-- > 0;) {
		char *name;

		if (!sessionenv_is_of_node(env->list[i]))
			continue;
		name = mem_strndup(env->list[i], strcspn(env->list[i], "="));
		envlist_unset(env, name);
		free(name);
	}
}

/* A display that only its host reaches: ":0", "localhost:10.0", "unix:0". */
static int is_near(const char *display)
{
	static const char *const hosts[] = { ":", "/", "unix", "localhost:",
		"127.", "[::1]:", "::1:" };

	for (unsigned i = 0; i < sizeof hosts / sizeof hosts[0]; i++)
		if (strncmp(display, hosts[i], strlen(hosts[i])) == 0)
			return 1;
	return 0;
}

const char *sessionenv_vain(const char *name, const char *value)
{
	for (const struct sessionenv_row *r = sessionenv_rows; r->name; r++)
		if (r->vain != NULL && strcmp(name, r->name) == 0)
			return !r->if_near || value == NULL ||
				is_near(value) ? r->vain : NULL;
	return NULL;
}

void sessionenv_set(struct envlist *env, enum sessionenv_own which,
	const char *value)
{
	envlist_set(env, sessionenv_own_names[which], value);
}

void sessionenv_unset(struct envlist *env, enum sessionenv_own which)
{
	envlist_unset(env, sessionenv_own_names[which]);
}

/* The last two say what needs no proxy. */
static int is_direct(int which)
{
	return which >= SESSIONENV_NO_PROXY;
}

void sessionenv_drop_proxies(struct envlist *env)
{
	for (int i = 0; i < SESSIONENV_PROXIES; i++)
		envlist_unset(env,
			sessionenv_own_names[SESSIONENV_HTTP_PROXY + i]);
}

static const char *own_value(const struct envlist *env, int which)
{
	return envlist_get(env, sessionenv_own_names[which]);
}

/* What a site has said in one spelling counts for the other, where that has nothing. */
static void add_direct(struct envlist *env, const char *direct)
{
	static const int both[] = { SESSIONENV_NO_PROXY, SESSIONENV_NO_PROXY_BIG };
	char *value[2];

	for (int i = 0; i < 2; i++) {
		const char *site = own_value(env, both[i]);

		if (site == NULL || site[0] == '\0')
			site = own_value(env, both[!i]);
		value[i] = site == NULL || site[0] == '\0' ?
			mem_strdup(direct) : mem_printf("%s,%s", site, direct);
	}
	for (int i = 0; i < 2; i++) {
		sessionenv_set(env, (enum sessionenv_own)both[i], value[i]);
		free(value[i]);
	}
}

/* Of both spellings, since programs read one or the other. */
int sessionenv_set_proxies(struct envlist *env, const char *url,
	const char *direct)
{
	const int first = SESSIONENV_HTTP_PROXY;

	for (int i = first; !is_direct(i); i++)
		if (own_value(env, i) != NULL)
			return 0;
	for (int i = first; !is_direct(i); i++)
		sessionenv_set(env, (enum sessionenv_own)i, url);
	add_direct(env, direct);
	return 1;
}
