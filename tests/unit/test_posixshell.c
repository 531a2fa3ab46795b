/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "editor/posixshell.h"

static void knows_posix_shells(void **state)
{
	static const struct {
		const char *path;
		int want;
	} rows[] = {
		{ "/bin/sh", 1 },
		{ "/usr/bin/bash", 1 },
		{ "bash", 1 },
		{ "/opt/x y/zsh", 1 },
		{ "/bin/ksh93", 1 },
		{ "/bin/dash", 1 },
		{ "/bin/tcsh", 0 },
		{ "/bin/csh", 0 },
		{ "/usr/bin/fish", 0 },
		{ "/sbin/nologin", 0 },
		{ "/bin/false", 0 },
		{ "/bin/bash/", 0 },
		{ "/bash/fish", 0 },
		{ "/bin/bash5", 0 },
		{ "/bin/xbash", 0 },
		{ "", 0 },
		{ "/", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (posixshell_is(rows[i].path) != rows[i].want)
			fail_msg("'%s'", rows[i].path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_posix_shells),
	};

	return cmocka_run_group_tests_name("posixshell", tests, NULL, NULL);
}
