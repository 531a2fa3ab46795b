/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pure/clienthello.h"

static const struct {
	const char *in;
	size_t len, want;
} rows[] = {
	{ "", 0, 6 },
	{ "\x16", 1, 6 },
	{ "\x16\x03\x01", 3, 6 },
	{ "\x16\x03\x01\x01\x00", 5, 6 },
	{ "\x16\x03\x01\x01\x00\x01", 6, 261 },
	{ "\x16\x03\x03\x00\x28\x01zz", 8, 45 },
	{ "\x16\x03\x01\x0f\xfb\x01", 6, 4096 },
	{ "\x16\x03\x01\x0f\xfc\x01", 6, 0 },
	{ "\x16\x03\x01\xff\xff\x01", 6, 0 },
	{ "\x16\x03\x01\x00\x27\x01", 6, 0 },
	{ "\x16\x03\x01\x00\x00\x01", 6, 0 },
	{ "\x16\x03\x01\x01\x00\x02", 6, 0 },	/* a ServerHello */
	{ "\x15\x03\x01\x00\x02\x01", 6, 0 },	/* an alert */
	{ "\x16\x02", 2, 0 },
	{ "GET / HTTP/1.0\r\n", 16, 0 },
	{ "S", 1, 0 },
	{ "\0", 1, 0 },
};

static void knows_a_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (clienthello_length(rows[i].in, rows[i].len) !=
			rows[i].want)
			fail_msg("row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_frame),
	};

	return cmocka_run_group_tests_name("clienthello", tests, NULL, NULL);
}
