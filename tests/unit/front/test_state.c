/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What fronts leave for each other in the state directory: scope.HOST,
 * ended.SESSION.NAME, a job's "asked", and folders of jobs that are no more.
 */
#include "fake.h"

#include <errno.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "front/cmd/command.h"
#include "front/job/aside.h"
#include "front/job/asked.h"
#include "front/job/folders.h"
#include "front/job/jobs.h"
#include "front/job/kept.h"
#include "front/job/scope.h"
#include "front/job/stale.h"
#include "front/job/stays.h"
#include "opt/optval.h"

#define DAY 86400L

static void set(char **option, const char *value)
{
	free(*option);
	*option = mem_strdup(value);
}

static void scope_is_kept_for_the_host(void **state)
{
	char scope[SCOPE_MAX];

	(void)state;
	assert_int_equal(scope_known(&front.inv, scope), 0);
	scope_learn(&front.inv, "");
	assert_int_equal(scope_known(&front.inv, scope), 0);
	scope_learn(&front.inv, "cluster1");
	assert_int_equal(scope_known(&front.inv, scope), 1);
	assert_string_equal(scope, "cluster1");
	/* Another launcher, or configuration, tells of other jobs. */
	setenv("SLURM_CONF", "/elsewhere", 1);
	assert_int_equal(scope_known(&front.inv, scope), 0);
	unsetenv("SLURM_CONF");
	set(&front.opt.job.launcher, "another");
	assert_int_equal(scope_known(&front.inv, scope), 0);
	assert_string_equal(scope, "");
	assert_true(scope_may_be("", "a") && scope_may_be("a", "") &&
		scope_may_be("a", "a"));
	assert_false(scope_may_be("a", "b"));
}

/* Words that mean the same are the same, in any order and spelling. */
static void asked_has_one_spelling(void **state)
{
	static const char *const words[2][5] = {
		{ "-p", "gpu", "--time=60", "--odd" },
		{ "--odd", "-t60", "--partition=gpu" },
	};
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	struct opt_list a, b;
	struct err e;
	char text[128];
	int fd = openat(front.inv.state_fd, ".", O_RDONLY | O_DIRECTORY);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct options o;

		options_init(&o, OPT_PROGRAM);
		for (int k = 0; words[i][k] != NULL; k++)
			assert_int_equal(optset_set(&o.set, optset_row(&o.set,
				&o.job.salloc_args), words[i][k], &typed, &e),
				0);
		asked_of(i == 0 ? &a : &b, &o);
		options_free(&o);
	}
	assert_int_equal(a.n, 3);
	assert_string_equal(asked_name(&a).s, asked_name(&b).s);
	assert_int_equal(strlen(asked_name(&a).s), 16);
	asked_beyond(&a, &b, text, sizeof text);
	assert_string_equal(text, "none");
	/* The later of two counts, and is another list. */
	asked_put(&b, mem_strdup("--salloc-arg=--time=70"));
	assert_int_equal(b.n, 3);
	assert_string_not_equal(asked_name(&a).s, asked_name(&b).s);
	asked_beyond(&b, &a, text, sizeof text);
	assert_string_equal(text, "--time=70");
	/* What is read is what was written. */
	assert_int_equal(asked_write(fd, &b, &e), 0);
	optlist_free(&a);
	assert_int_equal(asked_read(fd, &a, &e), 0);
	assert_string_equal(asked_name(&a).s, asked_name(&b).s);
	optlist_free(&a);
	optlist_free(&b);
	fake_file("state/asked", "option=--time=1\n");
	assert_int_equal(asked_read(fd, &a, &e), -1);
	close(fd);
}

/* The name of the mark that a session's end has left, or "". */
static const char *mark_name(void)
{
	static char name[128];
	char *cmd = mem_printf("cd %s/state && echo ended.*", fake_dir);
	FILE *p = popen(cmd, "r");

	name[0] = '\0';
	if (fgets(name, sizeof name, p) == NULL)
		name[0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	pclose(p);
	free(cmd);
	return strchr(name, '*') == NULL ? name : "";
}

/* A client whose window is open tries again and again. */
static void an_ended_session_stays_so(void **state)
{
	char why[128];

	(void)state;
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 0);
	stays_ended(&front.inv, "cancelled");
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 1);
	assert_string_equal(why, "cancelled");
	/* A try each 89 s is refused, and one after 90 s is none. */
	fake_age(mark_name(), 89);
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 1);
	fake_age(mark_name(), 89);
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 1);
	fake_age(mark_name(), 91);
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 0);
	assert_string_equal(mark_name(), "");
}

