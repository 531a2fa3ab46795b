/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/options.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/tag.h"
#include "opt/optval.h"
#include "os/log.h"
#include "os/warnsig.h"

#define AT(field) offsetof(struct options, field)

/* The order of enum options_peer_check, and of enum options_server_dir. */
static const char *const peer_checks[] = { "require", "prefer", "off", NULL };
static const char *const on_off[] = { "off", "on", NULL };
static const char *const server_dirs[] = { "home", "node", "session", NULL };

/* The order of enum options_hangup. */
static const char *const hangups[] = { "keep", "cancel", NULL };

/* The order of enum options_impossible. */
static const char *const impossibles[] = { "wait", "fail", NULL };

const char *const options_idle_busy[] = { "connections", "cpu", NULL };

/*
 * Letters, names and meanings of vscode-shell-proxy are kept; its names are
 * preferred for abbreviations, so that an old command line means what it
 * meant. The aliases are what its site files make of "salloc".
 */
const struct opt options_table[] = {
	{ .group = "Job" },
	{ "salloc-arg", 'S', OPT_LIST, "ARG", .at = AT(salloc_args),
		.preferred = 1, .of_job = 1,
		.help = "option of salloc for the job, such as --partition=devel; may be repeated" },
	{ "srun-arg", .alias = "salloc-arg" },
	{ "sbatch-arg", .alias = "salloc-arg" },
	{ "slurm-arg", .alias = "salloc-arg" },
	{ "local-shell-arg", .alias = "salloc-arg" },
	{ "salloc-env", 'e', OPT_LIST, "VAR[=VALUE]", .at = AT(env),
		.help = "set VAR in the job, without VALUE to what it is here; may be repeated" },
	{ "srun-env", .alias = "salloc-env" },
	{ "sbatch-env", .alias = "salloc-env" },
	{ "slurm-env", .alias = "salloc-env" },
	{ "local-shell-env", .alias = "salloc-env" },
	{ "group", 'g', OPT_STRING, "NAME", .at = AT(group), .preferred = 1,
		.of_job = 1,
		.help = "submit the job as this workgroup" },
	{ "workgroup", .alias = "group", .preferred = 1 },
	{ "group-command", 0, OPT_STRING, "COMMAND",
		"workgroup -g %g --command @ --", AT(group_command),
		.help = "what --group puts before the launcher; %g is the group" },
	{ "launcher", 0, OPT_STRING, "NAME", "auto", AT(launcher),
		.help = "how jobs are started: slurm, local (on this machine), auto (slurm where it is set up), or the absolute path of a launcher" },
	{ "launcher-timeout", 0, OPT_DURATION, "TIME", "30s",
		AT(launcher_timeout), 1, OPT_HOUR,
		.help = "how long the scheduler may take for an answer" },
	{ "outage-timeout", 0, OPT_DURATION, "TIME", "5m",
		AT(outage_timeout), 0, 365 * OPT_DAY,
		.help = "how long to try again when the scheduler does not answer, 0 not at all" },

	{ .group = "Session" },
	{ "session", 0, OPT_NAME, "NAME", .at = AT(session),
		.help = "which session to come back to or to start (default: default)" },
	{ "idle-timeout", 0, OPT_DURATION, "TIME", "1h", AT(idle_timeout),
		0, 365 * OPT_DAY,
		.of_job = 1,
		.help = "end the job when no client was connected for so long, 0 never" },
	{ "idle-busy", 0, OPT_ENUM, "WHAT", "connections", AT(idle_busy),
		.words = options_idle_busy,
		.of_job = 1,
		.help = "what is not idle: connections, or cpu, then also processes that compute" },
	{ "signal", 0, OPT_STRING, "SIG[@SECONDS]", .at = AT(signal),
		.of_job = 1,
		.help = "signal for the session's processes so long before the time limit, as sbatch's" },
	{ "notify-command", 0, OPT_STRING, "COMMAND",
		.at = AT(notify_command),
		.of_job = 1,
		.help = "run this in the job at each warning and at the end" },
	{ "notify-terminals", 0, OPT_ENUM, "WHETHER", "off",
		AT(notify_terminals), .words = on_off,
		.of_job = 1,
		.help = "warn in the session's terminals too: on or off" },
	{ "on-hangup", 0, OPT_ENUM, "ACTION", "keep", AT(on_hangup),
		.words = hangups,
		.help = "what becomes of a job that waits when ssh is gone: keep it in the queue, or cancel it if nobody else waits for it" },
	{ "on-impossible", 0, OPT_ENUM, "ACTION", "wait", AT(on_impossible),
		.words = impossibles,
		.help = "what becomes of a job that the scheduler can never start as it was asked for: wait, or fail, which takes it back" },
	{ "linger", 0, OPT_DURATION, "TIME", "5m", AT(linger), 0,
		7 * OPT_DAY,
		.help = "keep the forwarded port for so long when ssh is gone, 0 not at all" },
	{ "shell", 0, OPT_STRING, "PATH", .at = AT(shell),
		.help = "shell to start in the job instead of your login shell" },
	{ "server-hygiene", 0, OPT_ENUM, "MODE", "on", AT(server_hygiene),
		.words = on_off,
		.of_job = 1,
		.help = "whether records of VS Code servers that do not run any more are put out of the way: on, off" },
	{ "server-dir", 0, OPT_ENUM, "WHERE", "home", AT(server_dir),
		.words = server_dirs,
		.of_job = 1,
		.help = "where VS Code's server and its records are kept: home, node (on the node's own disk), session" },
	{ "agent", 0, OPT_STRING, "PATH", .at = AT(agent),
		.of_job = 1,
		.help = "vscode-remote-agent to use instead of the installed one" },
	{ "state-dir", 0, OPT_STRING, "DIR", .at = AT(state_dir),
		.help = "where sessions are kept instead of ~/.local/state/vscode-remote-shell; login and compute nodes must share it" },

	{ .group = "Forwarding" },
	{ "listen-host", 'H', OPT_ADDRESS, "ADDR", "127.0.0.1",
		AT(listen_host), .preferred = 1,
		.help = "address the client's port is opened on" },
	{ "listen-port", 'p', OPT_PORT, "PORT", "0", AT(listen_port),
		.preferred = 1, .help = "its number, 0 any" },
	{ "backlog", 'b', OPT_INT, "N", "128", AT(backlog), 0, 65535,
		.unit = "connections", .preferred = 1,
		.help = "how many may wait to be accepted" },
	{ "byte-limit", 'B', OPT_INT, "N", "124672", AT(byte_limit), 1,
		0x7fffffff, .unit = "bytes", .preferred = 1,
		.help = "most to take from a connection in one read; more than the default means the default" },
	{ "confirm-timeout", 0, OPT_DURATION, "TIME", "5s",
		AT(confirm_timeout), 1, 60,
		.help = "how long to wait until a port that was announced is seen to be a listener of yours" },
	{ "peer-check", 0, OPT_ENUM, "MODE", "require", AT(peer_check),
		.words = peer_checks,
		.help = "whose connections to take: require (only yours), prefer (yours and those nobody can tell), off (anyone's)" },
	{ "allow-root-peers", 0, OPT_FLAG, .at = AT(allow_root_peers),
		.help = "take connections of root too" },
	{ "link-address", 0, OPT_NETWORK, "NET", .at = AT(link_address),
		.help = "network (10.77.0.0/16), or address, by which front and agent reach each other, instead of all" },
	{ "link-port", 0, OPT_PORTS, "RANGE", "0", AT(link_ports),
		.help = "port or range (60000-60999) for that, 0 any" },

	{ .group = "Of some commands" },
	{ "all", 0, OPT_FLAG, .at = AT(all), .commands = "cancel",
		.destroys = 1,
		.help = "every session" },
	{ "no-wait", 0, OPT_FLAG, .at = AT(no_wait), .commands = "alloc",
		.help = "leave the job in the queue" },
	{ "follow", 'f', OPT_FLAG, .at = AT(follow), .commands = "logs",
		.help = "go on until the session ends" },
	{ "json", 0, OPT_FLAG, .at = AT(json), .commands = "list status",
		.help = "print JSON, see the manual" },
	{ "no-header", 0, OPT_FLAG, .at = AT(no_header), .commands = "list",
		.help = "no line of titles" },

	{ .group = "Messages" },
	{ "verbose", 'v', OPT_COUNT, .at = AT(verbose), .preferred = 1,
		.help = "log more: warnings, -vv events, -vvv everything" },
	{ "quiet", 'q', OPT_COUNT, .at = AT(quiet), .preferred = 1,
		.help = "say less" },
	{ "log-file", 'l', OPT_STRING, "FILE", .at = AT(log_file),
		.preferred = 1,
		.help = "log to FILE instead of stderr; [PID] in it becomes the process id" },
	{ "tee-stdin", '0', OPT_STRING, "FILE", .at = AT(tee_stdin),
		.preferred = 1,
		.help = "copy what the client sends to the shell; [PID] as above" },
	{ "tee-stdout", '1', OPT_STRING, "FILE", .at = AT(tee_stdout),
		.preferred = 1, .help = "copy the shell's output" },
	{ "tee-stderr", '2', OPT_STRING, "FILE", .at = AT(tee_stderr),
		.preferred = 1, .help = "copy the shell's errors" },
	{ "help", 'h', OPT_STOP, .at = AT(help), .preferred = 1,
		.help = "print this and exit" },
	{ "version", 0, OPT_STOP, .at = AT(version),
		.help = "print the version and exit" },
	{ 0 }
};

