/* SPDX-License-Identifier: BSD-2-Clause */
#include "reaper/reaper_options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "config.h"
#include "os/print.h"
#include "base/mem.h"
#include "reaper/kind.h"
#include "reaper/text.h"

#define AT(field) offsetof(struct reaper_options, field)
#define YEARS (1000 * OPT_DAY)

static const char *const yes_no[] = { "yes", "no", NULL };

const struct opt options_table[] = {
	{ .group = "What to do" },
	{ "kill", 'k', OPT_FLAG, .at = AT(kill), .destroys = 1,
		.help = "end the processes found; the default only for root without a terminal" },
	{ "dry-run", 'n', OPT_FLAG, .at = AT(dry_run),
		.help = "only say what would be done" },
	{ "grace", 0, OPT_DURATION, "TIME", "10s", AT(grace), 0, OPT_HOUR,
		.help = "time from SIGTERM to SIGKILL, 0 for SIGKILL at once" },

	{ .group = "Which trees: all that is asked for must hold" },
	{ "orphaned", 0, OPT_ENUM, "WHEN", "yes", AT(orphaned),
		.words = yes_no,
		.help = "only those that nobody is connected to, or no: any" },
	{ "age", 'a', OPT_DURATION, "TIME", "1h", AT(age), 0, YEARS,
		.help = "only those at least so old" },
	{ "idle", 0, OPT_DURATION, "TIME", "0", AT(idle), 0, YEARS,
		.help = "only those without a connection for so long, as far as --state-file knows" },
	{ "cpu-below", 0, OPT_INT, "N", "0", AT(cpu_below), 0, 1000000,
		.unit = "percent",
		.help = "only those that used less of a CPU since the last pass (--state-file), 0 any" },
	{ "rss-above", 0, OPT_INT, "N", "0", AT(rss_above), 0, 1 << 30,
		.unit = "MiB",
		.help = "only those with at least so much memory, 0 any" },
	{ "all", 0, OPT_FLAG, .at = AT(all), .destroys = 1,
		.help = "any age, connected or not, as vscode-grim-reaper 0.0.1 did" },

	{ .group = "Whose" },
	{ "user", 'u', OPT_LIST, "USER", .at = AT(user),
		.help = "only of this user: name, uid, or range of uids; repeatable" },
	{ "exclude-user", 0, OPT_LIST, "USER", .at = AT(exclude_user),
		.help = "never of this user; repeatable" },
	{ "group", 'g', OPT_LIST, "GROUP", .at = AT(group),
		.help = "only of members of this group: name, gid, or range of gids; repeatable" },
	{ "exclude-group", 0, OPT_LIST, "GROUP", .at = AT(exclude_group),
		.help = "never of members of this group; repeatable" },
	{ "min-uid", 0, OPT_INT, "UID", "1000", AT(min_uid), 0, 2147483647,
		.help = "never of users with a lower uid" },
	{ "exempt", 0, OPT_LIST, "GLOB", .at = AT(exempt),
		.help = "never a program whose path, or name, matches, nor what runs below it; repeatable" },
	{ "kind", 0, OPT_LIST, "NAME=DIR", .at = AT(kind),
		.help = "one more editor, whose server lies below a directory of this name; repeatable" },

	{ .group = "Reports" },
	{ "verbose", 'v', OPT_COUNT, .at = AT(verbose),
		.help = "log the trees, -vv also why each is spared" },
	{ "quiet", 'q', OPT_FLAG, .at = AT(quiet),
		.help = "do not list processes on stdout, log only to a file" },
	{ "log", 'l', OPT_STRING, "FILE", .at = AT(log),
		.help = "log to this file, - for stderr" },
	{ "json", 0, OPT_FLAG, .at = AT(json),
		.help = "print one JSON object on stdout instead of the list" },
	{ "no-syslog", 0, OPT_FLAG, .at = AT(no_syslog),
		.help = "do not tell syslog what was ended" },
	{ "metrics", 0, OPT_STRING, "FILE", .at = AT(metrics),
		.help = "write OpenMetrics text for node_exporter's textfile collector" },
	{ "notice-url", 0, OPT_STRING, "URL", .at = AT(notice_url),
		.help = "tell users on their terminals what was ended, and where to read about it" },
	{ "notice-command", 0, OPT_STRING, "COMMAND", .at = AT(notice_command),
		.help = "tell them by this shell command: the text on stdin, the user's name as $1" },

	{ .group = "Files" },
	{ "config", 0, OPT_STRING, "FILE",
		SYSCONFDIR "/vscode-grim-reaper.conf", AT(config),
		.help = "read options from this file" },
	{ "state-file", 0, OPT_STRING, "FILE", .at = AT(state),
		.help = "remember connections and CPU use from pass to pass" },
	{ "help", 'h', OPT_STOP, .at = AT(help),
		.help = "print this and exit" },
	{ "version", 0, OPT_STOP, .at = AT(version),
		.help = "print the version and exit" },
	{ 0 }
};

