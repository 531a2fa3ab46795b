/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "net/turn.h"

/*
 * A round trip through both programs is some 200 us on a busy machine, a short
 * turn some 30: so many without a small turn of another stream between them,
 * and nobody waits for an answer now.
 */
#define QUIET 16

size_t turn_budget(const struct turn *t)
{
	if (t->held >= TURN_HELD)
		return TURN_LEAST;
	return t->quiet >= QUIET ? TURN_LONG : TURN_SHORT;
}

size_t turn_full(const struct turn *t)
{
	return t->held < TURN_HELD ? QUEUE_FULL : TURN_LEAST;
}

void turn_held(struct turn *t, size_t *counted, size_t waiting)
{
	t->held += waiting - *counted;
	*counted = waiting;
}

int turn_took(struct turn *t, const void *who, size_t moved)
{
	if (moved >= TURN_SHORT || moved >= turn_budget(t)) {
		t->last = who;
		if (t->quiet < QUIET)
			t->quiet++;
		return 1;
	}
	if (who != t->last)
		t->quiet = 0;
	return 0;
}
