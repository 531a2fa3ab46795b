/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "os/procstat.h"

#define REST " 1 2 3 4 -1 6 7 8 9 10 11 12 13 14 -20 16 17 18 987654 20\n"

static const struct row {
	const char *text;
	int rc;
	struct procstat want;
} rows[] = {
	{ "42 (sh) S" REST, 0, { 42, 1, 2, 3, 'S', 987654 } },
	{ "42 () Z" REST, 0, { 42, 1, 2, 3, 'Z', 987654 } },
	{ "42 (a) S 1 1 1 (b) R" REST, 0, { 42, 1, 2, 3, 'R', 987654 } },
	{ "42 (x) R) S" REST, 0, { 42, 1, 2, 3, 'S', 987654 } },
	{ "42 ()) \n S" REST, -1, { 0 } },
	{ "42 (new\nline) S" REST, 0, { 42, 1, 2, 3, 'S', 987654 } },
	{ "1 (a) R 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 "
		"18446744073709551615", 0,
		{ 1, 0, 0, 0, 'R', 18446744073709551615ull } },
	{ "1 (a) R 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0 "
		"18446744073709551616", -1, { 0 } },
	{ "1 (a) R 0 0 0 0 -1 0 0 0 0 0 0 0 0 0 0 0 0 0", -1, { 0 } },
	{ "2147483648 (a) S" REST, -1, { 0 } },
	{ "(a) S" REST, -1, { 0 } },
	{ "42 a S" REST, -1, { 0 } },
	{ "42 (a", -1, { 0 } },
	{ "42 (a)", -1, { 0 } },
	{ "42 (a) S", -1, { 0 } },
	{ "42)", -1, { 0 } },
	{ "42 )", -1, { 0 } },
	{ ")", -1, { 0 } },
	{ "", -1, { 0 } },
	{ "42 (a) S 1x 2 3" REST, -1, { 0 } },
	{ "42 (a) S - 2 3" REST, -1, { 0 } },
};

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char *text = malloc(len ? len : 1);	/* no NUL, for ASan */
		struct procstat st = { 0 };
		struct procuse use;
		int rc;

		memcpy(text, rows[i].text, len);
		rc = procstat_parse_use(text, len, &st, &use);
		free(text);
		if (rc != rows[i].rc)
			fail_msg("row %zu: %d", i, rc);
		if (rc == -1)
			continue;
		assert_int_equal(st.pid, rows[i].want.pid);
		assert_int_equal(st.ppid, rows[i].want.ppid);
		assert_int_equal(st.pgrp, rows[i].want.pgrp);
		assert_int_equal(st.session, rows[i].want.session);
		assert_int_equal(st.state, rows[i].want.state);
		assert_true(st.starttime == rows[i].want.starttime);
	}
}

/* A line that ends before the digits of its start time do not tell it. */
static void cuts_are_refused(void **state)
{
	static const char line[] = "42 (sh) S" REST;
	size_t start = (size_t)(strstr(line, "987654") - line);
	struct procstat st;
	struct procuse use;

	(void)state;
	for (size_t len = 0; len <= start; len++)
		assert_int_equal(procstat_parse_use(line, len, &st, &use), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(cuts_are_refused),
	};

	return cmocka_run_group_tests_name("procstat", tests, NULL, NULL);
}
