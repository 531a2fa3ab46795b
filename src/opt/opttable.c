/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every option of vscode-remote-shell and its agent, once: the command lines of
 * both, what the front writes for the agent, --help, and what the options of a
 * job are, come from these rows.
 */
#include "opt/opttable.h"

#define AT(field) offsetof(struct options, field)

/* In the order of the enumerations in opttable.h. */
static const char *const peer_checks[] = { "require", "prefer", "off", NULL };
static const char *const on_off[] = { "off", "on", NULL };
static const char *const server_dirs[] = { "home", "node", "session", NULL };
static const char *const hangups[] = { "keep", "cancel", NULL };
static const char *const impossibles[] = { "wait", "fail", NULL };
static const char *const idle_busys[] = { "connections", "cpu", NULL };

/*
 * Letters, names and meanings of vscode-shell-proxy are kept; its names are
 * preferred for abbreviations, so that an old command line means what it
 * meant. The aliases are what its site files make of "salloc".
 */
const struct opt opttable[] = {
	{ .group = "Job" },
	{ "salloc-arg", 'S', OPT_LIST, "ARG", .at = AT(job.salloc_args),
		.preferred = 1, .of_job = 1,
		.help = "option of salloc for the job, such as --partition=devel; may be repeated" },
	{ "srun-arg", .alias = "salloc-arg" },
	{ "sbatch-arg", .alias = "salloc-arg" },
	{ "slurm-arg", .alias = "salloc-arg" },
	{ "local-shell-arg", .alias = "salloc-arg" },
	{ "salloc-env", 'e', OPT_LIST, "VAR[=VALUE]", .at = AT(shell.env),
		.help = "set VAR in the job, without VALUE to what it is here; may be repeated" },
	{ "srun-env", .alias = "salloc-env" },
	{ "sbatch-env", .alias = "salloc-env" },
	{ "slurm-env", .alias = "salloc-env" },
	{ "local-shell-env", .alias = "salloc-env" },
	{ "group", 'g', OPT_STRING, "NAME", .at = AT(job.group), .preferred = 1,
		.of_job = 1,
		.help = "submit the job as this workgroup" },
	{ "workgroup", .alias = "group", .preferred = 1 },
	{ "group-command", 0, OPT_STRING, "COMMAND",
		"workgroup -g %g --command @ --", AT(job.group_command),
		.help = "what --group puts before the launcher; %g is the group" },
	{ "launcher", 0, OPT_STRING, "NAME", "auto", AT(job.launcher),
		.path = OPT_PATH,
		.help = "how jobs are started: slurm, local (on this machine), auto (slurm where it is set up), or the absolute path of a launcher" },
	{ "launcher-timeout", 0, OPT_DURATION, "TIME", "30s",
		AT(job.launcher_timeout), 1, OPT_HOUR,
		.help = "how long the scheduler may take for an answer" },
	{ "outage-timeout", 0, OPT_DURATION, "TIME", "5m",
		AT(job.outage_timeout), 0, 365 * OPT_DAY,
		.help = "how long to try again when the scheduler does not answer, 0 not at all" },

	{ .group = "Session", .agent = OPT_AGENT_TOO },
	{ "tag", 0, OPT_STRING, "HEX16", .at = AT(agent.tag),
		.agent = OPT_AGENT_ONLY,
		.help = "which job of the session this is; needed" },
	/* For the agent: the front gives it the whole path. A user's row is below. */
	{ "state-dir", 0, OPT_STRING, "DIR", .at = AT(session.state_dir),
		.agent = OPT_AGENT_ONLY,
		.help = "where sessions are kept, an absolute path; needed" },
	{ "session", 0, OPT_NAME, "NAME", "default", AT(session.name),
		.agent = OPT_AGENT_PASSED, .of_user = 1,
		.help = "which session to come back to or to start",
		.agent_help = "the session's name" },
	{ "job", 0, OPT_NAME, "ID", .at = AT(agent.job),
		.agent = OPT_AGENT_ONLY,
		.help = "the scheduler's id of the job, instead of Slurm's $SLURM_JOB_ID" },
	{ "time-limit", 0, OPT_DURATION, "TIME", "0", AT(agent.time_limit),
		0, 365 * OPT_DAY, .agent = OPT_AGENT_ONLY,
		.help = "the job ends after so long, 0: what Slurm says" },
	{ "idle-timeout", 0, OPT_DURATION, "TIME", "1h", AT(session.idle_timeout),
		0, 365 * OPT_DAY,
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "end the job when no client was connected for so long, 0 never",
		.agent_help = "end when no client was connected for so long, 0 never" },
	{ "idle-busy", 0, OPT_ENUM, "WHAT", "connections", AT(session.idle_busy),
		.words = idle_busys,
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "what is not idle: connections, or cpu, then also processes that compute" },
	{ "signal", 0, OPT_STRING, "SIG[@SECONDS]", .at = AT(session.signal),
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "signal for the session's processes so long before the time limit, as sbatch's" },
	{ "notify-command", 0, OPT_STRING, "COMMAND",
		.at = AT(session.notify_command),
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "run this in the job at each warning and at the end",
		.agent_help = "run this by the user's shell at each warning and at the end" },
	{ "notify-terminals", 0, OPT_ENUM, "WHETHER", "off",
		AT(session.notify_terminals), .words = on_off,
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "warn in the session's terminals too: on or off" },
	{ "watch-parent", 0, OPT_FLAG, .at = AT(agent.watch_parent),
		.agent = OPT_AGENT_ONLY,
		.help = "end when the parent process does" },
	{ "on-hangup", 0, OPT_ENUM, "ACTION", "keep", AT(job.on_hangup),
		.words = hangups,
		.help = "what becomes of a job that waits when ssh is gone: keep it in the queue, or cancel it if nobody else waits for it" },
	{ "on-impossible", 0, OPT_ENUM, "ACTION", "wait", AT(job.on_impossible),
		.words = impossibles,
		.help = "what becomes of a job that the scheduler can never start as it was asked for: wait, or fail, which takes it back" },
	{ "linger", 0, OPT_DURATION, "TIME", "5m", AT(forward.linger), 0,
		7 * OPT_DAY,
		.help = "keep the forwarded port for so long when ssh is gone, 0 not at all" },
	{ "shell", 0, OPT_STRING, "PATH", .at = AT(shell.path),
		.path = OPT_PATH_ABSOLUTE,
		.help = "shell to start in the job instead of your login shell" },
	{ "server-hygiene", 0, OPT_ENUM, "MODE", "on", AT(session.server_hygiene),
		.words = on_off,
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "whether records of VS Code servers that do not run any more are put out of the way: on, off" },
	{ "server-dir", 0, OPT_ENUM, "WHERE", "home", AT(session.server_dir),
		.words = server_dirs,
		.of_job = 1, .agent = OPT_AGENT_PASSED,
		.help = "where VS Code's server and its records are kept: home, node (on the node's own disk), session" },
	{ "agent", 0, OPT_STRING, "PATH", .at = AT(job.agent),
		.of_job = 1, .path = OPT_PATH_ABSOLUTE,
		.help = "vscode-remote-agent to use instead of the installed one" },
	{ "state-dir", 0, OPT_STRING, "DIR", .at = AT(session.state_dir),
		.path = OPT_PATH_ABSOLUTE,
		.help = "where sessions are kept instead of ~/.local/state/vscode-remote-shell; login and compute nodes must share it" },

	{ .group = "Forwarding" },
	{ "listen-host", 'H', OPT_ADDRESS, "ADDR", "127.0.0.1",
		AT(forward.listen_host), .preferred = 1,
		.help = "address the client's port is opened on" },
	{ "listen-port", 'p', OPT_PORT, "PORT", "0", AT(forward.listen_port),
		.preferred = 1, .help = "its number, 0 any" },
	{ "backlog", 'b', OPT_INT, "N", "128", AT(forward.backlog), 0, 65535,
		.unit = "connections", .preferred = 1,
		.help = "how many may wait to be accepted" },
	{ "byte-limit", 'B', OPT_INT, "N", "124672", AT(forward.byte_limit), 1,
		0x7fffffff, .unit = "bytes", .preferred = 1,
		.help = "most to take from a connection in one read; more than the default means the default" },
	{ "confirm-timeout", 0, OPT_DURATION, "TIME", "5s",
		AT(forward.confirm_timeout), 1, 60,
		.help = "how long to wait until a port that was announced is seen to be a listener of yours" },
	{ "peer-check", 0, OPT_ENUM, "MODE", "require", AT(forward.peer_check),
		.words = peer_checks,
		.help = "whose connections to take: require (only yours), prefer (yours and those nobody can tell), off (anyone's)" },
	{ "allow-root-peers", 0, OPT_FLAG, .at = AT(forward.allow_root_peers),
		.help = "take connections of root too" },
	{ .group = "Link", .agent = OPT_AGENT_ONLY },
	{ "link-address", 0, OPT_NETWORK, "NET", .at = AT(link.address),
		.agent = OPT_AGENT_PASSED,
		.help = "network (10.77.0.0/16), or address, by which front and agent reach each other, instead of all",
		.agent_help = "address to listen on, or a network of which to take this host's address, instead of all" },
	{ "link-port", 0, OPT_PORTS, "RANGE", "0", AT(link.ports),
		.agent = OPT_AGENT_PASSED,
		.help = "port or range (60000-60999) for that, 0 any",
		.agent_help = "port or range (60000-60999) to listen on, 0 any" },

	{ .group = "Of some commands" },
	{ "all", 0, OPT_FLAG, .at = AT(flags.all), .commands = "cancel",
		.destroys = 1, .of_user = 1,
		.help = "every session" },
	{ "no-wait", 0, OPT_FLAG, .at = AT(flags.no_wait), .commands = "alloc",
		.of_user = 1,
		.help = "leave the job in the queue" },
	{ "follow", 'f', OPT_FLAG, .at = AT(flags.follow), .commands = "logs",
		.of_user = 1,
		.help = "go on until the session ends" },
	{ "json", 0, OPT_FLAG, .at = AT(flags.json), .commands = "list status",
		.of_user = 1,
		.help = "print JSON, see the manual" },
	{ "known-hosts", 0, OPT_FLAG, .at = AT(flags.known_hosts),
		.commands = "proxy", .of_user = 1,
		.help = "print the line for known_hosts" },
	{ "no-header", 0, OPT_FLAG, .at = AT(flags.no_header), .commands = "list",
		.of_user = 1,
		.help = "no line of titles" },

	{ .group = "Messages", .agent = OPT_AGENT_TOO },
	{ "verbose", 'v', OPT_COUNT, .at = AT(log.verbose), .preferred = 1,
		.agent = OPT_AGENT_PASSED, .of_user = 1,
		.help = "log more: warnings, -vv events, -vvv everything" },
	{ "quiet", 'q', OPT_COUNT, .at = AT(log.quiet), .preferred = 1,
		.of_user = 1,
		.help = "say less" },
	{ "log-file", 'l', OPT_STRING, "FILE", .at = AT(log.file),
		.preferred = 1, .path = OPT_PATH_PID, .of_user = 1,
		.help = "log to FILE instead of stderr; [PID] in it becomes the process id" },
	{ "tee-stdin", '0', OPT_STRING, "FILE", .at = AT(tee.in),
		.preferred = 1, .path = OPT_PATH_PID, .of_user = 1,
		.help = "copy what the client sends to the shell; [PID] as above" },
	{ "tee-stdout", '1', OPT_STRING, "FILE", .at = AT(tee.out),
		.preferred = 1, .path = OPT_PATH_PID, .of_user = 1,
		.help = "copy the shell's output" },
	{ "tee-stderr", '2', OPT_STRING, "FILE", .at = AT(tee.err),
		.preferred = 1, .path = OPT_PATH_PID, .of_user = 1,
		.help = "copy the shell's errors" },
	{ "help", 'h', OPT_STOP, .at = AT(flags.help),
		.preferred = 1, .agent = OPT_AGENT_TOO, .of_user = 1,
		.help = "print this and exit" },
	{ "version", 0, OPT_STOP, .at = AT(flags.version),
		.agent = OPT_AGENT_TOO, .of_user = 1,
		.help = "print the version and exit" },
	{ 0 }
};

void options_init(struct options *o, enum opt_program program)
{
	*o = (struct options){ 0 };
	optset_init(&o->set, opttable, program, o);
}

void options_free(struct options *o)
{
	optset_fini(&o->set);
	optlist_free(&o->line.operands);
}
