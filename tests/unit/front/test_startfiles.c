/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "editor/posixshell.h"
#include "front/startfiles.h"

static void explains(void **state)
{
	static const struct {
		const char *path;
		int given;
		const char *begin, *part;
	} rows[] = {
		{ "/bin/bash", 0, "most likely the first there is of "
			"~/.bash_profile, ~/.bash_login and ~/.profile",
			"; `bash -lx </dev/null` on" },
		{ "/opt/bin/bash", 1, "most likely the first",
			"; `/opt/bin/bash -lx </dev/null` on" },
		{ "/bin/sh", 0, "most likely ~/.profile or /etc/profile",
			"`sh -lx <" },
		{ "/bin/zsh", 0, "most likely ~/.zshenv, ~/.zprofile",
			"`zsh -lx <" },
		{ "/site/with modules", 1, "it is '/site/with modules', which "
			"--shell names, and what that starts or reads",
			"`sh -x '/site/with modules' <" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf out = { 0 };

		startfiles_explain(&out, rows[i].path, rows[i].given);
		buf_append(&out, "", 1);
		if (strncmp(buf_data(&out), rows[i].begin,
			strlen(rows[i].begin)) != 0 ||
			strstr(buf_data(&out), rows[i].part) == NULL)
			fail_msg("%s: %s", rows[i].path, buf_data(&out));
		buf_fini(&out);
	}
}

/* Each shell that an agent starts by itself has its files told. */
static void knows_all(void **state)
{
	static const char *const names[] = { "sh", "bash", "rbash", "dash",
		"ash", "ksh", "ksh93", "mksh", "zsh", "yash" };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct buf out = { 0 };

		assert_true(posixshell_is(names[i]));
		startfiles_explain(&out, names[i], 0);
		buf_append(&out, "", 1);
		if (strstr(buf_data(&out), "most likely ") == NULL)
			fail_msg("%s: %s", names[i], buf_data(&out));
		buf_fini(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(explains),
		cmocka_unit_test(knows_all),
	};

	return cmocka_run_group_tests_name("startfiles", tests, NULL, NULL);
}
