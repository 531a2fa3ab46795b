/* SPDX-License-Identifier: BSD-2-Clause */
/* The front's command line: old spellings, defaults, expansion, checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "config.h"
#include "front/cmd/command.h"
#include "front/front_options.h"
#include "front/portword.h"
#include "os/log.h"
#include "base/mem.h"
#include "opt/config.h"
#include "opt/optval.h"
#include "../settings.h"

/* Of a command that is one. */
static const struct command_ops ops;

static const struct command
	row_attach = { "attach", "[NAME]", COMMAND_ONE, 0, 1, "attach.",
		.ops = &ops, .want = SESSION_START },
	row_list = { "list", NULL, COMMAND_NONE, 0, 0, "list.", .ops = &ops },
	row_alloc = { "alloc", "[NAME]", COMMAND_ONE, 0, 1, "alloc.",
		.ops = &ops, .want = SESSION_ALLOC },
	row_logs = { "logs", "[NAME]", COMMAND_ONE, 0, 1, "logs.", .ops = &ops },
	row_cancel = { "cancel", "[NAME]...", COMMAND_EACH, 0, -1, "cancel.",
		"more.", .ops = &ops, .destroys = 1 },
	row_leave = { "exit", NULL, COMMAND_NONE, 0, 0, "exit.", .alias = "cancel",
		.option = "--all", .destroys = 1 },
	row_extend = { "extend", "[NAME] TIME", COMMAND_ONE, 1, 2, "extend.",
		.ops = &ops },
	row_shell = { "shell", "[NAME] [--] [WORD]...", COMMAND_ONE, 0, -1,
		"shell.", .ops = &ops },
	row_ssh = { "ssh", "[NAME] [--] [WORD]...", COMMAND_ONE, 0, -1, "ssh.",
		.alias = "shell" },
	row_proxy = { "proxy", "[NAME]", COMMAND_ONE, 0, 1, "proxy.",
		.ops = &ops, .want = SESSION_START },
	row_forced = { "forced", "[-- ARG...]", COMMAND_NONE, 0, -1, "forced.",
		.ops = &ops, .want = SESSION_START },
	row_forward = { "forward", "[NAME] PORT [LOCAL]", COMMAND_ONE, 1, 3,
		"forward.", .ops = &ops, .want = SESSION_JOIN,
		.is_operand = portword_is },
	row_app = { "app", "APP [NAME]", COMMAND_LAST, 1, 2, "app.",
		.ops = &ops, .want = SESSION_JOIN },
	row_config = { "config", "[PROFILE]", COMMAND_ONE, 0, 1, "config.",
		.ops = &ops },
	row_setup = { "setup", "[PROFILE]...", COMMAND_NONE, 0, -1, "setup.",
		.ops = &ops, .shows_job = 1 },
	row_doctor = { "doctor", NULL, COMMAND_NONE, 0, 0, "doctor.",
		.ops = &ops, .shows_job = 1 },
	row_update = { "update", NULL, COMMAND_NONE, 0, 0, "update.",
		.ops = &ops },
	row_help = { "help", "[COMMAND]", COMMAND_NONE, 0, 1, "help.",
		.ops = NULL };

const struct command *const command_table[] = {
	&row_attach, &row_list, &row_alloc, &row_logs, &row_cancel, &row_leave,
	&row_extend, &row_shell, &row_ssh, &row_proxy, &row_forced,
	&row_forward, &row_app, &row_doctor, &row_config,
	&row_setup, &row_update, &row_help, NULL
};

struct line {
	int argc;
	char *argv[16];
};

/* A command line in one string, words between '|'. */
static void line_init(struct line *l, const char *text)
{
	l->argc = 0;
	l->argv[l->argc++] = mem_strdup("vscode-remote-shell");
	for (size_t len; *text != '\0'; text += len + (text[len] != '\0')) {
		len = strcspn(text, "|");
		l->argv[l->argc++] = mem_strndup(text, len);
	}
	l->argv[l->argc] = NULL;
}

/* A profile, so that there is one to ask for. */
static struct config settings;
static const struct err good;

static int make_settings(void **state)
{
	struct err e;

	(void)state;
	return settings_add(&settings, OPT_BY_USER,
		"[profile gpu]\nlinger = 9s\n", &e);
}

static int free_settings(void **state)
{
	(void)state;
	config_fini(&settings);
	return 0;
}

static int parse(struct options *o, const char *text, struct err *e)
{
	struct line l;
	int rc;

	memset(o, 0xa5, sizeof *o);
	line_init(&l, text);
	rc = command_line(o, l.argc, l.argv, &settings, &good, e);
	for (int i = 0; i < l.argc; i++)
		free(l.argv[i]);
	return rc;
}

