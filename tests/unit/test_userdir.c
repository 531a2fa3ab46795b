/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/tmpdir.h"
#include "os/userdir.h"

#define NO_SUCH_UID 1234567

static char *top;

static char *at(const char *name)
{
	static char path[512];

	snprintf(path, sizeof path, "%s/%s", top, name);
	return path;
}

static void set(const char *name, const char *value)
{
	if (value != NULL)
		setenv(name, value, 1);
	else
		unsetenv(name);
}

static void init(struct userdir *u)
{
	struct err e;

	if (userdir_init(u, &e) == -1)
		fail_msg("%s", e.text);
}

static void believes_a_home_of_ours(void **state)
{
	const struct passwd *pw = getpwuid(geteuid());
	struct userdir u;

	(void)state;
	setenv("HOME", top, 1);
	init(&u);
	assert_string_equal(u.home, top);
	assert_string_equal(u.name, pw->pw_name);
	assert_string_equal(u.shell, pw->pw_shell);
	userdir_fini(&u);
	assert_null(u.home);

	static const char *const wrong[] = { "relative", "/nonexistent", "",
		"/proc/1" };
	for (size_t i = 0; i < 3 + (getuid() != 0); i++) {
		setenv("HOME", wrong[i], 1);
		init(&u);
		assert_string_equal(u.home, pw->pw_dir);
		userdir_fini(&u);
	}
	unsetenv("HOME");
	init(&u);
	assert_string_equal(u.home, pw->pw_dir);
	userdir_fini(&u);
}

/* A container may know nobody of our uid. */
static void lives_without_a_passwd_entry(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (getuid() != 0) {
		print_message("# skipped: needs root to be somebody else\n");
		return;
	}
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		struct userdir u;
		struct err e;

		if (setuid(NO_SUCH_UID) == -1)
			_exit(1);
		unsetenv("HOME");
		if (userdir_init(&u, &e) == 0)
			_exit(2);
		setenv("HOME", "/tmp", 1);	/* not ours, but all there is */
		if (userdir_init(&u, &e) == -1)
			_exit(3);
		_exit(strcmp(u.name, "uid1234567") != 0 ||
			strcmp(u.home, "/tmp") != 0 ||
			strcmp(u.shell, "/bin/sh") != 0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* HOME, USER, SHELL as set, or unset when NULL, and what becomes of them. */
static void in_a_job_the_submission_wins(void **state)
{
	const struct passwd *pw = getpwuid(geteuid());
	const struct {
		const char *home, *user, *shell;
		const char *want_home, *want_name, *want_shell;
	} table[] = {
		{ "/nowhere/at/all", "eve", "/opt/bin/fish",
			"/nowhere/at/all", "eve", "/opt/bin/fish" },
		/* Not ours, but the user's choice. */
		{ "/", "eve", "/bin/sh", "/", "eve", "/bin/sh" },
		{ NULL, NULL, NULL, pw->pw_dir, pw->pw_name, pw->pw_shell },
		{ "relative", "", "sh", pw->pw_dir, pw->pw_name,
			pw->pw_shell },
	};

	(void)state;
	unsetenv("LOGNAME");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
		struct userdir u;
		struct err e;

		set("HOME", table[i].home);
		set("USER", table[i].user);
		set("SHELL", table[i].shell);
		assert_int_equal(userdir_of_job(&u, &e), 0);
		assert_string_equal(u.home, table[i].want_home);
		assert_string_equal(u.name, table[i].want_name);
		assert_string_equal(u.shell, table[i].want_shell);
		assert_string_equal(u.passwd_shell, pw->pw_shell);
		userdir_fini(&u);
	}
}

static void names_the_state_directory(void **state)
{
	struct userdir u = { .home = (char *)"/home/me" };
	static const struct {
		const char *env, *want;
	} rows[] = {
		{ "/s", "/s/vscode-remote-shell" },
		{ "", "/home/me/.local/state/vscode-remote-shell" },
		{ "rel", "/home/me/.local/state/vscode-remote-shell" },
	};
	char *path;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		setenv("XDG_STATE_HOME", rows[i].env, 1);
		path = userdir_state(&u);
		assert_string_equal(path, rows[i].want);
		free(path);
	}
	unsetenv("XDG_STATE_HOME");
	path = userdir_state(&u);
	assert_string_equal(path, rows[1].want);
	free(path);
}

static void runtime_is_private(void **state)
{
	struct err e = { "" };
	struct stat st;
	char *path;

	(void)state;
	setenv("XDG_RUNTIME_DIR", top, 1);
	for (int i = 0; i < 2; i++) {		/* made, then found */
		path = userdir_runtime(0, &e);
		assert_non_null(path);
		assert_string_equal(path, at("vscode-remote-shell"));
		assert_int_equal(lstat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0700);
		free(path);
	}
	assert_int_equal(chmod(at("vscode-remote-shell"), 0750), 0);
	assert_null(userdir_runtime(0, &e));
	assert_non_null(strstr(e.text, "mode 0750"));
	assert_int_equal(rmdir(at("vscode-remote-shell")), 0);
	assert_int_equal(symlink(top, at("vscode-remote-shell")), 0);
	assert_null(userdir_runtime(0, &e));
	assert_non_null(strstr(e.text, "not a directory"));
	if (getuid() != 0)
		return;
	assert_int_equal(unlink(at("vscode-remote-shell")), 0);
	assert_int_equal(mkdir(at("vscode-remote-shell"), 0700), 0);
	assert_int_equal(chown(at("vscode-remote-shell"), 65534, 0), 0);
	assert_null(userdir_runtime(0, &e));
	assert_non_null(strstr(e.text, "owned by uid 65534"));
}

/* Without a good $XDG_RUNTIME_DIR it is in /tmp. */
static void runtime_falls_back(void **state)
{
	char want[64];
	struct err e = { "" };
	struct stat st;
	char *path;
	int was_there;

	(void)state;
	snprintf(want, sizeof want, "/tmp/vscode-remote-shell-%u", geteuid());
	was_there = lstat(want, &st) == 0;
	assert_int_equal(chmod(top, 0755), 0);	/* others may look in */
	setenv("XDG_RUNTIME_DIR", top, 1);
	path = userdir_runtime(0, &e);
	if (path == NULL)
		fail_msg("%s", e.text);
	assert_string_equal(path, want);
	free(path);
	setenv("XDG_RUNTIME_DIR", "/nonexistent", 1);
	path = userdir_runtime(0, &e);
	assert_string_equal(path, want);
	free(path);
	if (!was_there)
		rmdir(want);
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	top = tmpdir_make("/tmp", &e);
	return top == NULL;
}

static int teardown(void **state)
{
	struct err e;
	int rc = tmpdir_remove(top, &e);

	(void)state;
	free(top);
	return rc;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(believes_a_home_of_ours),
		T(lives_without_a_passwd_entry),
		T(in_a_job_the_submission_wins),
		T(names_the_state_directory),
		T(runtime_is_private),
		T(runtime_falls_back),
	};

	return cmocka_run_group_tests_name("userdir", tests, NULL, NULL);
}
