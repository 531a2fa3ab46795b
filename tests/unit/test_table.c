/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/table.h"

/* Rows of words between '|', as a table with these columns. */
static void check(const char *align, const char *in, const char *want)
{
	struct buf got = { 0 };
	struct table t;
	char word[64];

	table_init(&t, align);
	for (size_t len; *in != '\0'; in += len + (in[len] == '|')) {
		len = strcspn(in, "|");
		memcpy(word, in, len);
		word[len] = '\0';
		table_add(&t, word);
	}
	table_write(&t, &got);
	buf_append(&got, "", 1);
	assert_string_equal(buf_data(&got), want);
	buf_fini(&got);
	table_fini(&t);
}

static void aligns(void **state)
{
	(void)state;
	check("lrl", "", "");
	check("l", "a", "a\n");
	check("r", "a|bcd", "  a\nbcd\n");
	check("lrl", "NAME|JOBID|WHERE|a|7|node1|longer|12345678|n",
		"NAME      JOBID WHERE\n"
		"a             7 node1\n"
		"longer 12345678 n\n");
	check("ll", "\u00e4\u00f6|b|cde|f", "\u00e4\u00f6  b\ncde f\n");
	/* an empty cell, and foreign bytes */
	check("ll", "a||b", "a -\n");
	check("ll", "a\x1b[2J|b|c|d", "a\\033[2J b\nc        d\n");
	/* a row that is not whole is left out */
	check("ll", "a|b|c", "a b\n");
}

static void null_and_numbers(void **state)
{
	struct buf got = { 0 };
	struct table t;

	(void)state;
	table_init(&t, "rl");
	table_add(&t, NULL);
	table_addf(&t, "%d%s", 4, "G");
	table_write(&t, &got);
	buf_append(&got, "", 1);
	assert_string_equal(buf_data(&got), "- 4G\n");
	buf_fini(&got);
	table_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aligns),
		cmocka_unit_test(null_and_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