/* The value of an option by its long name, as text. */
static void show(struct buf *out, const struct options *o, const char *name)
{
	const struct opt *row = NULL;
	const void *value;
	const struct opt_list *list;
	const struct opt_ports *ports;

	do
		row = optset_next(&o->set, row);
	while (strcmp(row->name, name) != 0);
	value = (const char *)o + row->at;
	list = value;
	ports = value;
	switch (row->type) {
	case OPT_STRING:
	case OPT_NAME:
	case OPT_ADDRESS:
	case OPT_NETWORK:
		if (*(char *const *)value == NULL)
			buf_puts(out, "(none)");
		else
			buf_puts(out, *(char *const *)value);
		break;
	case OPT_LIST:
		for (size_t i = 0; i < list->n; i++)
			buf_printf(out, "%s%s", i ? " " : "", list->word[i]);
		break;
	case OPT_PORTS:
		buf_printf(out, "%d-%d", ports->first, ports->last);
		break;
	case OPT_DURATION:
		buf_printf(out, "%ld", *(const long *)value);
		break;
	default:
		buf_printf(out, "%d", *(const int *)value);
	}
}

static void parses(void **state)
{
	static const struct {
		const char *in, *option, *want;
	} rows[] = {
		{ "config|--check=/x", "check", "/x" },
		{ "config|--check|/x", "check", "/x" },
		{ "config|--chec|/x", "check", "/x" },
		{ "update|--check", "check", "-" },
		{ "update|--check|-v", "check", "-" },
		{ "update|--check|-v", "verbose", "1" },
		{ "update|--update-check=2h", "update-check", "7200" },
		{ "update|--update-check=off", "update-check", "0" },
		/* defaults */
		{ "", "verbose", "0" },
		{ "", "quiet", "0" },
		{ "", "log-file", "(none)" },
		{ "", "tee-stdin", "(none)" },
		{ "", "backlog", "128" },
		{ "", "byte-limit", "124672" },
		{ "", "listen-host", "127.0.0.1" },
		{ "", "listen-port", "0" },
		{ "", "group", "(none)" },
		{ "", "group-command", "workgroup -g %g --command @ --" },
		{ "", "salloc-arg", "" },
		{ "", "salloc-env", "" },
		{ "", "session", "default" },
		{ "", "launcher", "auto" },
		{ "", "state-dir", "(none)" },
		{ "", "shell", "(none)" },
		{ "", "agent", "(none)" },
		{ "", "peer-check", "0" },
		{ "", "allow-root-peers", "0" },
		{ "", "forward-agent", "0" },
		{ "", "forward-x11", "0" },
		{ "", "link-address", "(none)" },
		{ "", "link-port", "0-0" },
		{ "", "linger", "300" },
		{ "", "idle-timeout", "3600" },
		{ "", "idle-busy", "0" },
		{ "", "signal", "(none)" },
		{ "", "notify-terminals", "0" },
		{ "", "confirm-timeout", "5" },
		{ "", "launcher-timeout", "30" },
		{ "", "outage-timeout", "300" },
		{ "", "start", "0" },
		{ "", "on-hangup", "0" },
		{ "", "on-impossible", "0" },

		/* the spellings of vscode-shell-proxy */
		{ "-v", "verbose", "1" },
		{ "-vvv", "verbose", "3" },
		{ "--verbose|--verbose", "verbose", "2" },
		{ "-q", "quiet", "1" },
		{ "--quiet", "quiet", "1" },
		{ "-l|/l", "log-file", "/l" },
		{ "--log-file=/l", "log-file", "/l" },
		{ "-0|/0", "tee-stdin", "/0" },
		{ "--tee-stdin=/0", "tee-stdin", "/0" },
		{ "-1/1", "tee-stdout", "/1" },
		{ "--tee-stdout|/1", "tee-stdout", "/1" },
		{ "-2=/2", "tee-stderr", "/2" },
		{ "--tee-stderr=/2", "tee-stderr", "/2" },
		{ "-b|16", "backlog", "16" },
		{ "--backlog=16", "backlog", "16" },
		{ "-B|4096", "byte-limit", "4096" },
		{ "--byte-limit=16380", "byte-limit", "16380" },
		{ "--byte-limit=124673", "byte-limit", "124672" },
		{ "--byte-limit=1048576", "byte-limit", "124672" },
		{ "-H|127.0.0.2", "listen-host", "127.0.0.2" },
		{ "-H|::1", "listen-host", "::1" },
		{ "--listen-host=localhost", "listen-host", "127.0.0.1" },
		{ "-p|4000", "listen-port", "4000" },
		{ "--listen-port=4000", "listen-port", "4000" },
		{ "-g|it_css", "group", "it_css" },
		{ "--group=it_css", "group", "it_css" },
		{ "--workgroup=it_css", "group", "it_css" },
		{ "-S|--x", "salloc-arg", "--x" },
		{ "-S--x", "salloc-arg", "--x" },
		{ "-S=--x", "salloc-arg", "--x" },
		{ "-vS--x", "salloc-arg", "--x" },
		{ "--salloc-arg=--x", "salloc-arg", "--x" },
		{ "--salloc-arg|--x", "salloc-arg", "--x" },
		{ "--srun-arg=--x", "salloc-arg", "--x" },
		{ "--sbatch-arg=--x", "salloc-arg", "--x" },
		{ "--slurm-arg=--x", "salloc-arg", "--x" },
		{ "--local-shell-arg=--x", "salloc-arg", "--x" },
		{ "-S--u=1|--srun-arg|-j|-S=c d", "salloc-arg",
			"--u=1 -j c d" },
		{ "-e|A=1", "salloc-env", "A=1" },
		{ "-eA=1", "salloc-env", "A=1" },
		{ "-e=A=1", "salloc-env", "A=1" },
		{ "--salloc-env=A=1", "salloc-env", "A=1" },
		{ "--srun-env=A=1", "salloc-env", "A=1" },
		{ "--sbatch-env=A=1", "salloc-env", "A=1" },
		{ "--slurm-env=A=1", "salloc-env", "A=1" },
		{ "--local-shell-env=A=1", "salloc-env", "A=1" },

		/* its abbreviations, which newer names must not break */
		{ "--salloc=--x", "salloc-arg", "--x" },
		{ "--salloc|--x", "salloc-arg", "--x" },
		{ "--salloc-=--x", "salloc-arg", "--x" },
		{ "--s=--x", "salloc-arg", "--x" },
		{ "--salloc-e=A=1", "salloc-env", "A=1" },
		{ "--v", "verbose", "1" },
		{ "--verb", "verbose", "1" },
		{ "--q", "quiet", "1" },
		{ "--lo=/l", "log-file", "/l" },
		{ "--log=/l", "log-file", "/l" },
		{ "--tee-stdi=/0", "tee-stdin", "/0" },
		{ "--tee-stdo=/1", "tee-stdout", "/1" },
		{ "--tee-stde|/2", "tee-stderr", "/2" },
		{ "--ba=9", "backlog", "9" },
		{ "--by=9", "byte-limit", "9" },
		{ "--listen-h=::1", "listen-host", "::1" },
		{ "--listen-p=9", "listen-port", "9" },
		{ "--g=x", "group", "x" },
		{ "--gro|x", "group", "x" },
		{ "--w=x", "group", "x" },

		/* environment: case is kept, values come from here */
		{ "-e|http_proxy=a=b c", "salloc-env", "http_proxy=a=b c" },
		{ "-e|T_SET", "salloc-env", "T_SET=here" },
		{ "-e|T_SET=", "salloc-env", "T_SET=" },
		{ "-e|T_UNSET", "salloc-env", "T_UNSET" },
		{ "-e|T_UNSET|-e|A=1|-e|T_SET|-e|A=2", "salloc-env",
			"T_UNSET A=1 T_SET=here A=2" },

		/* paths */
		{ "--log-file=~/l", "log-file", "/home/a/l" },
		{ "-0~/x", "tee-stdin", "/home/a/x" },
		{ "-l|rel", "log-file", "rel" },
		{ "--state-dir=~/s", "state-dir", "/home/a/s" },
		{ "--shell=~/s", "shell", "/home/a/s" },
		{ "--agent=~/s", "agent", "/home/a/s" },
		{ "--agent=/[PID]", "agent", "/[PID]" },
		{ "--launcher=~/s", "launcher", "/home/a/s" },
		{ "--launcher=local", "launcher", "local" },

		/* the rest */
		{ "--session=a.b", "session", "a.b" },
		{ "gpu", "profile", "gpu" },
		{ "gpu", "session", "gpu" },
		{ "gpu", "linger", "9" },
		{ "gpu|--linger=5s", "linger", "5" },
		{ "gpu|other", "session", "other" },
		{ "gpu|other", "linger", "9" },
		{ "--session=x|gpu", "session", "x" },
		{ "--profile=gpu", "session", "gpu" },
		{ "--profile=gpu|alloc|b", "session", "b" },
		{ "alloc|gpu", "profile", "gpu" },
		{ "alloc|gpu", "session", "gpu" },
		{ "proxy|gpu", "linger", "9" },
		{ "shell|gpu|--|gpu", "session", "gpu" },
		{ "forward|8888", "session", "default" },
		{ "forward|8888|0", "session", "default" },
		{ "forward|b|8888", "session", "b" },
		{ "forward|b|/x|0", "session", "b" },
		{ "--session=7|forward|8888|0", "session", "7" },
		{ "forward|b@c2|8888", "node", "c2" },
		{ "app|x", "session", "default" },
		{ "app|x|b", "session", "b" },
		{ "app|x|gpu", "profile", "gpu" },
		{ "app|--session=b|x", "session", "b" },
		{ "app|x|b@c2", "node", "c2" },
		{ "logs|other", "profile", "(none)" },
		{ "--peer-check=prefer", "peer-check", "1" },
		{ "--peer-check=off", "peer-check", "2" },
		{ "-H|0.0.0.0|--peer-check=off", "listen-host", "0.0.0.0" },
		{ "-H|::|--peer-check=off", "listen-host", "::" },
		{ "--allow-root-peers", "allow-root-peers", "1" },
		{ "--forward-agent", "forward-agent", "1" },
		{ "--forward-x11", "forward-x11", "1" },
		{ "--link-address=10.0.0.7", "link-address", "10.0.0.7" },
		{ "--link-address=10.0.0.0/8", "link-address", "10.0.0.0/8" },
		{ "--link-port=60000-60999", "link-port", "60000-60999" },
		{ "--outbound=login", "outbound", "1" },
		{ "--outbound=laptop|--outbound-socket=/run/s", "outbound", "2" },
		{ "--outbound=laptop|--outbound-socket=/run/s",
			"outbound-socket", "/run/s" },
		{ "--outbound=login|--outbound-allow=10.0.0.0/8|--outbound-allow=git:22",
			"outbound-allow", "10.0.0.0/8 git:22" },
		{ "--outbound=login|--outbound-allow=git|--outbound-allow=none|--outbound-allow=a.org",
			"outbound-allow", "a.org" },
		{ "--prefetch=on", "prefetch", "1" },
		{ "--prefetch=armhf", "prefetch", "4" },
		{ "--prefetch=on|--prefetch-url=http://m/%c",
			"prefetch-url", "http://m/%c" },
		{ "--prefetch=on|--prefetch-extensions=a.b, c.d@1|--prefetch-extensions=e.f",
			"prefetch-extensions", "a.b c.d@1 e.f" },
		{ "--prefetch=on|--prefetch-extensions=a.b|--prefetch-extensions=none,c.d",
			"prefetch-extensions", "c.d" },
		{ "--linger=0", "linger", "0" },
		{ "--linger=7d", "linger", "604800" },
		{ "--idle-timeout=0", "idle-timeout", "0" },
		{ "--idle-busy=cpu", "idle-busy", "1" },
		{ "--signal=USR2@120", "signal", "USR2@120" },
		{ "--notify-command=a b; c", "notify-command", "a b; c" },
		{ "--notify-terminals=on", "notify-terminals", "1" },
		{ "--idle-timeout=365d", "idle-timeout", "31536000" },
		{ "--confirm-timeout=1s", "confirm-timeout", "1" },
		{ "--launcher-timeout=1h", "launcher-timeout", "3600" },
		{ "--outage-timeout=0", "outage-timeout", "0" },
		{ "--start=batch", "start", "1" },
		{ "--start=allocation", "start", "2" },
		{ "--on-hangup=cancel", "on-hangup", "1" },
		{ "--on-impossible=fail", "on-impossible", "1" },
		{ "cancel|--session=x", "session", "x" },
		{ "--session=x|cancel", "session", "x" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf got = { 0 };
		struct err e = { "" };
		struct options o;

		if (parse(&o, rows[i].in, &e) != 0)
			fail_msg("%s: %s", rows[i].in, e.text);
		show(&got, &o, rows[i].option);
		buf_append(&got, "", 1);
		if (strcmp(buf_data(&got), rows[i].want) != 0)
			fail_msg("'%s': %s is '%s', not '%s'", rows[i].in,
				rows[i].option, buf_data(&got), rows[i].want);
		buf_fini(&got);
		options_free(&o);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "--xyz", "unknown option '--xyz': see vscode-remote-shell "
			"--help; an option of salloc is written "
			"--salloc-arg=OPTION" },
		{ "--listen-port=70000", "--listen-port: '70000' is not a "
			"port (0 to 65535)" },
		{ "--li=1", "option '--li' may mean --linger, --listen-host, "
			"--listen-port, --link-address, --link-port: write "
			"it in full" },
		{ "-H|0.0.0.0", "--listen-host: on 0.0.0.0 others can reach" },
		{ "-H|::", "--listen-host: on :: others can reach" },
		{ "-H|10.1.1.1|--peer-check=prefer", "--listen-host: on "
			"10.1.1.1 others can reach" },
		{ "-H|login1", "--listen-host: 'login1' is not a numeric IP "
			"address" },
		{ "--session=", "--session: the value is empty" },
		{ "--session=a/b", "--session: 'a/b' is not a name" },
		{ "--session=..", "--session: '..' is not a name" },
		{ "--launcher=a/b", "--launcher: 'a/b' is neither a name nor "
			"an absolute path" },
		{ "--launcher=a b", "--launcher: 'a b' is neither" },
		{ "--shell=zsh", "--shell: 'zsh' is not an absolute path" },
		{ "--shell=~bob/sh", "--shell: '~bob/sh' is not an absolute "
			"path" },
		{ "--agent=a", "--agent: 'a' is not an absolute path" },
		{ "--state-dir=a", "--state-dir: 'a' is not an absolute" },
		{ "-e|1A=1", "--salloc-env: '1A' is not a name of a "
			"variable" },
		{ "-e|=1", "--salloc-env: '' is not a name" },
		{ "-e|A-B=1", "--salloc-env: 'A-B' is not a name" },
		{ "-e|T_UNSET|-e|T_SET|-e|A B", "--salloc-env: 'A B' is not "
			"a name" },
		{ "--outbound=yes", "--outbound: 'yes' is not one of off, login, laptop" },
		{ "--outbound=laptop", "--outbound=laptop: needs --outbound-socket=PATH" },
		{ "--outbound-socket=s", "--outbound-socket: 's' is not an absolute path" },
		{ "--outbound=login|--outbound-socket=/s", "--outbound-socket: only --outbound=laptop uses it: add that, or leave it out" },
		{ "--outbound-socket=/s", "--outbound-socket: only --outbound=laptop uses it" },
		{ "--outbound-allow=git", "--outbound-allow: allows nothing while nobody dials: add --outbound=login" },
		{ "--outbound-allow=10.1", "--outbound-allow: '10.1' is not a network" },
		{ "--outbound-allow=git|--outbound-allow=*.org",
			"--outbound-allow: '*.org' is not a network" },
		{ "--prefetch=x86", "--prefetch: 'x86' is not one of off, on, x64, arm64, armhf" },
		{ "--prefetch=on|--prefetch-url=mirror", "--prefetch-url: 'mirror' is no URL" },
		{ "--prefetch=on|--prefetch-url=http://a\"b", "--prefetch-url: 'http://a\"b' is no URL" },
		{ "--prefetch=on|--prefetch-url=http://a b", "--prefetch-url: 'http://a b' is no URL" },
		{ "--prefetch-url=http://a", "--prefetch-url, --prefetch-extensions: nothing is got without --prefetch=on: add that" },
		{ "--prefetch-extensions=a.b", "--prefetch-url, --prefetch-extensions: nothing is got" },
		{ "--prefetch=on|--prefetch-extensions=a.b,--force",
			"--prefetch-extensions: '--force' is no PUBLISHER.NAME of an extension" },
		{ "--linger=8d", "--linger: '8d' is out of range (0 to 7d)" },
		{ "--idle-timeout=366d", "--idle-timeout: '366d' is out of "
			"range (0 to 365d)" },
		{ "--confirm-timeout=0", "--confirm-timeout: '0' is out of "
			"range (1s to 1m)" },
		{ "--launcher-timeout=0", "--launcher-timeout: '0' is out of "
			"range (1s to 1h)" },
		{ "--idle-busy=disk", "--idle-busy: 'disk' is not one of "
			"connections, cpu" },
		{ "--notify-terminals=yes", "--notify-terminals: 'yes' is not "
			"one of off, on" },
		{ "--signal=KILL@60", "--signal: 'KILL@60' is not a signal" },
		{ "-B0", "--byte-limit: '0' is not a number (1 to "
			"2147483647)" },
		{ "-b65536", "--backlog: '65536' is not a number (0 to "
			"65535)" },
		{ "--peer-check=no", "--peer-check: 'no' is not one of "
			"require, prefer, off" },
		{ "-t1|-p|gpu", "unknown option '-t': an option of salloc is "
			"written --time=1 --partition=gpu" },
		{ "-t1|-p|22", "unknown option '-t': an option of salloc is "
			"written --time=1" },
		{ "-t1|--session=x", "unknown option '-t': an option of salloc "
			"is written --time=1" },
		{ "-t", "unknown option '-t': an option of salloc is written "
			"--time=VALUE" },
		{ "--partiton=x", "unknown option '--partiton': do you mean "
			"--partition?" },
		{ "-C|a&b", "unknown option '-C': an option of salloc is "
			"written '--constraint=a&b'" },
		{ "-p|gpu", "--listen-port: 'gpu' is not a port (0 to 65535); "
			"the partition of the job is written "
			"--partition=gpu" },
		{ "-vpgpu", "--listen-port: 'gpu' is not a port (0 to 65535); "
			"the partition of the job is written "
			"--partition=gpu" },
		{ "-q|debug", "unknown command 'debug'; -q is --quiet here, a "
			"QOS is written --qos=debug" },
		{ "--sesion=x", "unknown option '--sesion': do you mean "
			"--session?" },
		{ "--al1", "unknown option '--al1': see" },
		{ "kill", "unknown command 'kill': here it is `cancel "
			"[NAME]...` (cancel.)" },
		{ "quit", "unknown command 'quit': close the window" },
		{ "wait", "unknown command 'wait': here it is `alloc [NAME]` "
			"(alloc.)" },
		{ "edit", "unknown command 'edit': there are" },
		{ "exti", "unknown command 'exti': there are" },
		{ "--idle-timeout=60", "--idle-timeout: '60' may be seconds or "
			"minutes: write 60s or 60m" },
		{ "devel", "unknown command 'devel': there are attach, list, "
			"alloc, logs, cancel, exit, extend, shell, ssh, proxy, forced, forward, app, doctor, config, setup, update, help; profiles: gpu; "
			"an option of salloc is written --salloc-arg=OPTION" },
		{ "gpuu", "unknown command 'gpuu': do you mean the profile 'gpu'?" },
		{ "lits", "unknown command 'lits': do you mean 'list'?" },
		{ "list|now", "list: takes no argument like 'now'; it is "
			"`list`" },
		{ "list|--|-x", "list: takes no argument like '-x'" },
		{ "cancel|--xyz", "unknown option '--xyz': see "
			"vscode-remote-shell --help" },
		{ "list|--sesion=x", "unknown option '--sesion': do you mean" },
		{ "cancel|-p|gpu", "--listen-port: 'gpu' is not a port (0 to "
			"65535); `cancel [NAME]...` starts no job" },
		{ "-S|-p|devel", "unknown command 'devel': with the option of "
			"salloc before it, it is written "
			"--partition=devel" },
		{ "-S-p|devel", "unknown command 'devel': with the option" },
		{ "-S|--mem|1G|list", "unknown command '1G': with the option "
			"of salloc before it, it is written "
			"--mem=1G" },
		{ "-S|-p|-v|devel", "unknown command 'devel': there are" },
		{ "-S|--partition=a|devel", "unknown command 'devel': there" },
		{ "cancel|a|--session=b", "cancel: a session is named twice; "
			"it is `cancel [NAME]...`" },
		{ "cancel|a|b/c", "cancel: 'b/c' is not the name of a "
			"session" },
		{ "attach|a|b", "attach: takes no argument like 'b'; it is "
			"`attach [NAME]`" },
		{ "attach|--session=a|b", "attach: a session is named twice; "
			"it is `attach [NAME]`" },
		{ "--session=t1|attach|t1", "attach: a session is named twice" },
		{ "extend|--session=a|b|1h", "extend: a session is named "
			"twice; it is `extend [NAME] TIME`" },
		{ "attach|--session=a|b|c", "attach: takes no argument like "
			"'b'" },
		{ "attach|..", "attach: '..' is not the name of a session" },
		{ "extend", "extend: something is missing; it is `extend "
			"[NAME] TIME`" },
		{ "extend|a|1h|x", "extend: takes no argument like 'x'" },
		{ "--all", "--all: is no option of 'attach', but of: cancel" },
		{ "exit|x", "--all: means every session, without a name like "
			"'x'" },
		{ "help|lst", "unknown command 'lst': do you mean 'list'?" },
		{ "app", "app: something is missing; it is `app APP [NAME]`" },
		{ "app|x|a|b", "app: takes no argument like" },
		{ "app|x|--session=a|b", "app: a session is named twice" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { "" };
		struct options o;

		if (parse(&o, rows[i].in, &e) != -1)
			fail_msg("'%s' was accepted", rows[i].in);
		if (strncmp(e.text, rows[i].want, strlen(rows[i].want)) != 0)
			fail_msg("'%s': '%s', not '%s'", rows[i].in, e.text,
				rows[i].want);
		assert_null(strchr(e.text, '\n'));
		options_free(&o);
	}
}

static void pid_in_every_file(void **state)
{
	struct options o;
	struct err e;
	char want[64];

	(void)state;
	snprintf(want, sizeof want, "/home/a/%ld-%ld.[pid]", (long)getpid(),
		(long)getpid());
	assert_int_equal(parse(&o, "-l~/[PID]-[PID].[pid]|"
		"-0~/[PID]-[PID].[pid]|-1~/[PID]-[PID].[pid]|"
		"-2~/[PID]-[PID].[pid]", &e), 0);
	assert_string_equal(o.log.file, want);
	assert_string_equal(o.tee.in, want);
	assert_string_equal(o.tee.out, want);
	assert_string_equal(o.tee.err, want);
	options_free(&o);
}

static void home_is_needed_for_tilde(void **state)
{
	struct options o;
	struct err e;

	(void)state;
	unsetenv("HOME");
	assert_int_equal(parse(&o, "-l/x", &e), 0);
	options_free(&o);
	assert_int_equal(parse(&o, "-l~/x", &e), -1);
	assert_string_equal(e.text, "--log-file: '~/x' needs HOME, which is "
		"not set: give an absolute path");
	options_free(&o);
	setenv("HOME", "rel", 1);
	assert_int_equal(parse(&o, "--state-dir=~", &e), -1);
	assert_non_null(strstr(e.text, "--state-dir: '~' needs HOME"));
	options_free(&o);
	setenv("HOME", "/home/a", 1);
}

/*
 * Every option has a row here: what changes it, and whether it asks for what
 * only a job that is being made can be given (.of_job), so that "its options
 * stay as they were" is said of it.
 */
static void every_option(void **state)
{
	enum { OURS, OF_JOB };
	static const struct {
		const char *name, *line;
		int of_job;
	} rows[] = {
		{ "salloc-arg", "-S|--x", OF_JOB },
		{ "salloc-env", "-e|A=1", OURS }, /* of each shell */
		{ "group", "-g|x", OF_JOB },
		{ "group-command", "--group-command=x", OURS },
		{ "launcher", "--launcher=local", OURS },
		{ "launcher-timeout", "--launcher-timeout=1s", OURS },
		{ "outage-timeout", "--outage-timeout=1s", OURS },
		{ "session", "--session=x", OURS },
		{ "profile", "--profile=gpu", OURS },
		{ "check", "config|--check=/dev/null", OURS },
		{ "idle-timeout", "--idle-timeout=1s", OF_JOB },
		{ "idle-busy", "--idle-busy=cpu", OF_JOB },
		{ "unattended-timeout", "--unattended-timeout=1s", OF_JOB },
		{ "prologue", "--prologue=x", OF_JOB },
		{ "pre-submit", "--pre-submit=x", OURS },
		{ "post-submit", "--post-submit=x", OURS },
		{ "job-start", "--job-start=x", OF_JOB },
		{ "job-end", "--job-end=x", OF_JOB },
		{ "hook-timeout", "--hook-timeout=1s", OF_JOB },
		{ "signal", "--signal=USR2", OF_JOB },
		{ "notify-command", "--notify-command=x", OF_JOB },
		{ "notify-terminals", "--notify-terminals=on", OF_JOB },
		{ "start", "--start=allocation", OF_JOB },
		{ "on-hangup", "--on-hangup=cancel", OURS },
		{ "on-impossible", "--on-impossible=fail", OURS },
		{ "linger", "--linger=0", OURS },
		{ "shell", "--shell=/x", OURS },
		{ "server-hygiene", "--server-hygiene=off", OF_JOB },
		{ "server-dir", "--server-dir=node", OF_JOB },
		{ "machine-settings", "--machine-settings=/x", OF_JOB },
		{ "sshd", "--sshd=/x", OF_JOB },
		{ "container", "--container=/x", OF_JOB },
		{ "container-runtime", "--container-runtime=proot", OF_JOB },
		{ "container-bind", "--container-bind=/x", OF_JOB },
		{ "container-arg", "--container-arg=-x", OF_JOB },
		{ "container-cache", "--container-cache=/x", OF_JOB },
		{ "no-container", "shell|--no-container", OURS },
		{ "bridge", "--bridge=off", OF_JOB },
		{ "bridge-command", "--bridge-command=x", OF_JOB },
		{ "agent", "--agent=/x", OF_JOB },
		{ "state-dir", "--state-dir=/x", OURS },
		{ "listen-host", "-H|::1", OURS },
		{ "listen-port", "-p|1", OURS },
		{ "backlog", "-b|1", OURS },
		{ "byte-limit", "-B|1", OURS },
		{ "confirm-timeout", "--confirm-timeout=1s", OURS },
		{ "peer-check", "--peer-check=off", OURS },
		{ "allow-root-peers", "--allow-root-peers", OURS },
		{ "forward-agent", "--forward-agent", OURS },
		{ "forward-x11", "--forward-x11", OURS },
		{ "outbound", "--outbound=login", OURS },
		{ "outbound-allow", "--outbound=login|--outbound-allow=git", OURS },
		{ "outbound-socket", "--outbound=laptop|--outbound-socket=/x", OURS },
		{ "prefetch", "--prefetch=on", OURS },
		{ "prefetch-extensions", "--prefetch=on|--prefetch-extensions=a.b", OURS },
		{ "prefetch-url", "--prefetch=on|--prefetch-url=file:///x", OURS },
		/* What a site sets for all. */
		{ "link-address", "--link-address=::1", OURS },
		{ "link-port", "--link-port=1", OURS },
		{ "dry-run", "--dry-run", OURS },
		{ "all", "cancel|--all", OURS },
		{ "no-wait", "alloc|--no-wait", OURS },
		{ "follow", "logs|-f", OURS },
		{ "json", "list|--json", OURS },
		{ "job", "doctor|--job", OURS },
		{ "rollback", "update|--rollback", OURS },
		{ "update-check", "update|--update-check=off", OURS },
		{ "login-host", "--login-host=cluster", OURS },
		{ "stdio", "forward|1|--stdio", OURS },
		{ "client-port", "forward|1|--client-port=1", OURS },
		{ "stop", "app|x|--stop", OURS },
		{ "directory", "app|x|--directory=/x", OURS },
		{ "known-hosts", "proxy|--known-hosts", OURS },
		{ "authorize", "proxy|--authorize", OURS },
		{ "node", "shell|--node=c2", OURS },
		{ "strip", "proxy|--strip=slurm-", OURS },
		{ "editor", "setup|--editor=zed", OURS },
		{ "way", "setup|--way=proxy", OURS },
		{ "script", "setup|--script=sh", OURS },
		{ "revoke", "proxy|--revoke", OURS },
		{ "second-factor", "setup|--second-factor=yes", OURS },
		{ "force-all", "forced|--force-all", OURS },
		{ "into-job", "forced|--into-job=x *", OURS },
		{ "login-shell", "forced|--login-shell=/x", OURS },
		{ "all-users", "list|--all-users", OURS },
		{ "metrics", "list|--metrics=/dev/null", OURS },
		{ "site", "help|--site", OURS },
		{ "no-header", "list|--no-header", OURS },
		{ "verbose", "-v", OURS },
		{ "quiet", "-q", OURS },
		{ "log-file", "-l|/x", OURS },
		{ "tee-stdin", "-0/x", OURS },
		{ "tee-stdout", "-1/x", OURS },
		{ "tee-stderr", "-2/x", OURS },
	};
	struct options usual;
	size_t r;

	(void)state;
	options_init(&usual, OPT_PROGRAM);
	for (const struct opt *o = NULL; (o = optset_next(&usual.set, o));) {
		struct options got;
		struct err e = { "" };

		/*
		 * Those of a site are for no command line; those of salloc are in
		 * test_salloc.c and test_sallocline.c.
		 */
		if (o->type == OPT_STOP || o->of_site || o->type == OPT_SALLOC)
			continue;
		for (r = 0; r < sizeof rows / sizeof *rows &&
			strcmp(rows[r].name, o->name) != 0; r++)
			;
		if (r == sizeof rows / sizeof *rows)
			fail_msg("--%s has no row in test_options.c", o->name);
		if (parse(&got, rows[r].line, &e) < 0)
			fail_msg("'%s': %s", rows[r].line, e.text);
		if (optval_equal(o, &usual, &got))
			fail_msg("'%s' does not change --%s", rows[r].line,
				o->name);
		if (front_options_are_for_job(&got, OPT_BY_USER) != rows[r].of_job)
			fail_msg("--%s: .of_job should be %d", o->name,
				rows[r].of_job);
		options_free(&got);
	}
	options_free(&usual);
}

/* The command, its session and its operands: "cancel default: a b". */
static void commands(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "attach default:" },
		{ "-v", "attach default:" },
		{ "--session=a", "attach a:" },
		{ "attach", "attach default:" },
		{ "attach|a", "attach a:" },
		{ "attach|-v|a|-v", "attach a:" },
		{ "attach|--|a", "attach a:" },
		{ "list", "list default:" },
		{ "cancel", "cancel default:" },
		{ "-v|cancel|--session=x|-v", "cancel x:" },
		{ "cancel|a|b|--verbose", "cancel default: a b" },
		{ "cancel|--|a", "cancel default: a" },
		{ "cancel|--all", "cancel default: --all" },
		{ "exit", "cancel default: --all" },
		{ "extend|1h", "extend default: 1h" },
		{ "extend|a|1h", "extend a: 1h" },
		{ "extend|--session=a|1h", "extend a: 1h" },
		{ "shell", "shell default:" },
		{ "shell|a", "shell a:" },
		{ "shell|a|ls|-l|--x", "shell a: ls -l --x" },
		{ "ssh|a|ls|-l", "shell a: ls -l" },
		{ "shell|-v|a|-v|ls|-v", "shell a: ls -v" },
		{ "shell|a|--|-l|--|-x", "shell a: -l -- -x" },
		{ "shell|--|a|b", "shell default: a b" },
		{ "shell|--session=a|ls|--x", "shell a: ls --x" },
		{ "shell|--session=default|ls", "shell default: ls" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf got = { 0 };
		struct err e = { "" };
		struct options o;
		int rc = parse(&o, rows[i].in, &e);

		if (rc != 0)
			fail_msg("'%s': %s", rows[i].in, e.text);
		buf_printf(&got, "%s %s:", o.line.command->name,
			o.session.name);
		for (size_t k = 0; k < o.line.operands.n; k++)
			buf_printf(&got, " %s", o.line.operands.word[k]);
		buf_puts(&got, o.flags.all ? " --all" : "");
		buf_append(&got, "", 1);
		if (strcmp(buf_data(&got), rows[i].want) != 0)
			fail_msg("'%s': %s, not %s", rows[i].in,
				buf_data(&got), rows[i].want);
		buf_fini(&got);
		options_free(&o);
	}
}

