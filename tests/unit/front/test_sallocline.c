/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of salloc on a command line and in settings, however they are spelled:
 * what the launcher is told, and that what a site says holds.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "front/cmd/command.h"
#include "front/front_options.h"
#include "opt/config.h"
#include "opt/optlist.h"
#include "opt/optsalloc.h"
#include "../settings.h"

static const struct command_ops ops;

static const struct command
	row_attach = { "attach", "[NAME]", COMMAND_ONE, 0, 1, "attach.",
		.ops = &ops, .want = SESSION_START },
	row_list = { "list", NULL, COMMAND_NONE, 0, 0, "list.", .ops = &ops },
	row_alloc = { "alloc", "[NAME]", COMMAND_ONE, 0, 1, "alloc.",
		.ops = &ops, .want = SESSION_ALLOC },
	row_shell = { "shell", "[NAME] [--] [WORD]...", COMMAND_ONE, 0, -1,
		"shell.", .ops = &ops, .want = SESSION_JOIN },
	row_proxy = { "proxy", "[NAME]", COMMAND_ONE, 0, 1, "proxy.",
		.ops = &ops, .want = SESSION_START },
	row_forced = { "forced", "[-- ARG...]", COMMAND_NONE, 0, -1, "forced.",
		.ops = &ops, .want = SESSION_START },
	row_config = { "config", "[PROFILE]", COMMAND_ONE, 0, 1, "config.",
		.ops = &ops, .shows_job = 1 };

const struct command *const command_table[] = {
	&row_attach, &row_list, &row_alloc, &row_shell, &row_proxy,
	&row_forced, &row_config, NULL
};

/*
 * Parse words separated by '|' over settings: the site's, and behind a line "USER"
 * the user's.
 */
static int parse(struct options *o, const char *text, const char *files,
	struct err *e)
{
	const struct err good = { "" };
	const char *users = strstr(files, "USER\n");
	size_t site = users != NULL ? (size_t)(users - files) : strlen(files);
	char *argv[32] = { "vscode-remote-shell" };
	char *copy = mem_strdup(text), *p = copy;
	struct config c = { 0 };
	struct options usual;
	int argc = 1, rc;

	while (p != NULL && *text != '\0')
		argv[argc++] = strsep(&p, "|");
	options_init(&usual, OPT_PROGRAM);
	rc = config_add(&c, &usual.set, "/site", OPT_BY_SITE, files, site,
		name_is_free, e);
	if (rc == 0 && users != NULL)
		rc = config_add(&c, &usual.set, "/user", OPT_BY_USER,
			users + 5, strlen(users + 5), name_is_free, e);
	options_free(&usual);
	memset(o, 0xa5, sizeof *o);
	if (rc == 0)
		rc = command_line(o, argc, argv, &c, &good, e);
	else
		options_init(o, OPT_PROGRAM);
	config_fini(&c);
	free(copy);
	return rc;
}

static void show(struct buf *out, const struct options *o)
{
	struct opt_list words = { 0 };

	optsalloc_words(&o->set, &o->job.salloc_args, &words);
	for (size_t i = 0; i < words.n; i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "", words.word[i]);
	buf_append(out, "", 1);
	optlist_free(&words);
}

static void gives(const char *in, const char *files, const char *want)
{
	struct buf got = { 0 };
	struct err e = { "" };
	struct options o;

	if (parse(&o, in, files, &e) != 0)
		fail_msg("'%s': %s", in, e.text);
	show(&got, &o);
	if (strcmp(buf_data(&got), want) != 0)
		fail_msg("'%s': '%s', not '%s'", in, buf_data(&got), want);
	buf_fini(&got);
	options_free(&o);
}

static void refuses(const char *in, const char *files, const char *want)
{
	struct err e = { "" };
	struct options o;

	if (parse(&o, in, files, &e) >= 0)
		fail_msg("'%s' was accepted", in);
	if (strncmp(e.text, want, strlen(want)) != 0)
		fail_msg("'%s': '%s', not '%s'", in, e.text, want);
	assert_null(strchr(e.text, '\n'));
	options_free(&o);
}

/* The one line for the user, or none. */
static void notes(const char *in, const char *files, const char *want)
{
	struct err e = { "" };
	struct options o;

	if (parse(&o, in, files, &e) != 0)
		fail_msg("'%s': %s", in, e.text);
	assert_int_equal(o.set.notes.n, want[0] != '\0');
	assert_string_equal(o.set.notes.n ? o.set.notes.word[0] : "", want);
	options_free(&o);
}