/* Whoever asks for something else, or by a command, means it. */
static void other_options_start_one(void **state)
{
	static char *words[] = { "--time=5" };
	char why[128];

	(void)state;
	stays_ended(&front.inv, "cancelled");
	front.opt.job.salloc_args = (struct opt_list){ .n = 1, .word = words };
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 0);
	front.opt.job.salloc_args = (struct opt_list){ 0 };
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 1);
	set(&front.opt.session.name, "other");
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 0);
	/* A dot in a name makes it no part of another's. */
	stays_forget(&front.inv);
	set(&front.opt.session.name, "default");
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 1);
	stays_forget(&front.inv);
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 0);
}

static void junk_refuses_nobody(void **state)
{
	static const char *const rows[] = { "", "junk\n\n", "reason=x\n\n",
		"since=9223372036854775807\nreason=x\n\n",
		"since=-1\nreason=x\n\n", "since=1\nreason=x\n" };
	char why[128], name[160];

	(void)state;
	stays_ended(&front.inv, "cancelled");
	snprintf(name, sizeof name, "state/%s", mark_name());
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		fake_file(name, rows[i]);
		assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 0);
	}
}

/* Another looks while the mark has the first of its two writes. */
static void half_written_it_refuses_and_is_kept(void **state)
{
	char why[128], name[160];

	(void)state;
	stays_ended(&front.inv, "cancelled");
	snprintf(name, sizeof name, "state/%s", mark_name());
	fake_file(name, "since=0\nreason=x\n\n");
	assert_int_equal(stays_refuses(&front.inv, why, sizeof why), 1);
	assert_string_equal(why, "x");
	assert_string_not_equal(mark_name(), "");
}

#define A "000000000000000a"
#define B "000000000000000b"

static void folders_are_found_by_session(void **state)
{
	struct folders all;

	(void)state;
	fake_folder(A, "default", "", 1);
	fake_folder(B, "default", "", 2);
	fake_folder("000000000000000c", "other", "", 3);
	fake_folder("000000000000000d", "default", "", 0);	/* not there yet */
	fake_age(A "/secret", 100);
	fake_file("state/000000000000000e/endpoint", "");
	folders_find(&all, &front.inv, "default");
	assert_int_equal(all.n, 2);
	assert_string_equal(all.row[0].tag, B);
	assert_string_equal(all.row[1].tag, A);
	folders_of_scope(&all, "elsewhere");
	assert_int_equal(all.n, 0);
	folders_fini(&all);
	folders_find(&all, &front.inv, NULL);
	assert_int_equal(all.n, 3);
	folders_fini(&all);
	set(&front.opt.job.launcher, "another");
	folders_find(&all, &front.inv, NULL);
	assert_int_equal(all.n, 0);
	folders_fini(&all);
}

static void age(const char *tag, long seconds)
{
	char name[64];

	snprintf(name, sizeof name, "%s/about", tag);
	fake_age(name, seconds);
	fake_age(tag, seconds);
}

static int is_there(const char *name)
{
	return faccessat(front.inv.state_fd, name, F_OK, 0) == 0;
}

