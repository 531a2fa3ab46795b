/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "front/job/takeback.h"

/* The whole product: of all of it only jobs that wait are ever ended. */
static void test_product(void **state)
{
	unsigned ended = 0;

	(void)state;
	for (int n = 0; n < 4 * 2 * 2 * 3; n++) {
		const struct takeback_facts f = {
			.job = n % 4, .ours = n / 4 % 2, .anybodys = n / 8 % 2,
			.others = n / 16,
		};
		const char *why = "not set";
		enum takeback what = takeback_decide(&f, &why);

		if (f.job == TAKEBACK_NONE) {
			assert_int_equal(what, TAKEBACK_LEAVE);
		} else if (f.job == TAKEBACK_WAITS && (f.ours || f.anybodys) &&
			f.others == TAKEBACK_NOBODY) {
			assert_int_equal(what, TAKEBACK_END);
			ended++;
		} else {
			assert_int_equal(what, TAKEBACK_STAYS);
			assert_non_null(why);
			assert_string_not_equal(why, "not set");
		}
	}
	assert_int_equal(ended, 3);
}

static void test_reasons(void **state)
{
	static const struct {
		struct takeback_facts f;
		const char *why;
	} rows[] = {
		{ { TAKEBACK_RUNS, 1, 1, TAKEBACK_NOBODY }, "it runs" },
		{ { TAKEBACK_UNKNOWN, 1, 1, TAKEBACK_NOBODY },
			"the scheduler does not say how it stands" },
		{ { TAKEBACK_WAITS, 0, 0, TAKEBACK_NOBODY },
			"another connection submitted it" },
		{ { TAKEBACK_WAITS, 1, 0, TAKEBACK_SOMEBODY },
			"others wait for it" },
		{ { TAKEBACK_WAITS, 0, 1, TAKEBACK_CANNOT_TELL },
			"its folder does not tell who else waits for it" },
	};
	const char *why;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(takeback_decide(&rows[i].f, &why),
			TAKEBACK_STAYS);
		assert_string_equal(why, rows[i].why);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *word;
		enum takeback_job job;
	} rows[] = {
		{ "pending", TAKEBACK_WAITS },
		{ "configuring", TAKEBACK_WAITS },
		{ "running", TAKEBACK_RUNS },
		{ "suspended", TAKEBACK_RUNS },
		{ "completing", TAKEBACK_NONE },
		{ "ended", TAKEBACK_NONE },
		{ "", TAKEBACK_UNKNOWN },
		{ "PENDING", TAKEBACK_UNKNOWN },
		{ "of a later version", TAKEBACK_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_int_equal(takeback_job(rows[i].word), rows[i].job);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_product),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
