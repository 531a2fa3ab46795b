/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "launch/never.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

#define NONE 0
#define RESOURCES 3
#define TIME_LIMIT 5
#define CONSTRAINTS 21

struct look {
	long at;
	int reason;		/* -1: it does not wait */
	const char *partition;
	int never;
};

static void walk(const struct look *looks, size_t n)
{
	struct never never = { 0 };

	for (size_t i = 0; i < n; i++) {
		const struct look *l = &looks[i];
		const struct jobstate_text *why = l->reason == -1 ? NULL :
			jobstate_reason((uint32_t)l->reason,
			JOBSTATE_RELEASE(24, 5));
		const char *change = never_look(&never, why, l->partition,
			l->at);

		assert_int_equal(change != NULL, l->never);
		if (change != NULL)
			assert_ptr_equal(change, why->change);
	}
}

static void test_stands(void **state)
{
	static const struct look looks[] = {
		{ 1000, NONE, "a", 0 },
		{ 1003, TIME_LIMIT, "a", 0 },
		{ 1013, TIME_LIMIT, "a", 0 },
		{ 1032, TIME_LIMIT, "a", 0 },
		{ 1033, TIME_LIMIT, "a", 1 },
		{ 1063, TIME_LIMIT, "a", 1 },
	};

	(void)state;
	walk(looks, ELEMENTS(looks));
}

/* Whatever comes between, the time begins anew. */
static void test_between(void **state)
{
	static const struct look between[] = {
		{ 15, RESOURCES, "a", 0 },
		{ 15, NONE, "a", 0 },
		{ 15, CONSTRAINTS, "a", 0 },
		{ 15, -1, "a", 0 },
		{ 15, TIME_LIMIT, "a,b", 0 },
		{ 15, TIME_LIMIT, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(between); i++) {
		const struct look looks[] = {
			{ 0, TIME_LIMIT, "a", 0 },
			between[i],
			{ 31, TIME_LIMIT, "a", 0 },
			{ 60, TIME_LIMIT, "a", 0 },
			{ 61, TIME_LIMIT, "a", 1 },
			between[i],
			{ 70, TIME_LIMIT, "a", 0 },
		};

		walk(looks, ELEMENTS(looks));
	}
}

/* Of a job that may run in another partition the reason says nothing. */
static void test_partitions(void **state)
{
	static const struct {
		const char *partition;
		int never;
	} rows[] = {
		{ "a", 1 }, { "a-b.c", 1 }, { "a,b", 0 }, { ",a", 0 },
		{ "", 0 }, { NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct look looks[] = {
			{ 0, TIME_LIMIT, rows[i].partition, 0 },
			{ 30, TIME_LIMIT, rows[i].partition, rows[i].never },
			{ 999, TIME_LIMIT, rows[i].partition, rows[i].never },
		};

		walk(looks, ELEMENTS(looks));
	}
}

/* What others use, or what is down, passes. */
static void test_may_start(void **state)
{
	static const struct look looks[] = {
		{ 0, RESOURCES, "a", 0 },
		{ 9999, RESOURCES, "a", 0 },
	};

	(void)state;
	walk(looks, ELEMENTS(looks));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stands),
		cmocka_unit_test(test_between),
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_may_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