static void spellings(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "--gpus=1|--partition=gpu", "--gpus=1 --partition=gpu" },
		{ "--partition=a=b", "--partition=a=b" },
		{ "-v|--mem=1G|-v|--time=5|alloc", "--mem=1G --time=5" },
		{ "alloc|--mem=1G|x|--time=5", "--mem=1G --time=5" },
		{ "-vv|--exclusive|--nice|attach", "--exclusive --nice" },
		{ "--exclusive=user", "--exclusive=user" },
		{ "--tasks-per-node=2", "--ntasks-per-node=2" },
		{ "--comment=a b", "--comment=a b" },
		{ "--comment=a -t 5", "--comment=a -t 5" },
		/* behind -S */
		{ "-S|--partition=x", "--partition=x" },
		{ "-S-px", "--partition=x" },
		{ "-S|-px|-S|-t|-S|5", "--partition=x --time=5" },
		{ "-S=--part=x", "--partition=x" },
		{ "-S|--gres=gpu:1 --time=1:00:00",
			"--gres=gpu:1 --time=1:00:00" },
		{ "-S|-p gpu -t 5", "--partition=gpu --time=5" },
		{ "-S|--comment=for x -t 5", "--comment=for x -t 5" },
		{ "-S|--signal=USR1@60", "--signal=USR1@60" },
		{ "--signal=USR2@60", "" },
		/* what only the launcher may know goes to it as it is */
		{ "-S|--spank=1|-S|--x11|-S|-p|-S|x", "--partition=x --spank=1 --x11" },
		{ "-S|-o|-S|file", "-o file" },
		{ "-S|-p", "-p" },
		/* behind dashes */
		{ "--|-p|gpu|-t|2:00:00", "--partition=gpu --time=2:00:00" },
		{ "--gpus=1|--|-pgpu", "--gpus=1 --partition=gpu" },
		{ "alloc|--|-p|gpu", "--partition=gpu" },
		{ "alloc|x|--|-p|gpu|--exclusive", "--exclusive --partition=gpu" },
		{ "alloc|--|x|-p|gpu", "--partition=gpu" },
		{ "proxy|x|--|--part=gpu", "--partition=gpu" },
		{ "shell|x|--|-p|gpu", "" },
		{ "forced|--|-c|x", "" },
		/* the last counts, whatever its spelling */
		{ "--time=7|-S|-t5", "--time=5" },
		{ "-S|-t5|--time=7", "--time=7" },
		{ "--time=7|--|-t|5", "--time=5" },
		/* before a command that makes no job a wrapper may put some */
		{ "-S|--time=5|list", "--time=5" },
		{ "--time=5|list", "--time=5" },
		{ "config|--time=5|--idle-timeout=5m", "--time=5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		gives(rows[i].in, "", rows[i].want);
}

static void wrong(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "--gpus|2", "--gpus: needs a value, behind '=': --gpus=2" },
		{ "--gpus|-v", "--gpus: needs a value, behind '=': --gpus=VALUE" },
		{ "--gpus=", "--gpus: its value is empty" },
		{ "--time=1h", "--time=1h: not a time;" },
		{ "-S|--time=1h", "--time=1h: not a time;" },
		{ "--hold=1", "--hold: takes no value" },
		{ "--x11", "--x11: not for a batch job" },
		{ "--x11=all", "--x11: not for a batch job" },
		{ "--array=1-3", "--array: a session is one job" },
		{ "--output|x", "--output: the session sets this by itself" },
		{ "--partiton=x", "unknown option '--partiton': do you mean --partition?" },
		{ "--part=x", "unknown option '--part': an option of salloc is written --partition=x" },
		{ "--arrray=x", "unknown option '--arrray', and that of salloc cannot be used here: a session is one job" },
		{ "list|--time=5", "--time: `list` starts no job that it could be for" },
		{ "list|-S|--partition=x", "--salloc-arg: `list` starts no job" },
		{ "list|-S|--what", "--salloc-arg: `list` starts no job" },
		{ "list|-S|--signal=9", "--salloc-arg: `list` starts no job" },
		{ "list|--idle-timeout=5m", "--idle-timeout: `list` starts no" },
		{ "shell|--time=5", "--time: `shell [NAME] [--] [WORD]...` starts no job" },
		{ "list|--|-p|x", "list: takes no argument like '-p'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		refuses(rows[i].in, "", rows[i].want);
}