static int reaper_options_print_help(const struct reaper_options *o,
	const char *program, struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "Usage: %s [OPTION]...\n"
		"End the servers of VS Code and its relatives that nobody is connected to.\n\n",
		program);
	opt_help(&o->set, NULL, &text);
	return print_text(&text, e);
}

static int reaper_options_print_version(struct err *e)
{
	struct buf text = { 0 };

	buf_printf(&text, "vscode-grim-reaper %s\n", PACKAGE_VERSION);
	return print_text(&text, e);
}

static int reaper_options_check(const struct reaper_options *o, struct err *e)
{
	const struct {
		const char *name;
		const struct opt_list *list;
	} who[] = {
		{ "user", &o->user },
		{ "exclude-user", &o->exclude_user },
		{ "group", &o->group },
		{ "exclude-group", &o->exclude_group },
	};
	struct kind kinds;
	int rc = 0;

	/* A word that matches nobody would make victims of the excluded. */
	for (size_t i = 0; i < sizeof who / sizeof *who; i++) {
		const char *bad = text_bad_word(who[i].list);

		if (bad != NULL)
			return err_set(e, "--%s: '%.80s' is not a name, a number or a range like 5000-5999; repeat the option for several",
				who[i].name, bad);
	}
	kind_init(&kinds);
	for (size_t i = 0; rc == 0 && i < o->kind.n; i++)
		rc = kind_add(&kinds, o->kind.word[i], e);
	kind_fini(&kinds);
	if (rc == -1)
		return err_prefix(e, "--kind: ");
	if (o->idle > 0 && o->state == NULL)
		return err_set(e, "--idle: needs --state-file, to know since when");
	if (o->cpu_below > 0 && o->state == NULL)
		return err_set(e, "--cpu-below: needs --state-file, to know the use before");
	return 0;
}

/* --config, --help and --version count before the file is read. */
static int first_look(struct reaper_options *o, int argc, char **argv, char **config,
	struct err *e)
{
	static char defaults[] = SYSCONFDIR "/vscode-grim-reaper.conf";
	int i;

	optset_init(&o->set, options_table, OPT_PROGRAM, o);
	i = opt_parse(&o->set, argc, argv, 1, e);
	if (i == -1)
		return -1;
	if (o->help)
		return reaper_options_print_help(o, opt_program(argc, argv), e);
	if (o->version)
		return reaper_options_print_version(e);
	if (i < argc)
		return err_set(e, "'%.80s' is not an option: see %s --help",
			argv[i], opt_program(argc, argv));
	*config = mem_strdup(o->config ? o->config : defaults);
	return 0;
}

int reaper_options_parse(struct reaper_options *o, int argc, char **argv, int *status,
	struct err *e)
{
	char *config = NULL;
	int rc, asked;

	rc = first_look(o, argc, argv, &config, e);
	*status = rc == PRINT_FAILED ? EX_IOERR : EX_USAGE;
	if (rc != 0)
		return rc == 1 ? 1 : -1;
	asked = strcmp(config, SYSCONFDIR "/vscode-grim-reaper.conf") != 0;
	optset_fini(&o->set);
	optset_init(&o->set, options_table, OPT_PROGRAM, o);
	*status = EX_CONFIG;
	rc = config_read(&o->set, config, asked, e);
	free(config);
	if (rc == -1)
		return -1;
	*status = EX_USAGE;
	if (opt_parse(&o->set, argc, argv, 1, e) == -1 ||
		reaper_options_check(o, e) == -1)
		return -1;
	if (o->dry_run)
		o->kill = 0;
	if (o->all) {
		o->orphaned = ORPHANED_NO;
		o->age = o->idle = 0;
	}
	return 0;
}

void reaper_options_free(struct reaper_options *o)
{
	optset_fini(&o->set);
}
