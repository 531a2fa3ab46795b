/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/countdown.h"

enum { WARN = 1, SIGNAL = 2, END = 4 };

static const struct countdown_point points[] = {
	{ 900, WARN }, { 300, WARN }, { 60, WARN }, { 60, SIGNAL }, { 0, END },
};
#define N (sizeof points / sizeof points[0])

struct step {
	long long left;
	unsigned due;
	long long wait;
};

static void follow(long long start, const struct step *steps, size_t n)
{
	struct countdown c;

	countdown_start(&c, start);
	for (size_t i = 0; i < n; i++) {
		long long wait;
		unsigned due = countdown_due(&c, points, N, steps[i].left,
			&wait);

		if (due != steps[i].due || wait != steps[i].wait)
			fail_msg("from %lld, step %zu: %u, %lld", start, i,
				due, wait);
	}
}
#define FOLLOW(start, ...) do { \
	const struct step steps[] = { __VA_ARGS__ }; \
	follow(start, steps, sizeof steps / sizeof steps[0]); \
} while (0)

static void does_each_once(void **state)
{
	(void)state;
	FOLLOW(1000, { 1000, 0, 100 }, { 901, 0, 1 }, { 900, WARN, 600 },
		{ 900, 0, 600 }, { 800, 0, 500 }, { 299, WARN, 239 },
		{ 60, WARN | SIGNAL, 60 }, { 59, 0, 59 }, { 0, END, -1 },
		{ -5, 0, -1 });
}

static void leaves_out_what_does_not_fit(void **state)
{
	(void)state;
	FOLLOW(300, { 300, 0, 240 }, { 60, WARN | SIGNAL, 60 });
	FOLLOW(30, { 30, 0, 30 }, { -1, END, -1 });
	FOLLOW(0, { 0, 0, -1 });
}

/* Stopped for a long time, it does at once what it has missed. */
static void catches_up(void **state)
{
	(void)state;
	FOLLOW(1000, { 1000, 0, 100 }, { 50, WARN | SIGNAL, 50 },
		{ -9, END, -1 });
}

/* An end that moves a little does not make anything due again. */
static void is_not_shaken(void **state)
{
	(void)state;
	FOLLOW(1000, { 900, WARN, 600 }, { 910, 0, 610 }, { 899, 0, 599 },
		{ 301, 0, 1 }, { 299, WARN, 239 }, { 301, 0, 241 },
		{ 300, 0, 240 });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(does_each_once),
		cmocka_unit_test(leaves_out_what_does_not_fit),
		cmocka_unit_test(catches_up),
		cmocka_unit_test(is_not_shaken),
	};

	return cmocka_run_group_tests_name("countdown", tests, NULL, NULL);
}