/* Each of them gives a partition. */
static const char *const partition_x[] = {
	"--partition=x", "-S|--partition=x", "-S|-px", "-S|-p|-S|x",
	"-S|--part=x", "-S|-t5 -p x", "--|-p|x", "--|-px", "alloc|--|-p|x",
	"alloc|--partition=x", "-v|--partition=x", "--gpus=1|-S=-px",
};

static void sites(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof partition_x / sizeof *partition_x; i++) {
		int bare = strstr(partition_x[i], "--partition") != NULL &&
			strstr(partition_x[i], "-S") == NULL;

		refuses(partition_x[i], "[lock]\npartition = devel\n",
			"--partition: is locked to 'devel' by /site:2: leave it out");
		refuses(partition_x[i], "[lock]\nsalloc-arg = -p devel\n", bare ?
			"--partition: is locked to 'devel' by /site:2: leave it out" :
			"--");
	}
	gives("-S|-t5", "[lock]\npartition = devel\n",
		"--partition=devel --time=5");
	refuses("--time=5", "[lock]\nsalloc-arg = -p devel\n",
		"--time: is locked by /site:2: leave it out");
	refuses("-S|-t5", "[lock]\nsalloc-arg = -p devel\n",
		"--salloc-arg: is locked by /site:2: leave it out");
	refuses("-S|--what", "[lock]\nsalloc-arg = -p devel\n",
		"--salloc-arg: is locked by /site:2: leave it out");
	gives("", "[lock]\nsalloc-arg = --partition=devel\nsalloc-arg = --qos=x\n",
		"--partition=devel --qos=x");
	refuses("", "[lock]\npartition = devel\nUSER\nsalloc-arg = -p x\n",
		"/user:1: partition: is locked to 'devel' by /site:2: leave it out");
	/* limits */
	gives("--time=8:00:00", "[limit]\ntime = ..8:00:00\n", "--time=8:00:00");
	refuses("-S|-t8:01:00", "[limit]\ntime = ..8:00:00\n",
		"time: 8:01:00 is asked for, and /site:2 allows ..8:00:00");
	refuses("--time=unlimited", "[limit]\ntime = ..8:00:00\n",
		"time: no limit is asked for");
	refuses("--mem=0", "[limit]\nmem = ..16G\n",
		"mem: all of a node is asked for");
	refuses("--mem-per-cpu=9G|-S|-c2", "[limit]\nmem = ..16G\n",
		"mem: 18G is asked for");
	gives("--mem-per-cpu=1", "[limit]\nmem = ..16G\n", "--mem-per-cpu=1");
	refuses("--mem-per-cpu=1", "[lock]\nmem = 1G\n",
		"--mem-per-cpu: excludes --mem, which is locked by /site:2: leave it out");
	refuses("--cpus-per-task=9", "[limit]\ncpus = 2..8\n",
		"cpus: 9 is asked for, and /site:2 allows 2..8");
	refuses("--cpus-per-task=9", "[limit]\ncpus-per-task = 2..8\n",
		"/site:2: cpus-per-task: has neither bounds nor words");
	refuses("--nodes=1-4", "[limit]\nnodes = ..2\n", "nodes: 4 is");
	refuses("--gres=gpu:a100:3", "[limit]\ngpus = ..2\n", "gpus: 3 is");
	refuses("-S|--gpus-per-node=3", "[limit]\ngpus = ..2\n", "gpus: 3 is");
	refuses("", "time = 9:00:00\n[limit]\ntime = ..8:00:00\n",
		"time: 9:00:00 is asked for");
	refuses("--partition=x", "[limit]\npartition = a b\n",
		"partition: x is asked for, and /site:2 allows a b");
	/* lowered */
	gives("--time=9:00:00|-S|-n2", "[lower]\ntime = ..8:00:00\n",
		"--ntasks=2 --time=480");
	gives("-S|-t9:00:00 --time-min=8:30:00", "[lower]\ntime = ..8:00:00\n",
		"--time=480");
	gives("--partition=a,x", "[lower]\npartition = a b\n", "--partition=a");
	gives("-S|-G3", "[lower]\ngpus = ..2\n", "--gres=gpu:2");
	gives("--hold|--mem-per-gpu=9G|--gpus=2", "[lower]\nmem = ..16G\n",
		"--gpus=2 --hold --mem=16384M");
	gives("-S|-t9:00:00", "[lower partition a]\ntime = ..8:00:00\n",
		"--time=9:00:00");
	gives("-S|-pa|-S|-t9:00:00", "[lower partition a]\ntime = ..8:00:00\n",
		"--partition=a --time=480");
	refuses("", "[limit]\ntime = ..1h\n", "/site:2: time: --time=1h: not a time");
}

