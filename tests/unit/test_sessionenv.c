/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/sessionenv.h"

#define W(word) (char[]){ word }

/* A name that the row is about; to be freed. */
static char *name_of(const struct sessionenv_row *r)
{
	size_t len = strlen(r->name);
	char *name = malloc(len + 4);

	assert_non_null(name);
	snprintf(name, len + 4, "%s", r->name);
	if (name[len - 1] == '*')
		snprintf(name + len - 1, 5, "ANY");
	return name;
}

/* Through both steps: what does the job have, what do shells? */
static void every_row_acts(void **state)
{
	(void)state;
	for (const struct sessionenv_row *r = sessionenv_rows; r->name; r++) {
		struct envlist job = { 0 }, shell = { 0 };
		char *name = name_of(r), word[256];
		char *const login[] = { W("A=1"), word, NULL };

		snprintf(word, sizeof word, "%s=x=y", name);
		assert_true(strlen(r->reason) > 0);
		sessionenv_of_login(&job, login);
		sessionenv_of_job(&shell, job.list);
		assert_string_equal(envlist_get(&job, "A"), "1");
		assert_string_equal(envlist_get(&shell, "A"), "1");
		switch (r->action) {
		case SESSIONENV_STAYS:
			assert_int_equal(job.n, 1);
			break;
		case SESSIONENV_CARRIED:
			assert_null(envlist_get(&job, name));
			assert_int_equal(job.n, 2);
			assert_string_equal(envlist_get(&shell, name), "x=y");
			assert_int_equal(shell.n, 2);
			break;
		case SESSIONENV_JOBS:
			assert_string_equal(envlist_get(&job, name), "x=y");
			assert_int_equal(shell.n, 1);
			break;
		case SESSIONENV_NODES:
			assert_string_equal(envlist_get(&job, name), "x=y");
			assert_string_equal(envlist_get(&shell, name), "x=y");
			break;
		}
		sessionenv_drop_node(&shell);
		if (r->action == SESSIONENV_NODES || r->of_node)
			assert_null(envlist_get(&shell, name));
		assert_string_equal(envlist_get(&shell, "A"), "1");
		free(name);
		envlist_fini(&job);
		envlist_fini(&shell);
	}
}

/* Of the job, of an editor and of the user, in a container as outside. */
static void a_container_has_the_rest(void **state)
{
	char *const have[] = { W("SLURM_JOB_ID=1"), W("CUDA_VISIBLE_DEVICES=0"),
		W("VRS_RUNTIME_DIR=/r"), W("PATH=/x"),
		W("ENVIRONMENT=x"), W("TMPDIR=/t"), NULL };
	struct envlist env = { 0 };

	(void)state;
	envlist_put_all(&env, have);
	envlist_put(&env, "LD_PRELOAD=/x.so");
	envlist_put(&env, "LD_LIBRARY_PATH=/x");
	envlist_put(&env, "ENV=/x");
	sessionenv_drop_node(&env);
	assert_int_equal(env.n, 6);
	for (size_t i = 0; i < env.n; i++)
		assert_string_equal(env.list[i], have[i]);
	envlist_fini(&env);
}

static void all_else_passes(void **state)
{
	char *const login[] = { W("TMPDIR2=/x"), W("_X=1"), W("MY_LD_PATH=2"),
		W("SLURM_TIME_FORMAT=relative"), W("SLURM_MEM_PER_CPUS=3"),
		W("SSH_ASKPASS=/bin/ask"), W("BASH_FUNC_ml%%=() {  eval \"a\nb\";\n}"),
		W("EMPTY="), NULL };
	struct envlist job = { 0 }, shell = { 0 };
	size_t n = sizeof login / sizeof *login - 1;

	(void)state;
	sessionenv_of_login(&job, login);
	sessionenv_of_job(&shell, job.list);
	assert_int_equal(job.n, n);
	assert_int_equal(shell.n, n);
	for (size_t i = 0; i < n; i++) {
		assert_string_equal(job.list[i], login[i]);
		assert_string_equal(shell.list[i], login[i]);
	}
	envlist_fini(&job);
	envlist_fini(&shell);
}

/* Typed in a job: what Slurm has told that one is not for another. */
static void another_job_keeps_its_own(void **state)
{
	char *const login[] = { W("SLURM_NTASKS=8"), W("A=1"),
		W("SLURM_JOB_ID=7"), W("SLURMD_NODENAME=c1"), NULL };
	struct envlist job = { 0 };

	(void)state;
	sessionenv_of_login(&job, login);
	assert_int_equal(job.n, 1);
	assert_string_equal(job.list[0], "A=1");
	envlist_fini(&job);
}

static void the_node_wins_over_what_was_carried(void **state)
{
	char *const login[] = { W("LD_LIBRARY_PATH=/login"), NULL };
	struct envlist job = { 0 }, shell = { 0 };

	(void)state;
	sessionenv_of_login(&job, login);
	envlist_put(&job, "LD_LIBRARY_PATH=/node");
	sessionenv_of_job(&shell, job.list);
	assert_int_equal(shell.n, 1);
	assert_string_equal(shell.list[0], "LD_LIBRARY_PATH=/node");
	envlist_fini(&shell);
	envlist_fini(&job);
}

