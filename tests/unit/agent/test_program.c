/* SPDX-License-Identifier: BSD-2-Clause */
/* Which program a front may have started, how it is called, and with what. */
#include "fake.h"

#include <sysexits.h>

#include "agent/container.h"
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

/* The way in, the shell there that sets the rest, and then a shell of the image. */
static void goes_into_a_container(void **state)
{
	static const struct {
		struct shell_request r;
		const char *words;	/* behind those of runtime_begin */
	} rows[] = {
		{ { .kind = KIND_SHELL }, "/x|/|/bin/sh|/bin/sh|-l" },
		{ { .kind = KIND_SHELL, .pty = 1 }, "/x|/|/bin/ash|/bin/ash|-l" },
		{ { .kind = KIND_COMMAND, .command = "a b" },
			"/x|/|/bin/ash|/bin/ash|-l|-c|a b" },
		{ { .kind = KIND_COMMAND, .shell = "/bin/tcsh", .command = "c" },
			"/x|/|/bin/tcsh|/bin/tcsh|-c|c" },
	};
	char enter[] = "/bin/bwrap", mark[] = "--", *words[] = { enter, mark };
	char own[] = "/bin/ash", posix[] = "/bin/sh", sftp[] = "";
	char image[] = "/i";
	const struct runtime runtime = { .name = "r", .is_between = 1 };
	const struct container c = { .found = {
		.runtime = &runtime,
		.enter = { 2, words }, .own_shell = own, .posix_shell = posix,
		.sftp = sftp } };

	(void)state;
	options.container.image = image;
	envlist_set(&agent.env.env, "PATH", "/x");
	envlist_set(&agent.env.env, "LD_PRELOAD", "/y.so");
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct program p;
		struct err e = { "" };
		struct buf b = { 0 };
		size_t n = 2;

		/* Its private directory was made anew, and nothing is known again. */
		agent.env.container = NULL;
		assert_int_equal(program_init(&p, &agent.env, NULL, &rows[i].r, &e), -1);
		assert_int_equal(p.status, EX_TEMPFAIL);
		assert_non_null(strstr(e.text, "connect again"));
		agent.env.container = &c;
		assert_int_equal(program_init(&p, &agent.env, NULL, &rows[i].r, &e), 0);
		assert_string_equal(p.starter.path, "/bin/bwrap");
		assert_string_equal(p.starter.argv[1], "--");
		for (size_t k = 0; runtime_begin[k] != NULL; k++)
			assert_string_equal(p.starter.argv[n++], runtime_begin[k]);
		for (; p.starter.argv[n] != NULL; n++)
			buf_printf(&b, "%s%s", b.len > 0 ? "|" : "",
				p.starter.argv[n]);
		buf_append(&b, "", 1);
		assert_string_equal(buf_data(&b), rows[i].words);
		assert_true(p.is_between);
		assert_null(envlist_get(&p.starter.env, "LD_PRELOAD"));
		buf_fini(&b);
		program_fini(&p);
	}
	options.container.image = NULL;
	agent.env.container = NULL;
	envlist_unset(&agent.env.env, "LD_PRELOAD");
}

/* Whatever the image is, or that there is no way into it. */
static void stays_outside_when_asked(void **state)
{
	struct shell_request r = { .kind = KIND_COMMAND_OUTSIDE, .command = "c" };
	char image[] = "/i";
	struct program p;
	struct err e;

	(void)state;
	options.container.image = image;
	assert_false(program_is_inside(&r));
	assert_false(program_needs_container(&r));
	assert_false(program_is_sshd(&r));
	assert_int_equal(program_init(&p, &agent.env, NULL, &r, &e), 0);
	assert_string_equal(p.starter.path, OWN);
	assert_false(p.is_between);
	program_fini(&p);
	options.container.image = NULL;
}

/* Which is where, waits for the container, and is an sshd. */
static void tells_kinds_apart(void **state)
{
	static const struct { const char *kind; int inside, needs, sshd; } rows[] = {
		{ KIND_SHELL, 1, 1, 0 },
		{ KIND_COMMAND, 1, 1, 0 },
		{ KIND_SSHD, 1, 1, 1 },
		{ KIND_SHELL_OUTSIDE, 0, 0, 0 },
		{ KIND_COMMAND_OUTSIDE, 0, 0, 0 },
		{ KIND_SSHD_OUTSIDE, 0, 0, 1 },
		{ KIND_SHELL_BESIDE, 0, 1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct shell_request r = { .pty = 0 };

		strcpy(r.kind, rows[i].kind);
		assert_int_equal(program_is_inside(&r), rows[i].inside);
		assert_int_equal(program_needs_container(&r), rows[i].needs);
		assert_int_equal(program_is_sshd(&r), rows[i].sshd);
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
		cmocka_unit_test(goes_into_a_container),
		cmocka_unit_test(stays_outside_when_asked),
		cmocka_unit_test(tells_kinds_apart),
	};

	return cmocka_run_group_tests_name("program", tests, group_setup,
		fake_session_end);
}