/* Keys of settings, and which source counts. */
static void keys(void **state)
{
	(void)state;
	gives("", "partition = a\ntime = 5\n", "--partition=a --time=5");
	gives("--time=6", "time = 5\nUSER\ntime = 7\n", "--time=6");
	gives("", "time = 5\nUSER\nsalloc-arg = -t 7\n", "--time=7");
	gives("", "salloc-arg = -p a -t 7\nUSER\ntime = 5\n",
		"--partition=a --time=5");
	gives("gpu", "gpus = 1\n[profile gpu]\ngpus = 2\nmem = 4G\n",
		"--gpus=2 --mem=4G");
	gives("gpu|--mem=1G", "[profile gpu]\nmem = 4G\n", "--mem=1G");
	/* what salloc takes only one of */
	gives("--mem-per-cpu=1G", "mem = 4G\n", "--mem-per-cpu=1G");
	gives("", "mem = 4G\nUSER\nmem-per-gpu = 1G\n", "--mem-per-gpu=1G");
	gives("--exclusive", "oversubscribe = yes\n", "--exclusive");
	/* flags */
	gives("", "exclusive = yes\nhold = true\n", "--exclusive --hold");
	gives("", "exclusive = user\n", "--exclusive=user");
	gives("", "exclusive = yes\nUSER\nexclusive = no\n", "");
	gives("", "nice = 1\n", "--nice=1");
	refuses("", "hold = 5\n", "/site:1: hold: '5' is not yes or no");
	refuses("", "time = 5\nUSER\ntime = 1h\n", "/user:1: --time=1h: not a time");
	refuses("", "x11 = yes\n", "/site:1: --x11: not for a batch job");
	refuses("", "tiem = 5\n", "/site:1: unknown key 'tiem': do you mean 'time'?");
	/* ours has the name: salloc's is behind salloc-arg */
	gives("", "signal = USR2@60\nsalloc-arg = --signal=USR1@60\n",
		"--signal=USR1@60");
}

