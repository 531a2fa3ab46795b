/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/rate.h"

static const struct {
	long long now;
	int allowed;
} rows[] = {	/* three at once, then one each 100 ms */
	{ 1000, 1 }, { 1000, 1 }, { 1000, 1 }, { 1000, 0 }, { 1050, 0 },
	{ 1099, 0 }, { 1100, 1 }, { 1100, 0 }, { 1300, 1 }, { 1300, 1 },
	{ 1300, 0 }, { 9000, 1 }, { 9000, 1 }, { 9001, 1 }, { 9002, 0 },
};

static void allows_so_many(void **state)
{
	struct rate r = { 0 };
	unsigned refused = 0;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rate_allows(&r, rows[i].now, 3, 100) != rows[i].allowed)
			fail_msg("row %zu", i);
		refused += !rows[i].allowed;
		assert_int_equal(r.refused, refused);
	}
}

/* However often it is asked for. */
static void has_a_bound(void **state)
{
	struct rate r = { 0 };
	int n = 0;

	(void)state;
	for (long long now = 5; now < 5 + 60 * 1000; now++)
		n += rate_allows(&r, now, 20, 1000);
	assert_in_range(n, 79, 80);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allows_so_many),
		cmocka_unit_test(has_a_bound),
	};

	return cmocka_run_group_tests_name("rate", tests, NULL, NULL);
}