/* Only of jobs that this launcher would have named, and not of new ones. */
static void sweeps_what_is_no_more(void **state)
{
	static const struct {
		const char *tag, *scope;
		long age;
		int goes;
	} rows[] = {
		{ "0000000000000001", "here", 3 * 3600, 1 },
		{ "0000000000000002", "here", 3600, 0 },	/* young */
		{ "0000000000000003", "here", 3 * 3600, 0 },	/* alive */
		{ "0000000000000004", "there", 3 * 3600, 0 },
	};
	struct jobs live = { .scope = "here" };
	struct job job = { .id = "3", .tag = "0000000000000003" };
	pid_t pid;

	(void)state;
	live.n = 1;
	live.job = &job;
	for (size_t i = 0; i < 4; i++) {
		fake_folder(rows[i].tag, "default", "", 1);
		if (strcmp(rows[i].scope, "here") != 0) {
			char *name = mem_printf("state/%s/about", rows[i].tag);
			char *text = mem_printf("session=default\nlauncher=%s\nscope=%s\n\n",
				front.opt.job.launcher, rows[i].scope);

			fake_file(name, text);
			free(text);
			free(name);
		}
		age(rows[i].tag, rows[i].age);
	}
	/* Of one that wrote a log that stays for a week. */
	fake_folder("0000000000000005", "default", "", 1);
	fake_file("state/0000000000000005/agent.log", "why it failed\n");
	age("0000000000000005", 3 * 3600);
	pid = stale_sweep(&front.inv, &live);
	assert_int_not_equal(pid, -1);
	aside_wait(pid);
	FAKECLOCK_WAIT(front.inv.base, waitpid(pid, NULL, WNOHANG) == -1);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(!is_there(rows[i].tag), rows[i].goes);
	assert_true(is_there("0000000000000005/agent.log"));
	assert_true(is_there("0000000000000005/about"));
	assert_false(is_there("0000000000000005/secret"));
}

static int told, told_bad;

static void told_cb(int bad, void *arg)
{
	(void)arg;
	told++;
	told_bad = bad;
}

/* Who comes with other options is told, once the launcher finds them good. */
static void kept_tells_what_differs(void **state)
{
	static const struct opt_origin typed = { OPT_BY_COMMAND_LINE, NULL };
	struct opt_list then = { 0 };
	struct err e;
	struct kept *k;
	char *path;
	int fd;

	(void)state;
	told = 0;
	fake_folder(A, "default", "", 1);
	path = mem_printf("%s/state/" A, fake_dir);
	fd = open(path, O_RDONLY | O_DIRECTORY);
	asked_put(&then, mem_strdup("--salloc-arg=--time=60"));
	assert_int_equal(asked_write(fd, &then, &e), 0);
	/* Who gives none wants none changed. */
	k = kept_new(&front.inv, SESSION_START, "17", A, asked_name(&then).s, told_cb,
		NULL);
	assert_int_equal(told, 1);
	kept_free(k);
	assert_int_equal(optset_set(&front.opt.set, optset_row(&front.opt.set,
		&front.opt.job.salloc_args), "--time=5", &typed, &e), 0);
	fake_launcher("check", "\n");
	k = kept_new(&front.inv, SESSION_START, "17", A, asked_name(&then).s, told_cb,
		NULL);
	FAKECLOCK_WAIT(front.inv.base, told == 2);
	assert_false(told_bad);
	assert_string_equal(fake_launcher_request("check"),
		"option=--time=5\ntimeout=2\n\n");
	assert_non_null(strstr(fakelog_told(),
		"asked for now: --time=5; then: --time=60; "));
	kept_free(k);
	/* A word that is none is an error, whatever runs. */
	fake_launcher("check", "bad=unknown option '--tim'\n\n");
	k = kept_new(&front.inv, SESSION_START, "17", A, asked_name(&then).s, told_cb,
		NULL);
	FAKECLOCK_WAIT(front.inv.base, told == 3);
	assert_true(told_bad);
	assert_string_equal(fakelog_told(), "unknown option '--tim'\n");
	kept_free(k);
	optlist_free(&then);
	close(fd);
	free(path);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_front_begin, \
	fake_front_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scope_is_kept_for_the_host),
		TEST(asked_has_one_spelling),
		TEST(an_ended_session_stays_so),
		TEST(other_options_start_one),
		TEST(junk_refuses_nobody),
		TEST(half_written_it_refuses_and_is_kept),
		TEST(folders_are_found_by_session),
		TEST(sweeps_what_is_no_more),
		TEST(kept_tells_what_differs),
	};

	return cmocka_run_group_tests_name("state", tests, NULL, NULL);
}
