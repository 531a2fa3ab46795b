/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command tries for minutes when a daemon is gone, and says nothing meanwhile. So
 * when one is slow, munged is looked at, and `scontrol ping` finds out beside it
 * whether a slurmctld answers at all; and none is waited for longer than whoever
 * started this program waits for it, less what it takes to tell why.
 */
#include "launch/slurmcli/cli_ask.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/munge.h"
#include "launch/slurmcli/cli_says.h"
#include "launch/slurmcli/cli_words.h"
#include "launch/slurmconf.h"
#include "os/clock.h"
#include "os/secret.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))
#define SLOW_MS 1000	/* until a command is slow */

static long long limit_ms = 25000;	/* for each command */

void cli_ask_patience(long seconds)
{
	limit_ms = seconds * 1000LL * 5 / 6;
}

static int cli_ask_fail(struct cli_failure *f, const char *class,
	const char *text, int makes_job)
{
	f->class = class;
	err_set(&f->e, "%s%s", text, makes_job &&
		strcmp(class, "unavailable") == 0 ?
		"; the job may have been made all the same" : "");
	return -1;
}

/* It is slow: look for the reason. -1 with e set, or the ping runs. */
static int look_for_reason(struct tool *ping, char *const *env, struct err *e)
{
	static char *const argv[] = {
		(char *)(uintptr_t)"scontrol", (char *)(uintptr_t)"ping", NULL
	};

	if (munge_look(NULL, e) == -1)
		return -1;
	/* Without it the limit of the command tells. */
	cli_tool_start(ping, argv, env, NULL, NULL);
	return 0;
}

static int says_down(struct tool *ping, struct err *e)
{
	char host[128];

	if (cli_tool_runs(ping) || !cli_says_down(&ping->out, host, sizeof host))
		return 0;
	err_set(e, "slurmctld (%s) does not answer", host);
	return 1;
}

/* One that tries again by itself has said why. */
static int took_too_long(struct tool *t, struct err *e)
{
	const long long seconds = (limit_ms + 999) / 1000;
	char why[512];

	cli_tool_stop(t);
	cli_says_why(&t->err, why, sizeof why);
	if (why[0] != '\0')
		return err_set(e, "%s: %s; given up after %lld s", t->name, why,
			seconds);
	return err_set(e, "no answer from slurmctld or munged within %lld s",
		seconds);
}

/* Until both have ended. -1 with e set: Slurm cannot be asked. */
static int wait_for(struct tool *t, struct tool *beside, char *const *env,
	struct err *e)
{
	const long long begin = clock_ms();
	const long long end = begin + limit_ms;
	const long long slow = limit_ms < SLOW_MS ? end : begin + SLOW_MS;
	struct tool ping = { .pid = -1, .fd = { -1, -1, -1 } };
	struct tool *const all[] = { t, beside, &ping };
	int is_slow = 0, ret = 0;

	while (ret == 0 && (cli_tool_runs(t) || cli_tool_runs(beside))) {
		cli_tool_wait(all, 3, is_slow ? end : slow);
		if (!is_slow && clock_ms() >= slow) {
			is_slow = 1;
			ret = look_for_reason(&ping, env, e);
		} else if (is_slow && says_down(&ping, e)) {
			ret = -1;
		} else if (clock_ms() >= end) {
			ret = took_too_long(t, e);
		}
	}
	cli_tool_fini(&ping);
	cli_tool_stop(t);
	if (beside != NULL)
		cli_tool_stop(beside);
	return ret;
}

static void keep_words(const struct tool *t, struct cli_failure *f)
{
	if (t->err.len > 0)
		snprintf(f->words, sizeof f->words, "%.*s", (int)t->err.len,
			buf_data(&t->err));
}

/* It has ended, and not well. */
static int why_not(struct tool *t, int makes_job, struct cli_failure *f)
{
	char why[512], text[1024];
	const char *class;

	cli_says_why(&t->err, why, sizeof why);
	keep_words(t, f);
	if (t->too_much) {
		snprintf(text, sizeof text, "%s says more than is believed",
			t->name);
		return cli_ask_fail(f, "internal", text, makes_job);
	}
	class = why[0] == '\0' ? "internal" : cli_says_class(why);
	if (why[0] == '\0')
		snprintf(text, sizeof text, "%s ended badly and said nothing",
			t->name);
	else if (strstr(why, CLI_SAYS_LOADER) != NULL)
		snprintf(text, sizeof text, "%s cannot be run: %s; it must find its libraries without LD_LIBRARY_PATH, which is not given to a job",
			t->name, why);
	else if (strcmp(class, "config") == 0)
		snprintf(text, sizeof text, "Slurm's configuration cannot be used: %s; looked for: %s",
			why, slurmconf_where());
	else if (strcmp(class, "refused") == 0 || strcmp(class, "gone") == 0)
		snprintf(text, sizeof text, "%s", why);
	else
		snprintf(text, sizeof text, "%s: %s", t->name, why);
	return cli_ask_fail(f, class, text, makes_job);
}

