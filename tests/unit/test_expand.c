/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/expand.h"

static void tokens(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "[PID]", "42" },
		{ "a[PID]b", "a42b" },
		{ "[PID][PID]/x[PID].log", "4242/x42.log" },
		{ "[pid]", "[pid]" },
		{ "[PID", "[PID" },
		{ "[[PID]]", "[42]" },
		{ "[P[PID]ID]", "[P42ID]" },
		{ "[DATE]", "[DATE]" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = expand_token(rows[i].in, "[PID]", "42");

		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

static void home(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "", "" },
		{ "~", "/home/a" },
		{ "~/", "/home/a/" },
		{ "~/x/~", "/home/a/x/~" },
		{ "~bob/x", "~bob/x" },
		{ "/tmp/~/x", "/tmp/~/x" },
		{ "x~", "x~" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = expand_home(rows[i].in, "/home/a");

		assert_string_equal(got, rows[i].want);
		free(got);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tokens),
		cmocka_unit_test(home),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
