/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program a front may have started, how it is called, and with what. */
#include "fake.h"

#include "agent/program.h"

#define OWN "/own/zsh"
#define POSIX "/bin/dash"

static void chooses_the_shell(void **state)
{
	static const struct {
		struct shell_request r;
		const char *path, *argv[5];
		const char *shell, *term;	/* of its environment */
	} rows[] = {
		/* An editor's script comes: no terminal, no command. */
		{ { .kind = KIND_SHELL }, POSIX, { "-dash" }, OWN, NULL },
		{ { .kind = KIND_SHELL, .pty = 1, .term = "xterm" }, OWN,
			{ "-zsh" }, OWN, "xterm" },
		{ { .kind = KIND_SHELL, .pty = 1 }, OWN, { "-zsh" }, OWN,
			"dumb" },
		{ { .kind = KIND_COMMAND, .command = "a b" }, OWN,
			{ "-zsh", "-c", "a b" }, OWN, NULL },
		{ { .kind = KIND_SHELL, .shell = OWN }, OWN, { "-zsh" }, OWN,
			NULL },
		{ { .kind = KIND_SHELL, .shell = "/other/fish" },
			"/other/fish", { "-fish" }, "/other/fish", NULL },
		/* Not the passwd entry's: it must not believe that it is. */
		{ { .kind = KIND_COMMAND, .shell = "/x/bash", .command = "c" },
			"/x/bash", { "bash", "-l", "-c", "c" }, "/x/bash",
			NULL },
		{ { .kind = KIND_SHELL, .shell = "/pw/bash" }, "/pw/bash",
			{ "-bash" }, "/pw/bash", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct program p;
		struct err e;
		const char *got;
		int n = 0;

		assert_int_equal(program_init(&p, &agent.env, NULL, &rows[i].r, &e), 0);
		assert_string_equal(p.starter.path, rows[i].path);
		for (; rows[i].argv[n] != NULL; n++)
			assert_string_equal(p.starter.argv[n], rows[i].argv[n]);
		assert_null(p.starter.argv[n]);
		assert_int_equal(p.starter.stdio, rows[i].r.pty ?
			STARTER_TERMINAL : STARTER_PIPES);
		assert_string_equal(envlist_get(&p.starter.env, "SHELL"),
			rows[i].shell);
		got = envlist_get(&p.starter.env, "TERM");
		if (rows[i].term == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].term);
		program_fini(&p);
	}
}

/* What -e sets and takes away is put upon the session's. */
static void changes_the_environment(void **state)
{
	struct shell_request r = { .kind = KIND_SHELL };
	struct program p;
	struct err e;

	(void)state;
	buf_append(&r.env, "HERE\0A=1\0TERM=t", 16);
	assert_int_equal(program_init(&p, &agent.env, NULL, &r, &e), 0);
	assert_null(envlist_get(&p.starter.env, "HERE"));
	assert_string_equal(envlist_get(&p.starter.env, "A"), "1");
	assert_string_equal(envlist_get(&p.starter.env, "TERM"), "t");
	program_fini(&p);
	shell_request_fini(&r);
}

static void knows_its_kinds(void **state)
{
	static const struct {
		struct shell_request r;
		const char *why;
	} rows[] = {
		{ { .kind = "sesame" }, "\"sesame\"" },
		{ { .kind = "shell", .command = "x" }, "no command" },
		{ { .kind = "command" }, "no command" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct program p;
		struct err e = { "" };

		assert_int_equal(program_init(&p, &agent.env, NULL, &rows[i].r, &e), -1);
		assert_non_null(strstr(e.text, rows[i].why));
	}
}

static int group_setup(void **state)
{
	if (fake_session_begin(state) == -1)
		return -1;
	strcpy(agent.env.own_shell, OWN);
	strcpy(agent.env.posix_shell, POSIX);
	agent.job.user.shell = (char *)(uintptr_t)OWN;
	agent.job.user.passwd_shell = (char *)(uintptr_t)"/pw/bash";
	envlist_set(&agent.env.env, "HERE", "here");
	envlist_set(&agent.env.env, "SHELL", OWN);
	envlist_set(&agent.env.env, "TERM", "of the job");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chooses_the_shell),
		cmocka_unit_test(changes_the_environment),
		cmocka_unit_test(knows_its_kinds),
	};

	return cmocka_run_group_tests_name("program", tests, group_setup,
		fake_session_end);
}
