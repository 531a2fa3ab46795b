/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/number.h"

#define NONE (-99)

static const struct {
	const char *in;
	long min, max, want;
} rows[] = {
	{ "0", 0, 10, 0 },
	{ "10", 0, 10, 10 },
	{ "007", 0, 10, 7 },
	{ "11", 0, 10, NONE },
	{ "4", 5, 10, NONE },
	{ "5", 5, 10, 5 },
	{ "", 0, 10, NONE },
	{ "+1", 0, 10, NONE },
	{ "-1", 0, 10, NONE },
	{ " 1", 0, 10, NONE },
	{ "1 ", 0, 10, NONE },
	{ "1\n", 0, 10, NONE },
	{ "1e1", 0, 10, NONE },
	{ "0x1", 0, 10, NONE },
	{ "1.0", 0, 10, NONE },
	{ "\xd9\xa1", 0, 10, NONE },
	{ "9223372036854775807", 0, LONG_MAX, LONG_MAX },
	{ "9223372036854775808", 0, LONG_MAX, NONE },
	{ "18446744073709551615", 0, LONG_MAX, NONE },
	{ "18446744073709551616", 0, LONG_MAX, NONE },
	{ "18446744073709551617", 0, 10, NONE },
	{ "99999999999999999999999999999999999999", 0, LONG_MAX, NONE },
	{ "1", 0, 0, NONE },
	{ "0", 0, 0, 0 },
	{ "1", -5, -1, NONE },
};

static void reads_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		long n = NONE;
		int ret = number_read(rows[i].in, rows[i].min, rows[i].max,
			&n);

		assert_int_equal(ret, rows[i].want == NONE ? -1 : 0);
		assert_int_equal(n, rows[i].want);
	}
}

static void takes_no_more_than_there_is(void **state)
{
	const char text[] = "12345", *at = text;
	unsigned long long n = 7;

	(void)state;
	assert_int_equal(number_take(&at, text, 9, &n), -1);
	assert_int_equal(number_take(&at, text + 3, 122, &n), -1);
	assert_ptr_equal(at, text);
	assert_int_equal(n, 7);
	assert_int_equal(number_take(&at, text + 3, 123, &n), 0);
	assert_ptr_equal(at, text + 3);
	assert_int_equal(n, 123);
	at = "18446744073709551615,";
	assert_int_equal(number_take(&at, at + 21, ULLONG_MAX, &n), 0);
	assert_true(n == ULLONG_MAX && *at == ',');
}

struct record {
	long a, b, c;
};

static void reads_a_record(void **state)
{
	static const struct number_row table[] = {
		{ "a", offsetof(struct record, a), 1, 9, 0 },
		{ "b", offsetof(struct record, b), 0, 99, -1 },
		{ "c", offsetof(struct record, c), 0, 99, -1 },
	};
	static const char good[] = "c=99\na=1\n\n", bad[] = "a=0\nb=x\nc=7\n\n";
	struct err e = { "" };
	struct record r;
	struct kv kv;

	(void)state;
	assert_true(kv_parse(&kv, good, sizeof good - 1, 0, &e) > 0);
	assert_int_equal(number_rows(table, 3, &kv, &r, &e), 0);
	assert_int_equal(r.a, 1);
	assert_int_equal(r.b, -1);
	assert_int_equal(r.c, 99);
	kv_fini(&kv);
	assert_true(kv_parse(&kv, bad, sizeof bad - 1, 0, &e) > 0);
	assert_int_equal(number_rows(table, 3, &kv, &r, &e), -1);
	assert_string_equal(e.text, "a=0 is not a number from 1 to 9");
	assert_int_equal(r.a, 0);
	assert_int_equal(r.b, -1);
	assert_int_equal(r.c, 7);
	kv_fini(&kv);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_numbers),
		cmocka_unit_test(takes_no_more_than_there_is),
		cmocka_unit_test(reads_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
