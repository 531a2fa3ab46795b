/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/turn.h"

#define MANY 100

static int a, b;	/* two streams */

static void bulk_turns(struct turn *t, const void *who, int n)
{
	while (n-- > 0)
		assert_true(turn_took(t, who, turn_budget(t)));
}

static void is_short_at_first(void **state)
{
	struct turn t = { 0 };

	(void)state;
	assert_int_equal(turn_budget(&t), TURN_SHORT);
	assert_false(turn_took(&t, &a, 1));
	assert_false(turn_took(&t, &a, TURN_SHORT - 1));
	assert_true(turn_took(&t, &a, TURN_SHORT));
	assert_int_equal(turn_budget(&t), TURN_SHORT);
}

static void is_long_for_bulk_alone(void **state)
{
	struct turn t = { 0 };

	(void)state;
	bulk_turns(&t, &a, MANY);
	assert_int_equal(turn_budget(&t), TURN_LONG);
	/* Its own answers, and other bulk, do not count as somebody else. */
	assert_false(turn_took(&t, &a, 1));
	assert_int_equal(turn_budget(&t), TURN_LONG);
	bulk_turns(&t, &b, 1);
	assert_int_equal(turn_budget(&t), TURN_LONG);
	/* A short read of bulk is not bulk, but was no small turn of another. */
	assert_false(turn_took(&t, &b, TURN_SHORT - 1));
	assert_int_equal(turn_budget(&t), TURN_LONG);
}

static void is_short_beside_another(void **state)
{
	struct turn t = { 0 };
	int turns = 0;

	(void)state;
	bulk_turns(&t, &a, MANY);
	turn_took(&t, &b, 1);
	assert_int_equal(turn_budget(&t), TURN_SHORT);
	/* One that comes again and again keeps it so. */
	for (int i = 0; i < MANY; i++) {
		bulk_turns(&t, &a, 6);
		assert_int_equal(turn_budget(&t), TURN_SHORT);
		turn_took(&t, &b, 1);
	}
	/* When it has gone the turns are long again, within a few MB. */
	while (turn_budget(&t) == TURN_SHORT && turns++ < MANY)
		bulk_turns(&t, &a, 1);
	assert_in_range((size_t)turns * TURN_SHORT, 1, 4 << 20);
}

static void keeps_little_of_many(void **state)
{
	struct turn t = { 0 };
	size_t first = 0, second = 0;

	(void)state;
	bulk_turns(&t, &a, MANY);
	turn_held(&t, &first, TURN_HELD - 1);
	assert_int_equal(turn_budget(&t), TURN_LONG);
	assert_int_equal(turn_full(&t), QUEUE_FULL);
	turn_held(&t, &second, 1);
	assert_int_equal(turn_budget(&t), TURN_LEAST);
	assert_int_equal(turn_full(&t), TURN_LEAST);
	/* Such a turn is bulk, and nothing that another waits behind. */
	assert_false(turn_took(&t, &b, TURN_LEAST - 1));
	bulk_turns(&t, &a, MANY);
	turn_held(&t, &first, 0);
	assert_int_equal(turn_full(&t), QUEUE_FULL);
	assert_int_equal(turn_budget(&t), TURN_LONG);
	turn_held(&t, &second, 0);
	assert_int_equal(t.held, 0);
}

static void fills_frames(void **state)
{
	(void)state;
	assert_int_equal(TURN_SHORT % FRAME_BULK, 0);
	assert_int_equal(TURN_LONG % TURN_SHORT, 0);
	assert_true(TURN_SHORT < TURN_LONG);
}

/* What a packet of at most 65535 bytes has room for, in whole segments. */
static size_t packet(size_t mtu, size_t headers)
{
	size_t most = 65535 - headers, segment = mtu - headers;

	return segment < most ? most / segment * segment : most;
}

static void fills_packets(void **state)
{
	size_t wire = TURN_SHORT / FRAME_BULK * FRAME_BULK_RECORD;
	/* With TCP's timestamps. */
	size_t v4 = 20 + 32, v6 = 40 + 32;

	(void)state;
	assert_true(wire <= packet(1500, v4));
	assert_true(wire <= packet(1500, v6));
	assert_true(wire <= packet(9000, v4));
	assert_true(wire <= packet(9000, v6));
	assert_true(wire <= packet(65536, v4));
	assert_true(wire <= packet(2044, v6));	/* InfiniBand, datagrams */
	assert_true(wire > 15 * packet(9000, v6) / 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_short_at_first),
		cmocka_unit_test(is_long_for_bulk_alone),
		cmocka_unit_test(is_short_beside_another),
		cmocka_unit_test(keeps_little_of_many),
		cmocka_unit_test(fills_frames),
		cmocka_unit_test(fills_packets),
	};

	return cmocka_run_group_tests_name("turn", tests, NULL, NULL);
}
