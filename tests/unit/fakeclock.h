/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_FAKECLOCK_H
#define TESTS_UNIT_FAKECLOCK_H

#include <event2/event.h>

/*
 * A clock that stands still unless the test lets time pass. A test that is
 * linked with it has it everywhere: in clock_ms(), in time(), in alarms and in
 * all timers of libevent. So a timeout of hours takes no time, nothing is early
 * or late on a loaded machine, and what is due first rings first.
 */

/*
 * The real time again, for the next test: what has passed in one must not make
 * another's child take young files for old ones.
 */
void fakeclock_reset(void);

/*
 * Let so many milliseconds pass: each timer of the loop rings at its time, and
 * what descriptors have to say comes before the clock moves on. Ends early when
 * the loop is told to end; returns what has passed.
 */
long long fakeclock_pass(struct event_base *base, long long ms);

/* What the loop has to do at this moment; no time passes. */
void fakeclock_turn(struct event_base *base);

/*
 * For what another process does: run the loop until the condition holds, while
 * the clock stands still. The test fails when it has not come true in 20 s of
 * real time and so many naps: on a loaded machine they take longer.
 */
#define FAKECLOCK_WAIT(base, condition) do { \
	long long give_up_ = fakeclock_real_ms() + 20000, naps_ = 20000; \
	while (!(condition)) { \
		if (naps_-- < 0 && fakeclock_real_ms() > give_up_) \
			fail_msg("line %d: never: %s", __LINE__, #condition); \
		fakeclock_nap(base); \
	} \
} while (0)
long long fakeclock_real_ms(void);
void fakeclock_nap(struct event_base *base);

#endif