/* Options that name files: what to expand and to check in them. */
static const struct path {
	const char *name;
	size_t at;
	int pid;	/* [PID] is expanded */
	int absolute;	/* another program uses it from elsewhere */
} paths[] = {
	{ "log-file", AT(log_file), 1, 0 },
	{ "tee-stdin", AT(tee_stdin), 1, 0 },
	{ "tee-stdout", AT(tee_stdout), 1, 0 },
	{ "tee-stderr", AT(tee_stderr), 1, 0 },
	{ "state-dir", AT(state_dir), 0, 1 },
	{ "shell", AT(shell), 0, 1 },
	{ "agent", AT(agent), 0, 1 },
	{ "launcher", AT(launcher), 0, 0 },
};
#define PATHS (sizeof paths / sizeof *paths)

static int finish_path(const struct path *p, char **value, struct err *e)
{
	const char *home = getenv("HOME");
	char pid[16], *done;

	if (*value == NULL)
		return 0;
	if ((*value)[0] == '~' && (home == NULL || home[0] != '/'))
		return err_set(e, "--%s: '%.200s' needs HOME, which is not set: give an absolute path",
			p->name, *value);
	done = expand_home(*value, home ? home : "");
	free(*value);
	*value = done;
	if (p->pid) {
		snprintf(pid, sizeof pid, "%ld", (long)getpid());
		done = expand_token(*value, "[PID]", pid);
		free(*value);
		*value = done;
	}
	if (p->absolute && (*value)[0] != '/')
		return err_set(e, "--%s: '%.200s' is not an absolute path",
			p->name, *value);
	return 0;
}

