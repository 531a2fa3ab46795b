/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/timespan.h"

#define BAD (-1)
#define LONG TIMESPAN_TOO_LONG

/* What a parser returned, or else what it read. */
static long got(int ret, long seconds)
{
	return ret != 0 ? ret : seconds;
}

static void lengths(void **state)
{
	static const struct {
		const char *in;
		long units, slurm, either;
	} rows[] = {
		{ "", BAD, BAD, BAD },
		{ "+", BAD, BAD, BAD },
		{ "0", 0, 0, 0 },
		{ "30", 30, 1800, 1800 },
		{ "+30", BAD, BAD, 1800 },
		{ "90s", 90, BAD, 90 },
		{ "5m", 300, BAD, 300 },
		{ "1h30m", 5400, BAD, 5400 },
		{ "+1h30m", BAD, BAD, 5400 },
		{ "2d", 172800, BAD, 172800 },
		{ "2d1h1m1s", 176461, BAD, 176461 },
		{ "1m1h", 3660, BAD, 3660 },
		{ "1h30", BAD, BAD, BAD },
		{ "h", BAD, BAD, BAD },
		{ "1hh", BAD, BAD, BAD },
		{ "1.5h", BAD, BAD, BAD },
		{ "-1h", BAD, BAD, BAD },
		{ "-1", BAD, BAD, BAD },
		{ "1000d", TIMESPAN_MAX, BAD, TIMESPAN_MAX },
		{ "1001d", LONG, BAD, LONG },
		{ "99999999999999999999d1h", LONG, BAD, LONG },
		{ "99999999999999999999x", BAD, BAD, BAD },
		{ "86400001", LONG, 86400001 * 60L, LONG },
		{ "99999999999999999999", LONG, LONG, LONG },
		{ "99999999999999999999-", BAD, LONG, LONG },
		{ "1:99999999999999999999", BAD, LONG, LONG },
		{ "1:30", BAD, 90, 90 },
		{ "1:2:3", BAD, 3723, 3723 },
		{ "1:60", BAD, 120, 120 },
		{ "1-", BAD, 86400, 86400 },
		{ "1-2", BAD, 93600, 93600 },
		{ "1-2:3", BAD, 93780, 93780 },
		{ "1-2:3:4", BAD, 93784, 93784 },
		{ "+1-0", BAD, BAD, 86400 },
		{ "1-2:3:4:5", BAD, BAD, BAD },
		{ "1:2:3:4", BAD, BAD, BAD },
		{ "1:", BAD, BAD, BAD },
		{ ":1", BAD, BAD, BAD },
		{ "1 ", BAD, BAD, BAD },
		{ "1001-0", BAD, 1001 * 86400L, LONG },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		long u = 7, s = 7, x = 7;
		int ret;

		ret = timespan_units(rows[i].in, &u);
		u = got(ret, u);
		ret = timespan_slurm(rows[i].in, &s);
		s = got(ret, s);
		ret = timespan_either(rows[i].in, &x);
		x = got(ret, x);
		if (u != rows[i].units || s != rows[i].slurm ||
			x != rows[i].either)
			fail_msg("'%s': %ld, %ld, %ld", rows[i].in, u, s, x);
	}
}

static void texts(void **state)
{
	static const struct {
		long in;
		const char *want;
	} rows[] = {
		{ 0, "0:00" },
		{ 59, "0:59" },
		{ 245, "4:05" },
		{ 3599, "59:59" },
		{ 3600, "1:00:00" },
		{ 86399, "23:59:59" },
		{ 86400, "1-00:00:00" },
		{ 176645, "2-01:04:05" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_string_equal(timespan_text(rows[i].in).s, rows[i].want);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
