/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/patience.h"

static void test_pauses(void **state)
{
	static const int pauses[] = { 1, 2, 4, 8, 10, 10, -1 };
	struct patience p = { 0 };
	long long now = 5000;

	(void)state;
	for (unsigned i = 0; i < sizeof pauses / sizeof *pauses; i++) {
		assert_int_equal(patience_failed(&p, now, 30), pauses[i]);
		now += pauses[i] * 1000LL;
	}
	/* The limit counts from the first failure, whatever a try takes. */
	p = (struct patience){ 0 };
	assert_int_equal(patience_failed(&p, 1, 30), 1);
	assert_int_equal(patience_left(&p, 10001, 30), 20);
	assert_int_equal(patience_failed(&p, 30000, 30), 2);
	assert_int_equal(patience_failed(&p, 30001, 30), -1);
	assert_int_equal(patience_left(&p, 99999, 30), 0);
}

static void test_none(void **state)
{
	struct patience p = { 0 };

	(void)state;
	assert_int_equal(patience_failed(&p, 7, 0), -1);
}

static void test_tells(void **state)
{
	struct patience p = { 0 };

	(void)state;
	assert_true(patience_tells(&p, 100));
	assert_false(patience_tells(&p, 101));
	assert_false(patience_tells(&p, 100 + PATIENCE_TELL_MS - 1));
	assert_true(patience_tells(&p, 100 + PATIENCE_TELL_MS));
	assert_false(patience_tells(&p, 101 + PATIENCE_TELL_MS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pauses),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_tells),
	};

	return cmocka_run_group_tests_name("patience", tests, NULL, NULL);
}