static int is_env_name(const char *s, size_t len)
{
	if (len == 0 || isdigit((unsigned char)s[0]))
		return 0;
	for (size_t i = 0; i < len; i++) {
		if (!isalnum((unsigned char)s[i]) && s[i] != '_')
			return 0;
	}
	return 1;
}

static int check_env(const struct opt_list *env, struct err *e)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *word = env->word[i];
		int len = strcspn(word, "=");

		if (!is_env_name(word, len))
			return err_set(e, "--salloc-env: '%.*s' is not a name of a variable",
				len < 80 ? len : 80, word);
	}
	return 0;
}

/* VAR becomes VAR=value; what is not set here stays VAR, and is unset there. */
static void finish_env(struct opt_list *env)
{
	for (size_t i = 0; i < env->n; i++) {
		char *word = env->word[i];
		const char *value;

		if (strchr(word, '=') != NULL ||
			(value = getenv(word)) == NULL)
			continue;
		env->word[i] = mem_printf("%s=%s", word, value);
		free(word);
	}
}

static int is_loopback(const char *address)
{
	struct in_addr in;
	struct in6_addr in6;

	if (inet_pton(AF_INET, address, &in) == 1)
		return ntohl(in.s_addr) >> 24 == 127;
	return inet_pton(AF_INET6, address, &in6) == 1 &&
		IN6_IS_ADDR_LOOPBACK(&in6);
}

static int check(struct options *o, struct err *e)
{
	struct warnsig signal;

	if (!is_loopback(o->listen_host) && o->peer_check != OPTIONS_PEER_OFF)
		return err_set(e, "--listen-host: on %s others can reach your VS Code server, and who connects from elsewhere cannot be checked: leave it out, or add --peer-check=off to take that risk",
			o->listen_host);
	if (o->all && o->operands.n > 0)
		return err_set(e, "--all: means every session, without a name like '%.80s'",
			o->operands.word[0]);
	if (strchr(o->launcher, '/') ? o->launcher[0] != '/' :
		!tag_is_name(o->launcher))
		return err_set(e, "--launcher: '%.80s' is neither a name nor an absolute path",
			o->launcher);
	if (warnsig_parse(&signal, o->signal, e) == -1)
		return err_prefix(e, "--signal: ");
	if (o->byte_limit > OPTIONS_BYTE_LIMIT_MAX)
		o->byte_limit = OPTIONS_BYTE_LIMIT_MAX;
	return 0;
}

void options_init(struct options *o)
{
	*o = (struct options){ 0 };
	opt_defaults(options_table, o);
}

int options_finish(struct options *o, struct err *e)
{
	for (size_t i = 0; i < PATHS; i++) {
		if (finish_path(&paths[i], (char **)((char *)o +
			paths[i].at), e) == -1)
			return -1;
	}
	if (check_env(&o->env, e) == -1)
		return -1;
	finish_env(&o->env);
	return check(o, e);
}

void options_free(struct options *o)
{
	opt_free(options_table, o);
	for (size_t i = 0; i < o->operands.n; i++)
		free(o->operands.word[i]);
	free(o->operands.word);
	o->operands = (struct opt_list){ 0 };
}

int options_are_for_job(const struct options *o)
{
	struct options usual;
	int ret = 0;

	options_init(&usual);
	for (const struct opt *row = options_table; !ret &&
		(row->name != NULL || row->group != NULL); row++)
		ret = row->of_job && !optval_equal(row, o, &usual);
	options_free(&usual);
	return ret;
}

int options_log_level(const struct options *o)
{
	return LOG_LEVEL_ERROR + o->verbose - o->quiet;
}