/* Variables as sbatch reads them: below a profile, above what files say. */
static void variables(void **state)
{
	static const struct {
		const char *name, *value;
		const char *in, *files, *want;
	} rows[] = {
		{ "SBATCH_PARTITION", "x", "", "", "--partition=x" },
		{ "SBATCH_PARTITION", "", "", "", "" },
		{ "SALLOC_PARTITION", "x", "", "", "" },
		{ "SBATCH_TIMELIMIT", "5", "--time=7", "", "--time=7" },
		{ "SBATCH_TIMELIMIT", "5", "alloc|-S|-t7", "", "--time=7" },
		{ "SBATCH_TIMELIMIT", "5", "", "time = 6\nUSER\ntime = 7\n",
			"--time=5" },
		{ "SBATCH_TIMELIMIT", "5", "p", "[profile p]\ntime = 6\n",
			"--time=6" },
		{ "SBATCH_MEM_PER_NODE", "1G", "", "", "--mem=1G" },
		{ "SBATCH_MEM_PER_NODE", "1G", "--mem-per-cpu=1", "",
			"--mem-per-cpu=1" },
		{ "SBATCH_EXCLUSIVE", "", "", "", "--exclusive" },
		{ "SBATCH_EXCLUSIVE", "user", "", "", "--exclusive=user" },
		{ "SLURM_HINT", "nomultithread", "", "",
			"--hint=nomultithread" },
		{ "SLURM_CLUSTERS", "c", "", "", "--clusters=c" },
		{ "SBATCH_REQ_SWITCH", "2", "", "", "--switches=2" },
		{ "SBATCH_WAIT4SWITCH", "2", "", "", "" },
		{ "SBATCH_JOB_NAME", "mine", "config", "", "--job-name=mine" },
		/* refused ones count for nothing */
		{ "SBATCH_PROFILE", "all", "", "", "" },
		{ "SBATCH_EXPORT", "NONE", "", "", "" },
		{ "SBATCH_REQUEUE", "", "", "", "" },
		/* nor where no job is made, or not by Slurm */
		{ "SBATCH_TIMELIMIT", "1h", "list", "", "" },
		{ "SBATCH_TIMELIMIT", "5", "--launcher=local", "", "" },
		{ "SBATCH_TIMELIMIT", "5", "", "launcher = /a/b\n", "" },
		{ "SBATCH_TIMELIMIT", "5", "--launcher=slurm",
			"launcher = local\n", "--time=5" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		setenv(rows[i].name, rows[i].value, 1);
		gives(rows[i].in, rows[i].files, rows[i].want);
		unsetenv(rows[i].name);
	}
	setenv("SBATCH_REQ_SWITCH", "2", 1);
	setenv("SBATCH_WAIT4SWITCH", "10", 1);
	gives("", "", "--switches=2@10");
	unsetenv("SBATCH_REQ_SWITCH");
	unsetenv("SBATCH_WAIT4SWITCH");
	/* An allocation is what salloc makes. */
	setenv("SALLOC_QOS", "x", 1);
	setenv("SBATCH_QOS", "y", 1);
	gives("--start=allocation", "", "--qos=x");
	gives("--start=batch", "start = allocation\n", "--qos=y");
	gives("", "start = allocation\n", "--qos=x");
	unsetenv("SALLOC_QOS");
	unsetenv("SBATCH_QOS");
	setenv("SBATCH_EXCLUSIVE", "yes", 1);
	refuses("", "", "SBATCH_EXCLUSIVE: --exclusive=yes: not exclusive");
	unsetenv("SBATCH_EXCLUSIVE");
	setenv("SBATCH_TIMELIMIT", "1h", 1);
	refuses("", "", "SBATCH_TIMELIMIT: --time=1h: not a time");
	setenv("SBATCH_TIMELIMIT", "9:00:00", 1);
	refuses("", "[limit]\ntime = ..8:00:00\n",
		"time: 9:00:00 is asked for, and /site:2 allows ..8:00:00");
	unsetenv("SBATCH_TIMELIMIT");
	/* What is locked is left out, with a line unless it says the same. */
	setenv("SBATCH_PARTITION", "x", 1);
	gives("", "[lock]\npartition = devel\n", "--partition=devel");
	notes("", "[lock]\npartition = devel\n",
		"SBATCH_PARTITION counts for nothing: partition is locked by /site:2");
	notes("", "help-url = U\n[lock]\nsalloc-arg = -t5\n",
		"SBATCH_PARTITION counts for nothing: salloc-arg is locked by /site:3; see U");
	notes("", "[lock]\npartition = x\n", "");
	notes("list", "[lock]\npartition = devel\n", "");
	unsetenv("SBATCH_PARTITION");
	setenv("SBATCH_MEM_PER_CPU", "1", 1);
	notes("", "[lock]\nmem = 1G\n",
		"SBATCH_MEM_PER_CPU counts for nothing: mem is locked by /site:2");
	unsetenv("SBATCH_MEM_PER_CPU");
}

/* Ours: above those of Slurm, below a profile. */
static void own_variables(void **state)
{
#define OURS "VSCODE_REMOTE_SHELL_"
	(void)state;
	setenv(OURS "TIME", "5", 1);
	gives("", "", "--time=5");
	gives("", "time = 6\nUSER\ntime = 7\n", "--time=5");
	gives("p", "[profile p]\ntime = 6\n", "--time=6");
	gives("--time=7", "", "--time=7");
	gives("alloc|-S|-t7", "", "--time=7");
	gives("--launcher=local", "", "--time=5");
	setenv("SBATCH_TIMELIMIT", "8", 1);
	gives("", "", "--time=5");
	unsetenv("SBATCH_TIMELIMIT");
	unsetenv(OURS "TIME");
	/* Of two that exclude each other the later source counts. */
	setenv("SBATCH_MEM_PER_NODE", "1G", 1);
	setenv(OURS "MEM_PER_CPU", "2G", 1);
	gives("", "", "--mem-per-cpu=2G");
	unsetenv("SBATCH_MEM_PER_NODE");
	unsetenv(OURS "MEM_PER_CPU");
	setenv(OURS "SALLOC_ARG", "-p x -t 5", 1);
	gives("", "", "--partition=x --time=5");
	unsetenv(OURS "SALLOC_ARG");
	setenv(OURS "START", "allocation", 1);
	setenv("SALLOC_QOS", "x", 1);
	setenv("SBATCH_QOS", "y", 1);
	gives("", "", "--qos=x");
	gives("--start=batch", "", "--qos=y");
	setenv(OURS "LAUNCHER", "local", 1);
	gives("", "", "");
	gives("--launcher=slurm", "", "--qos=x");
	unsetenv("SALLOC_QOS");
	unsetenv("SBATCH_QOS");
	unsetenv(OURS "START");
	unsetenv(OURS "LAUNCHER");
	setenv(OURS "PROFILE", "p", 1);
	gives("", "[profile p]\ntime = 6\n[profile q]\ntime = 7\n", "--time=6");
	gives("q", "[profile p]\ntime = 6\n[profile q]\ntime = 7\n", "--time=7");
	refuses("", "[profile q]\n",
		OURS "PROFILE: there is no profile 'p'; there are: q");
	unsetenv(OURS "PROFILE");
	setenv(OURS "PARTITION", "x", 1);
	refuses("", "[lock]\npartition = devel\n",
		OURS "PARTITION: partition: is locked to 'devel' by /site:2");
	unsetenv(OURS "PARTITION");
	setenv(OURS "LINGER", "soon", 1);
	refuses("list", "", OURS "LINGER: linger: 'soon' is not a duration");
	unsetenv(OURS "LINGER");
	setenv(OURS "ALLOW_ROOT_PEERS", "maybe", 1);
	refuses("", "", OURS "ALLOW_ROOT_PEERS: allow-root-peers: 'maybe' is not yes or no");
	unsetenv(OURS "ALLOW_ROOT_PEERS");
	/* yes and no as in a file. */
	setenv(OURS "EXCLUSIVE", "yes", 1);
	gives("", "", "--exclusive");
	gives("", "USER\nexclusive = no\n", "--exclusive");
	setenv(OURS "EXCLUSIVE", "user", 1);
	gives("", "", "--exclusive=user");
	setenv(OURS "EXCLUSIVE", "no", 1);
	gives("", "USER\nexclusive = yes\n", "");
	gives("--exclusive", "", "--exclusive");
	refuses("", "[lock]\nexclusive = yes\n",
		OURS "EXCLUSIVE: exclusive: is locked by /site:2");
	unsetenv(OURS "EXCLUSIVE");
	setenv(OURS "NICE", "yes", 1);
	gives("", "", "--nice");
	setenv(OURS "NICE", "7", 1);
	gives("", "", "--nice=7");
	unsetenv(OURS "NICE");
	setenv(OURS "HOLD", "yes", 1);
	gives("", "", "--hold");
	setenv(OURS "HOLD", "no", 1);
	gives("", "USER\nhold = yes\n", "");
	setenv(OURS "HOLD", "maybe", 1);
	refuses("", "", OURS "HOLD: hold: 'maybe' is not yes or no");
	unsetenv(OURS "HOLD");
	/* What is no key, is a site's, or marks something else. */
	setenv(OURS "HELP", "yes", 1);
	setenv(OURS "ALL", "yes", 1);
	setenv(OURS "SYSLOG", "user", 1);
	setenv(OURS "SESSION", "../x", 1);
	setenv(OURS "NAME", "a b", 1);
	setenv(OURS "NOTHING", "x", 1);
	gives("", "", "");
	unsetenv(OURS "HELP");
	unsetenv(OURS "ALL");
	unsetenv(OURS "SYSLOG");
	unsetenv(OURS "SESSION");
	unsetenv(OURS "NAME");
	unsetenv(OURS "NOTHING");
}

/*
 * What was typed for vscode-shell-proxy, v1 and v2, means the same: its scheduler's
 * words, and what of its own options there was.
 */
static void old_lines(void **state)
{
	static const struct {
		const char *in, *salloc;
		const char *group, *log;
		int verbose, port;
	} rows[] = {
		{ "", "", NULL, NULL, 0, 0 },
		{ "-g|it_css|--salloc-arg=--partition=devel", "--partition=devel",
			"it_css", NULL, 0, 0 },
		{ "-g|it_css|-S|--partition=devel", "--partition=devel", "it_css",
			NULL, 0, 0 },
		{ "--group=it_css|--salloc-arg=--partition=devel|--salloc-arg=--cpus-per-task=4",
			"--cpus-per-task=4 --partition=devel", "it_css", NULL, 0, 0 },
		{ "--workgroup=it_css|-S--time=2:00:00", "--time=2:00:00", "it_css",
			NULL, 0, 0 },
		{ "-vvv|-l|/l|-0|/0|-1|/1|-2|/2|-g|it_css|-S--partition=devel",
			"--partition=devel", "it_css", "/l", 3, 0 },
		{ "-vvv|--log-file=/l|--salloc-arg=--partition=gpu-v100|--salloc-arg=--gpus=1",
			"--gpus=1 --partition=gpu-v100", NULL, "/l", 3, 0 },
		{ "-S=--partition=devel", "--partition=devel", NULL, NULL, 0, 0 },
		{ "-vS--partition=devel", "--partition=devel", NULL, NULL, 1, 0 },
		{ "--salloc=--partition=devel", "--partition=devel", NULL, NULL, 0,
			0 },
		{ "--salloc-a=--mem=4G", "--mem=4G", NULL, NULL, 0, 0 },
		{ "--srun-arg=--mem=4G", "--mem=4G", NULL, NULL, 0, 0 },
		{ "--local-shell-arg=--mem=4G", "--mem=4G", NULL, NULL, 0, 0 },
		{ "-S-pdevel|-S-t60", "--partition=devel --time=60", NULL, NULL, 0,
			0 },
		{ "-S-p|-Sdevel", "--partition=devel", NULL, NULL, 0, 0 },
		{ "--salloc-arg=-p|--salloc-arg=devel", "--partition=devel", NULL,
			NULL, 0, 0 },
		{ "-S-A|-Sacct|-S-q|-Snormal", "--account=acct --qos=normal", NULL,
			NULL, 0, 0 },
		{ "-S--gres=gpu:2|-S--mem=32G", "--gres=gpu:2 --mem=32G", NULL, NULL,
			0, 0 },
		{ "-S--nodes=1|-S--ntasks=1|-S--cpus-per-task=8",
			"--cpus-per-task=8 --nodes=1 --ntasks=1", NULL, NULL, 0, 0 },
		{ "-S--ntasks-per-node=4|-S-N1", "--nodes=1 --ntasks-per-node=4",
			NULL, NULL, 0, 0 },
		{ "-S--exclusive", "--exclusive", NULL, NULL, 0, 0 },
		{ "-S--constraint=a&b", "--constraint=a&b", NULL, NULL, 0, 0 },
		{ "-S--mail-type=BEGIN|-S--mail-user=a@b",
			"--mail-type=BEGIN --mail-user=a@b", NULL, NULL, 0, 0 },
		{ "-S--reservation=r", "--reservation=r", NULL, NULL, 0, 0 },
		{ "-S--job-name=vscode", "--job-name=vscode", NULL, NULL, 0, 0 },
		{ "-S--hint=nomultithread", "--hint=nomultithread", NULL, NULL, 0,
			0 },
		{ "-S--tmp=10G", "--tmp=10G", NULL, NULL, 0, 0 },
		{ "-S--threads-per-core=1", "--threads-per-core=1", NULL, NULL, 0,
			0 },
		{ "-S--clusters=c", "--clusters=c", NULL, NULL, 0, 0 },
		{ "-S-Mc", "--clusters=c", NULL, NULL, 0, 0 },
		{ "-S--dependency=afterok:1", "--dependency=afterok:1", NULL, NULL,
			0, 0 },
		{ "-S--begin=now+1hour", "--begin=now+1hour", NULL, NULL, 0, 0 },
		{ "-S--nice=10", "--nice=10", NULL, NULL, 0, 0 },
		{ "-S--oversubscribe", "--oversubscribe", NULL, NULL, 0, 0 },
		{ "-S-w|-Sn01|-S-x|-Sn02", "--exclude=n02 --nodelist=n01", NULL,
			NULL, 0, 0 },
		{ "-p|4000|-S--partition=devel", "--partition=devel", NULL, NULL, 0,
			4000 },
		{ "-p4000", "", NULL, NULL, 0, 4000 },
		{ "--listen-port=4000|-H|127.0.0.1|-b|16|-B|8192", "", NULL, NULL,
			0, 4000 },
		{ "-q|-v|-b16|-B4096|-S--mem=1G", "--mem=1G", NULL, NULL, 1, 0 },
		{ "--log=/l|--verb|--gro=x|--s=--mem=1G", "--mem=1G", "x", "/l", 1,
			0 },
		{ "-S--partition=a|-S--partition=b", "--partition=b", NULL, NULL, 0,
			0 },
		{ "-e|A=1|-S--mem=1G", "--mem=1G", NULL, NULL, 0, 0 },
		{ "-eA=1|--salloc-env=B=2|-S--mem=1G", "--mem=1G", NULL, NULL, 0, 0 },
	};

	(void)state;
	assert_true(sizeof rows / sizeof *rows >= 40);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf got = { 0 };
		struct err e = { "" };
		struct options o;

		if (parse(&o, rows[i].in, "", &e) != 0)
			fail_msg("'%s': %s", rows[i].in, e.text);
		show(&got, &o);
		if (strcmp(buf_data(&got), rows[i].salloc) != 0 ||
			(o.job.group == NULL) != (rows[i].group == NULL) ||
			(o.log.file == NULL) != (rows[i].log == NULL) ||
			o.log.verbose != rows[i].verbose ||
			o.forward.listen_port != rows[i].port)
			fail_msg("'%s': '%s'", rows[i].in, buf_data(&got));
		assert_ptr_equal(o.line.command, &row_attach);
		assert_int_equal(o.line.operands.n, 0);
		buf_fini(&got);
		options_free(&o);
	}
}

