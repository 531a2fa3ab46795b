/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "os/timetext.h"

static void writes_moments(void **state)
{
	(void)state;
	assert_string_equal(timetext(TIMETEXT_MINUTES, 0).s,
		"1970-01-01 00:00");
	assert_string_equal(timetext(TIMETEXT_SECONDS, 1795892969).s,
		"2026-11-28 19:09:29");
	assert_string_equal(timetext(TIMETEXT_ISO, 253402300799).s,
		"9999-12-31T23:59:59");
}

/* localtime_r(3) has no answer to these. */
static void survives_what_no_calendar_has(void **state)
{
	(void)state;
	assert_string_equal(timetext(TIMETEXT_MINUTES, LONG_MAX).s, "?");
	assert_string_equal(timetext(TIMETEXT_SECONDS, LONG_MAX / 2).s, "?");
	assert_string_equal(timetext(TIMETEXT_ISO, LONG_MIN).s, "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_moments),
		cmocka_unit_test(survives_what_no_calendar_has),
	};

	setenv("TZ", "UTC0", 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
