/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/span.h"

static const struct {
	long seconds;
	const char *want;
} rows[] = {
	{ -5, "0 seconds" },
	{ 0, "0 seconds" },
	{ 1, "1 second" },
	{ 59, "59 seconds" },
	{ 60, "1 minute" },
	{ 61, "1 minute 1 second" },
	{ 89, "1 minute 29 seconds" },
	{ 90, "2 minutes" },
	{ 299, "5 minutes" },
	{ 300, "5 minutes" },
	{ 900, "15 minutes" },
	{ 3599, "1 hour" },
	{ 3600, "1 hour" },
	{ 3660, "1 hour 1 minute" },
	{ 7500, "2 hours 5 minutes" },
	{ 86400, "1 day" },
	{ 86460, "1 day" },
	{ 90000, "1 day 1 hour" },
	{ 10 * 86400 + 7200, "10 days 2 hours" },
};

static void says_spans(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(span_words(rows[i].seconds).text,
			rows[i].want);
	/* Whatever it is, it fits. */
	(void)span_words(LONG_MAX - 60);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_spans),
	};

	return cmocka_run_group_tests_name("span", tests, NULL, NULL);
}