static void log_levels(void **state)
{
	static const struct {
		const char *in;
		int level;
	} rows[] = {
		{ "", LOG_LEVEL_ERROR },
		{ "-q", LOG_LEVEL_CRITICAL },
		{ "-v", LOG_LEVEL_WARNING },
		{ "-vv", LOG_LEVEL_INFO },
		{ "-vvv", LOG_LEVEL_DEBUG },
		{ "-vvq", LOG_LEVEL_WARNING },
		{ "-q|--verbose", LOG_LEVEL_ERROR },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct options o;
		struct err e;

		assert_int_equal(parse(&o, rows[i].in, &e), 0);
		assert_int_equal(front_options_log_level(&o), rows[i].level);
		options_free(&o);
	}
}

/* Run with stdout in a file; the file's text into text. */
static int captured(const char *words, char *text, size_t size)
{
	FILE *f = tmpfile();
	int saved, rc;
	struct options o;
	struct err e;

	assert_non_null(f);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_int_equal(dup2(fileno(f), STDOUT_FILENO), STDOUT_FILENO);
	rc = parse(&o, words, &e);
	options_free(&o);
	assert_int_equal(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);
	close(saved);
	rewind(f);
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
	return rc;
}

static void prints(void **state)
{
	static const char *const helps[] = { "-h", "--help", "--he",
		"--session=x|-h|--rubbish", "help", "-v|help" };
	static const char *const cancels[] = { "cancel|--help|x",
		"cancel|a|-h", "help|cancel", "cancel|--all|--help" };
	char text[8192];

	(void)state;
	for (size_t i = 0; i < sizeof helps / sizeof *helps; i++) {
		assert_int_equal(captured(helps[i], text, sizeof text), 1);
		assert_memory_equal(text, "Usage: vscode-remote-shell ", 27);
		assert_non_null(strstr(text, "\n  -S, --salloc-arg=ARG "));
		assert_non_null(strstr(text, "\n  cancel [NAME]..."));
		for (char *line = strtok(text, "\n"); line != NULL;
			line = strtok(NULL, "\n"))
			assert_true(strlen(line) <= 80);
	}
	for (size_t i = 0; i < sizeof cancels / sizeof *cancels; i++) {
		assert_int_equal(captured(cancels[i], text, sizeof text), 1);
		assert_string_equal(text, "Usage: vscode-remote-shell "
			"[OPTION]... cancel [NAME]...\ncancel.\n\nmore.\n\n"
			"      --all                   every session; of partitions also "
			"those that you\n                              "
			"cannot use\n\nThe other "
			"options are those of vscode-remote-shell --help.\n");
	}
	assert_int_equal(captured("ssh|-h", text, sizeof text), 1);
	assert_non_null(strstr(text, " ssh [NAME] [--] [WORD]...\nssh.\n"));
	assert_int_equal(captured("--version", text, sizeof text), 1);
	assert_string_equal(text, "vscode-remote-shell " PACKAGE_VERSION "\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(refuses),
		cmocka_unit_test(pid_in_every_file),
		cmocka_unit_test(home_is_needed_for_tilde),
		cmocka_unit_test(every_option),
		cmocka_unit_test(commands),
		cmocka_unit_test(log_levels),
		cmocka_unit_test(prints),
	};

	setenv("HOME", "/home/a", 1);
	setenv("T_SET", "here", 1);
	unsetenv("T_UNSET");
	return cmocka_run_group_tests(tests, make_settings, free_settings);
}
