/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/halfclosed.h"

#define O HALF_OPEN
#define D HALF_DRAINING
#define C HALF_CLOSED

/* Looks in which nothing moves. */
static void look_in_vain(struct halfclosed *h, int looks)
{
	while (looks-- > 0)
		halfclosed_look(h, h->moved, h->unsent);
}

static void asks_once_who_reads(void **state)
{
	struct halfclosed h = { 0 };

	(void)state;
	assert_false(halfclosed_asks(&h, &(struct stream){ O, C }));
	assert_true(halfclosed_asks(&h, &(struct stream){ C, O }));
	halfclosed_tell(&h);
	assert_false(halfclosed_asks(&h, &(struct stream){ C, O }));
}

/* Whoever is connected still may take its time. */
static void loses_nobody_who_is_there(void **state)
{
	struct halfclosed h = { 0 };

	(void)state;
	look_in_vain(&h, 100 * STUCK_LOOKS);
	for (enum stream_half in = O; in <= C; in++)
		for (enum stream_half out = O; out <= C; out++)
			assert_false(halfclosed_is_lost(&h,
				&(struct stream){ in, out }));
}

/* Once told, or having heard, what moves is waited for, and nothing else. */
static void waits_while_something_moves(void **state)
{
	static const struct stream s = { C, O };

	(void)state;
	for (int heard = 0; heard < 2; heard++) {
		struct halfclosed h = { 0 };

		look_in_vain(&h, STUCK_LOOKS);
		if (heard)
			halfclosed_hear(&h);
		else
			halfclosed_tell(&h);
		look_in_vain(&h, STUCK_LOOKS - 1);
		assert_false(halfclosed_is_lost(&h, &s));
		halfclosed_look(&h, h.moved + 1, 0);
		look_in_vain(&h, STUCK_LOOKS - 1);
		assert_false(halfclosed_is_lost(&h, &s));
		halfclosed_look(&h, h.moved, 10);
		assert_false(halfclosed_is_lost(&h, &s));
		look_in_vain(&h, STUCK_LOOKS);
		assert_true(halfclosed_is_lost(&h, &s));
	}
}

/* Nobody reads what we would say, and the other has taken all. */
static void ends_when_all_is_taken(void **state)
{
	struct halfclosed h = { 0 };

	(void)state;
	halfclosed_hear(&h);
	halfclosed_look(&h, 1, 1);
	assert_false(halfclosed_is_lost(&h, &(struct stream){ O, C }));
	halfclosed_look(&h, 1, 0);
	assert_true(halfclosed_is_lost(&h, &(struct stream){ O, C }));
	assert_false(halfclosed_is_lost(&h, &(struct stream){ O, D }));
	assert_false(halfclosed_is_lost(&h, &(struct stream){ O, O }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_once_who_reads),
		cmocka_unit_test(loses_nobody_who_is_there),
		cmocka_unit_test(waits_while_something_moves),
		cmocka_unit_test(ends_when_all_is_taken),
	};

	return cmocka_run_group_tests_name("halfclosed", tests, NULL, NULL);
}
