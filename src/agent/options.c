/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/options.h"

#include <stdio.h>
#include <string.h>

#include "base/tag.h"
#include "config.h"
#include "os/log.h"
#include "os/print.h"

#define AT(field) offsetof(struct options, field)

/* The order of enum options_idle_busy. */
static const char *const idle_busy[] = { "connections", "cpu", NULL };
static const char *const on_off[] = { "off", "on", NULL };
static const char *const server_dirs[] = { "home", "node", "session", NULL };

const struct opt options_table[] = {
	{ .group = "Session" },
	{ "tag", 0, OPT_STRING, "HEX16", .at = AT(tag),
		.help = "which job of the session this is; needed" },
	{ "state-dir", 0, OPT_STRING, "DIR", .at = AT(state_dir),
		.help = "where sessions are kept, an absolute path; needed" },
	{ "session", 0, OPT_NAME, "NAME", "default", AT(session),
		.help = "the session's name" },
	{ "job", 0, OPT_NAME, "ID", .at = AT(job),
		.help = "the scheduler's id of the job, instead of Slurm's $SLURM_JOB_ID" },
	{ "time-limit", 0, OPT_DURATION, "TIME", "0", AT(time_limit),
		0, 365 * OPT_DAY,
		.help = "the job ends after so long, 0: what Slurm says" },
	{ "idle-timeout", 0, OPT_DURATION, "TIME", "1h", AT(idle_timeout),
		0, 365 * OPT_DAY,
		.help = "end when no client was connected for so long, 0 never" },
	{ "idle-busy", 0, OPT_ENUM, "WHAT", "connections", AT(idle_busy),
		.words = idle_busy,
		.help = "what is not idle: connections, or cpu, then also processes that compute" },
	{ "signal", 0, OPT_STRING, "SIG[@SECONDS]", .at = AT(signal),
		.help = "signal for the session's processes so long before the time limit, as sbatch's" },
	{ "notify-command", 0, OPT_STRING, "COMMAND",
		.at = AT(notify_command),
		.help = "run this by the user's shell at each warning and at the end" },
	{ "notify-terminals", 0, OPT_ENUM, "WHETHER", "off",
		AT(notify_terminals), .words = on_off,
		.help = "warn in the session's terminals too: on or off" },
	{ "watch-parent", 0, OPT_FLAG, .at = AT(watch_parent),
		.help = "end when the parent process does" },
	{ "server-hygiene", 0, OPT_ENUM, "MODE", "on", AT(server_hygiene),
		.words = on_off,
		.help = "whether records of VS Code servers that do not run any more are put out of the way: on, off" },
	{ "server-dir", 0, OPT_ENUM, "WHERE", "home", AT(server_dir),
		.words = server_dirs,
		.help = "where VS Code's server and its records are kept: home, node (on the node's own disk), session" },

	{ .group = "Link" },
	{ "link-address", 0, OPT_NETWORK, "NET", .at = AT(link_address),
		.help = "address to listen on, or a network of which to take this host's address, instead of all" },
	{ "link-port", 0, OPT_PORTS, "RANGE", "0", AT(link_ports),
		.help = "port or range (60000-60999) to listen on, 0 any" },

	{ .group = "Messages" },
	{ "verbose", 'v', OPT_COUNT, .at = AT(verbose),
		.help = "log more: warnings, -vv events, -vvv everything" },
	{ "help", 'h', OPT_STOP, .at = AT(help),
		.help = "print this and exit" },
	{ "version", 0, OPT_STOP, .at = AT(version),
		.help = "print the version and exit" },
	{ 0 }
};

static int print_help(const char *program, struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "Usage: %s --tag=HEX16 --state-dir=DIR [OPTION]...\n"
		"The part of vscode-remote-shell that is the job. vscode-remote-shell starts it.\n\n",
		program);
	opt_help(options_table, NULL, &text);
	return print_text(&text, e);
}

static int print_version(struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "vscode-remote-agent %s\n", PACKAGE_VERSION);
	return print_text(&text, e);
}

static int check(struct options *o, struct err *e)
{
	if (o->tag == NULL)
		return err_set(e, "--tag: is needed, 16 hex digits");
	if (!tag_is_valid(o->tag))
		return err_set(e, "--tag: '%.80s' is not 16 hex digits",
			o->tag);
	if (o->state_dir == NULL)
		return err_set(e, "--state-dir: is needed, an absolute path");
	if (o->state_dir[0] != '/')
		return err_set(e, "--state-dir: '%.200s' is not an absolute path",
			o->state_dir);
	if (warnsig_parse(&o->warnsig, o->signal, e) == -1)
		return err_prefix(e, "--signal: ");
	return 0;
}

int options_parse(struct options *o, int argc, char **argv, struct err *e)
{
	int i;

	opt_defaults(options_table, o);
	i = opt_parse(options_table, o, argc, argv, 1, e);
	if (i == -1)
		return -1;
	if (o->help)
		return print_help(opt_program(argc, argv), e);
	if (o->version)
		return print_version(e);
	if (i < argc)
		return err_set(e, "'%.80s' is not an option: see %s --help",
			argv[i], opt_program(argc, argv));
	return check(o, e);
}

void options_free(struct options *o)
{
	opt_free(options_table, o);
}

int options_log_level(const struct options *o)
{
	return LOG_LEVEL_ERROR + o->verbose;
}