/*
 * Command lines of the shape that the extension slurm-connect builds for its proxy:
 * its own options, the session's, then those of salloc.
 */
static void connect_lines(void **state)
{
	static const char salloc[] = "--cpus-per-task=1 --nodes=1 --ntasks-per-node=1 --partition=gpu --time=01:00:00";
	static const struct {
		const char *in, *session, *vain;
		long idle;
	} rows[] = {
		{ "", "default", NULL, 3600 },
		{ "-vv|--log-file=/l", "default", NULL, 3600 },
		{ "--session-key=slurm-login-gpu", "slurm-login-gpu", NULL, 3600 },
		{ "--session-mode=persistent|--session-key=a b/c@|--session-client-id=x-1|--session-idle-timeout=600|--session-state-dir=~/.slurm-connect",
			"a-b-c", NULL, 600 },
		{ "--session-mode=ephemeral|--session-key=.-x-.", "x", NULL, 3600 },
		{ "--session-mode=persistent|--session-key=@@", "default", NULL,
			3600 },
		{ "--session-idle-timeout=0|--session-ready-timeout=300", "default",
			NULL, 0 },
		{ "--ephemeral-exec-server-bypass", "default",
			"ephemeral-exec-server-bypass", 3600 },
		{ "-v|--local-proxy-tunnel|--local-proxy-tunnel-host=h|--local-proxy-tunnel-port=4000|--local-proxy-tunnel-user=u|--local-proxy-auth-user=a|--local-proxy-auth-token=t|--local-proxy-tunnel-timeout=15|--local-proxy-no-proxy=x|--local-proxy-probe-url=u|--local-proxy-probe-token=t|--session-key=k",
			"k", "local-proxy-tunnel", 3600 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *line = mem_printf("%s%s--salloc-arg=--partition=gpu|--salloc-arg=--nodes=1|--salloc-arg=--ntasks-per-node=1|--salloc-arg=--cpus-per-task=1|--salloc-arg=--time=01:00:00",
			rows[i].in, rows[i].in[0] ? "|" : "");
		const struct opt *vain;
		struct buf got = { 0 };
		struct err e = { "" };
		struct options o;

		if (parse(&o, line, "", &e) != 0)
			fail_msg("'%s': %s", line, e.text);
		show(&got, &o);
		assert_string_equal(buf_data(&got), salloc);
		assert_string_equal(o.session.name, rows[i].session);
		assert_int_equal(o.session.idle_timeout, rows[i].idle);
		vain = front_options_in_vain(&o);
		if ((vain == NULL) != (rows[i].vain == NULL) ||
			(vain != NULL && strcmp(vain->name, rows[i].vain) != 0))
			fail_msg("'%s': %s", line, vain ? vain->name : "none");
		buf_fini(&got);
		options_free(&o);
		free(line);
	}
	refuses("--session-idle-timeout=5m", "",
		"--session-idle-timeout: '5m' is not a number of seconds");
	refuses("--session-idle-timeout=600", "[limit]\nidle-timeout = 15m..1h\n",
		"--idle-timeout: '600s' is out of the bounds that /site:2 sets");
	refuses("--session-mode", "", "--session-mode: needs a value");
	refuses("--local-proxy-tunnel=1", "",
		"--local-proxy-tunnel: takes no value");
	refuses("", "session-key = x\n",
		"/site:1: session-key: is an option of a command line alone");
	/* What was short for one of ours is so still. */
	gives("--sess=x|--log=/l", "", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spellings),
		cmocka_unit_test(wrong),
		cmocka_unit_test(sites),
		cmocka_unit_test(keys),
		cmocka_unit_test(variables),
		cmocka_unit_test(own_variables),
		cmocka_unit_test(old_lines),
		cmocka_unit_test(connect_lines),
	};

	return cmocka_run_group_tests_name("sallocline", tests, NULL, NULL);
}