/* Only what is carried by a row comes out again, whatever a job has. */
static void nothing_else_is_carried(void **state)
{
	char *const job[] = { W("VSCODE_REMOTE_SHELL_CARRIED_HOME=/x"),
		W("VSCODE_REMOTE_SHELL_CARRIED_=/x"),
		W("VSCODE_REMOTE_SHELL_CARRIED_LD_X"), NULL };
	struct envlist shell = { 0 };

	(void)state;
	sessionenv_of_job(&shell, job);
	assert_int_equal(shell.n, 0);
	envlist_fini(&shell);
}

static void sets_its_own(void **state)
{
	(void)state;
	for (int i = 0; i < SESSIONENV_OWN_COUNT; i++) {
		struct envlist env = { 0 };

		assert_non_null(sessionenv_own_names[i]);
		sessionenv_set(&env, i, "v");
		assert_string_equal(envlist_get(&env, sessionenv_own_names[i]),
			"v");
		envlist_fini(&env);
	}
}

/* VS Code keeps variables of its own prefix from them. */
static void terminals_of_vscode_have_what_they_need(void **state)
{
	static const enum sessionenv_own needed[] = { SESSIONENV_OWN_RUNTIME_DIR,
		SESSIONENV_OUTBOUND, SESSIONENV_COVERED };

	(void)state;
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		assert_int_not_equal(strncmp(sessionenv_own_names[needed[i]],
			"VSCODE_", 7), 0);
}

static void knows_what_is_passed_in_vain(void **state)
{
	static const char socket[] = "it names a socket of the login node";
	static const char display[] = "it names a display that only the login node reaches";
	static const struct {
		const char *name, *value, *want;
	} rows[] = {
		{ "SSH_AUTH_SOCK", "/tmp/x", socket },
		{ "SSH_AUTH_SOCK", NULL, socket },
		{ "WAYLAND_DISPLAY", "wayland-0", socket },
		{ "DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/x", socket },
		{ "GPG_AGENT_INFO", "/tmp/x:1:1", socket },
		{ "DISPLAY", NULL, display },
		{ "DISPLAY", ":0", display },
		{ "DISPLAY", "localhost:10.0", display },
		{ "DISPLAY", "unix:0", display },
		{ "DISPLAY", "127.0.0.1:0", display },
		{ "DISPLAY", "[::1]:0", display },
		{ "DISPLAY", "/private/tmp/x:0", display },
		{ "DISPLAY", "desk.example:0", NULL },
		{ "DISPLAY", "", NULL },
		/* These stay, too, but nobody says that they are useless. */
		{ "TERM", "xterm", NULL },
		{ "XAUTHORITY", "/home/a/.Xauthority", NULL },
		{ "HOME", "/home/a", NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = sessionenv_vain(rows[i].name, rows[i].value);

		if (got == NULL && rows[i].want == NULL)
			continue;
		assert_non_null(got);
		assert_non_null(rows[i].want);
		assert_string_equal(got, rows[i].want);
	}
}

static void tells_programs_a_proxy(void **state)
{
	static const char *const set[] = { "http_proxy", "HTTP_PROXY",
		"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" };
	static const char *const direct[] = { "no_proxy", "NO_PROXY" };
	struct envlist env = { 0 };

	(void)state;
	/* A site's own stays, and is the only one. */
	for (size_t i = 0; i < sizeof set / sizeof *set; i++) {
		envlist_set(&env, set[i], "site");
		assert_int_equal(sessionenv_set_proxies(&env, "ours", "near"),
			0);
		assert_int_equal(env.n, 1);
		sessionenv_drop_proxies(&env);
		assert_int_equal(env.n, 0);
	}
	assert_int_equal(sessionenv_set_proxies(&env, "ours", "near"), 1);
	assert_int_equal(env.n, SESSIONENV_PROXIES);
	for (size_t i = 0; i < sizeof set / sizeof *set; i++)
		assert_string_equal(envlist_get(&env, set[i]), "ours");
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(envlist_get(&env, direct[i]), "near");
	sessionenv_drop_proxies(&env);
	assert_int_equal(env.n, 0);
	/* What a site says to need none needs none still. */
	envlist_set(&env, "NO_PROXY", "site");
	assert_int_equal(sessionenv_set_proxies(&env, "ours", "near"), 1);
	assert_string_equal(envlist_get(&env, "NO_PROXY"), "site,near");
	assert_string_equal(envlist_get(&env, "no_proxy"), "site,near");
	sessionenv_drop_proxies(&env);
	envlist_set(&env, "NO_PROXY", "");
	envlist_set(&env, "no_proxy", "small");
	assert_int_equal(sessionenv_set_proxies(&env, "ours", "near"), 1);
	assert_string_equal(envlist_get(&env, "NO_PROXY"), "small,near");
	assert_string_equal(envlist_get(&env, "no_proxy"), "small,near");
	assert_string_equal(envlist_get(&env, "http_proxy"), "ours");
	envlist_fini(&env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_programs_a_proxy),
		cmocka_unit_test(every_row_acts),
		cmocka_unit_test(a_container_has_the_rest),
		cmocka_unit_test(all_else_passes),
		cmocka_unit_test(another_job_keeps_its_own),
		cmocka_unit_test(the_node_wins_over_what_was_carried),
		cmocka_unit_test(nothing_else_is_carried),
		cmocka_unit_test(sets_its_own),
		cmocka_unit_test(terminals_of_vscode_have_what_they_need),
		cmocka_unit_test(knows_what_is_passed_in_vain),
	};

	return cmocka_run_group_tests_name("sessionenv", tests, NULL, NULL);
}
