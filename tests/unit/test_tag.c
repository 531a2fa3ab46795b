/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/tag.h"

static void knows_a_tag(void **state)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "0123456789abcdef", 1 },
		{ "0000000000000000", 1 },
		{ "0123456789ABCDEF", 0 },	/* another folder's name */
		{ "0123456789abcde", 0 },
		{ "0123456789abcdef0", 0 },
		{ "0123456789abcdeg", 0 },
		{ "0123456789abcde\n", 0 },
		{ " 123456789abcdef", 0 },
		{ "0x23456789abcdef", 0 },
		{ "../../../../../x", 0 },
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (tag_is_valid(rows[i].text) != rows[i].want)
			fail_msg("'%s' is not %d", rows[i].text, rows[i].want);
}

#define TEN "0123456789"
#define SIXTY TEN TEN TEN TEN TEN TEN

static void knows_a_session(void **state)
{
	static const struct {
		const char *text;
		int want;
	} rows[] = {
		{ "default", 1 },
		{ "a", 1 },
		{ "7", 1 },
		{ "A.b_c-9", 1 },
		{ "-", 1 },
		{ "--all", 1 },
		{ "_", 1 },
		{ "a.", 1 },
		{ "a..b", 1 },
		{ SIXTY "1234", 1 },
		{ SIXTY "12345", 0 },
		{ "", 0 },
		{ ".", 0 },
		{ "..", 0 },
		{ ".hidden", 0 },
		{ "a/b", 0 },
		{ "a b", 0 },
		{ "a\n", 0 },
		{ "a:b", 0 },
		{ "a%j", 0 },
		{ "\xc3\xa4", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (tag_is_name(rows[i].text) != rows[i].want)
			fail_msg("'%s' is not %d", rows[i].text, rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_tag),
		cmocka_unit_test(knows_a_session),
	};

	return cmocka_run_group_tests_name("tag", tests, NULL, NULL);
}