/* e tells why that command does not start: mostly that there is none. */
static void tell_where(const char *name, struct err *e)
{
	char *gone = mem_printf("%s: %s", name, strerror(ENOENT));
	char host[HOST_NAME_MAX + 1] = "this host";

	if (strcmp(e->text, gone) == 0) {
		gethostname(host, sizeof host - 1);
		err_set(e, "%s is not in PATH on %s; add Slurm's bin directory to PATH in ~/.bashrc",
			name, host);
	}
	free(gone);
}

static int cli_ask_start(struct tool *t, char *const *argv, char *const *env,
	struct buf *in, struct cli_failure *f)
{
	f->words[0] = '\0';
	f->class = "config";
	if (slurmconf_look(&f->e) == -1)
		return -1;
	if (cli_tool_start(t, argv, env, in, &f->e) == -1) {
		tell_where(argv[0], &f->e);
		return -1;
	}
	return 0;
}

/* t, and what runs beside it, NULL or not. */
static int cli_ask_end(struct tool *t, struct tool *beside, char *const *env,
	int makes_job, struct cli_failure *f)
{
	struct err e;

	if (wait_for(t, beside, env, &e) == -1) {
		keep_words(t, f);
		return cli_ask_fail(f, "unavailable", e.text, makes_job);
	}
	return cli_tool_is_good(t) ? 0 : why_not(t, makes_job, f);
}

int cli_ask(struct tool *t, char *const *argv, char *const *env,
	struct buf *in, int makes_job, struct cli_failure *f)
{
	*t = (struct tool){ .pid = -1, .fd = { -1, -1, -1 } };
	if (cli_ask_start(t, argv, env, in, f) == -1)
		return -1;
	return cli_ask_end(t, NULL, env, makes_job, f);
}

/* Never fewer than there are: who knows of none starts another. */
static int take_jobs(struct cli_list *list, struct buf *out, const char *seal,
	struct cli_failure *f)
{
	if (cli_list_read(list, out, seal) == 0)
		return 0;
	cli_list_fini(list);
	return cli_ask_fail(f, "internal", "squeue does not answer as --Format has it; is there a wrapper of that name in PATH?",
		0);
}

int cli_ask_jobs(struct cli_list *list, int is_local, int all_users,
	struct buf *config, struct cli_failure *f)
{
	char *user = mem_printf("--user=%u", (unsigned)getuid());
	char seal[17], *fields, *format;
	const char *argv[] = { "squeue", "--noheader", "--all", "--states=all",
		is_local ? "--local" : "--federation", NULL, NULL, NULL };
	const char *about[] = { "scontrol", "show", "config", NULL };
	struct tool t = { .pid = -1, .fd = { -1, -1, -1 } }, beside = t;
	struct envlist env;
	int ret;

	*list = (struct cli_list){ 0 };
	secret_tag(seal);
	fields = cli_list_format(seal);
	format = mem_printf("--Format=%s", fields);
	argv[ELEMENTS(argv) - 3] = format;
	argv[ELEMENTS(argv) - 2] = all_users ? NULL : user;
	cli_words_plain_env(&env, environ);
	ret = cli_ask_start(&t, (char *const *)argv, env.list, NULL, f);
	if (ret == 0 && config != NULL)
		cli_tool_start(&beside, (char *const *)about, env.list,
			NULL, NULL);
	if (ret == 0)
		ret = cli_ask_end(&t, &beside, env.list, 0, f);
	if (ret == 0)
		ret = take_jobs(list, &t.out, seal, f);
	if (ret == 0 && config != NULL && cli_tool_is_good(&beside)) {
		*config = beside.out;
		beside.out = (struct buf){ 0 };
	}
	cli_tool_fini(&beside);
	cli_tool_fini(&t);
	envlist_fini(&env);
	free(format);
	free(fields);
	free(user);
	return ret;
}

int cli_ask_plainly(struct tool *t, char *const *argv,
	struct cli_failure *f)
{
	struct envlist env;
	int ret;

	cli_words_plain_env(&env, environ);
	ret = cli_ask(t, argv, env.list, NULL, 0, f);
	envlist_fini(&env);
	return ret;
}

int cli_ask_cluster(char *name, size_t size, struct cli_failure *f)
{
	const char *argv[] = { "scontrol", "show", "config", NULL };
	struct tool t;
	int ret;

	slurmconf_cluster(name, size);
	if (name[0] != '\0')
		return 0;
	ret = cli_ask_plainly(&t, (char *const *)argv, f);
	if (ret == 0)
		cli_list_setting(&t.out, "ClusterName", name, size);
	cli_tool_fini(&t);
	return ret;
}

int cli_ask_change(char *const *argv, struct cli_failure *f)
{
	struct tool t;
	int ret;

	ret = cli_ask_plainly(&t, argv, f);
	/* scancel does not take a job that is gone for a failure. */
	if (ret == 0) {
		const size_t len = t.err.len;
		char why[512];

		cli_says_why(&t.err, why, sizeof why);
		t.err.len = len;
		if (strcmp(cli_says_class(why), "gone") == 0)
			ret = why_not(&t, 0, f);
	}
	cli_tool_fini(&t);
	return ret;
}
