/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "agent/prologue.h"

#define POSIX_END "\n} </dev/null >&2 || echo \"vscode-remote-shell: the prologue has ended with status $?\" >&2\n"

static void says_it_in_the_shells_words(void **state)
{
	static const struct { const char *shell, *command, *want; } rows[] = {
		{ "/bin/bash", "ls", "{ a\nb" POSIX_END "ls" },
		{ "/bin/dash", "", "{ a\nb" POSIX_END "exec /bin/dash" },
		{ "/opt/my shells/zsh", "", "{ a\nb" POSIX_END
			"exec '/opt/my shells/zsh'" },
		{ "/bin/tcsh", "ls", "a\nb\nls" },
		{ "/bin/csh", "", "a\nb\nexec /bin/csh" },
		{ "/usr/bin/fish", "ls",
			"begin\na\nb\nend </dev/null >&2\nls" },
	};
	char a[] = "a", b[] = "b", *words[] = { a, b };
	const struct opt_list two = { 2, words }, none = { 0, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = prologue_command(&two, NULL, rows[i].shell,
			rows[i].command);

		assert_string_equal(got, rows[i].want);
		free(got);
	}
	assert_null(prologue_command(&none, NULL, "/bin/sh", "x"));
	assert_null(prologue_force(&none, NULL, "/bin/sh", "", ""));
}

/* Behind the lines, which may load another PATH. */
static void puts_a_directory_before_path(void **state)
{
	static const struct { const char *shell, *want; } rows[] = {
		{ "/bin/bash", "{ a" POSIX_END "PATH='/x y':$PATH; export PATH\nls" },
		{ "/bin/csh", "a\nsetenv PATH '/x y':${PATH}\nls" },
		{ "/usr/bin/fish", "begin\na\nend </dev/null >&2\n"
			"set -gx PATH '/x y' $PATH\nls" },
	};
	char a[] = "a", *words[] = { a }, *got;
	const struct opt_list one = { 1, words }, none = { 0, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		got = prologue_command(&one, "/x y", rows[i].shell, "ls");
		assert_string_equal(got, rows[i].want);
		free(got);
	}
	got = prologue_command(&none, "/x", "/bin/sh", "");
	assert_string_equal(got, "PATH=/x:$PATH; export PATH\nexec /bin/sh");
	free(got);
}

/* Start-up files of the shell behind it may put others before. */
static void puts_it_there_again(void **state)
{
	static const struct { const char *shell, *want; } rows[] = {
		{ "/bin/bash", "exec /bin/bash --rcfile '/x y'/.bashrc" },
		{ "/usr/bin/fish", "exec /usr/bin/fish -C "
			"'test \"$PATH[1]\" = '\\''/x y'\\''; or set -gx PATH '\\''/x y'\\'' $PATH'" },
		{ "/bin/csh", "exec /bin/csh" },
	};
	char a[] = "a", *words[] = { a }, *got;
	const struct opt_list one = { 1, words }, none = { 0, NULL };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		got = prologue_command(&none, "/x y", rows[i].shell, "");
		assert_string_equal(strstr(got, "exec "), rows[i].want);
		free(got);
	}
	got = prologue_command(&one, NULL, "/bin/bash", "");
	assert_string_equal(strstr(got, "exec "), "exec /bin/bash");
	free(got);
	got = prologue_bashrc("/x y");
	assert_string_equal(got, "test ! -r ~/.bashrc || . ~/.bashrc\n"
		"case $PATH in\n'/x y':*) ;;\n*) PATH='/x y':$PATH ;;\nesac\n");
	free(got);
}

static void a_script_for_sshd(void **state)
{
	char a[] = "it's", *words[] = { a };
	const struct opt_list one = { 1, words };
	char *got = prologue_force(&one, NULL, "/bin/bash", "", "");

	(void)state;
	assert_non_null(strstr(got, "internal-sftp"));
	assert_non_null(strstr(got, "exec /bin/bash -l -c "));
	assert_non_null(strstr(got, "\"$SSH_ORIGINAL_COMMAND\"\n"));
	free(got);
	got = prologue_force(&one, NULL, "/bin/tcsh", "", "");
	assert_null(strstr(got, " -l "));
	free(got);
}

/* What leads into an image stands before whatever runs there. */
static void a_script_for_sshd_and_a_container(void **state)
{
	char a[] = "a", *words[] = { a };
	const struct opt_list one = { 1, words }, none = { 0, NULL };
	char *got = prologue_force(&none, NULL, "/bin/sh", "in I ", "/s/ftp");

	(void)state;
	assert_string_equal(got,
		"case ${SSH_ORIGINAL_COMMAND-} in\ninternal-sftp|internal-sftp\\ *)\n"
		"	exec in I /s/ftp ${SSH_ORIGINAL_COMMAND#internal-sftp} ;;\nesac\n"
		"test -n \"${SSH_ORIGINAL_COMMAND-}\" || exec in I /bin/sh -l\n"
		"exec in I /bin/sh -c ''\"$SSH_ORIGINAL_COMMAND\"\n");
	free(got);
	/* Without a server in there it is one of the node. */
	got = prologue_force(&one, NULL, "/bin/sh", "in I ", "");
	assert_non_null(strstr(got, "test ! -x $p || exec $p "));
	assert_non_null(strstr(got, "|| exec in I /bin/sh -l -c "));
	free(got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_it_in_the_shells_words),
		cmocka_unit_test(puts_a_directory_before_path),
		cmocka_unit_test(puts_it_there_again),
		cmocka_unit_test(a_script_for_sshd),
		cmocka_unit_test(a_script_for_sshd_and_a_container),
	};

	return cmocka_run_group_tests_name("prologue", tests, NULL, NULL);
}
