/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/claim.h"

#include <stdlib.h>

#include "base/mem.h"

#define SESSION CLAIM_MARKS	/* marks are numbers below that */

struct claim {
	uint64_t value;
	unsigned uid;
	int what;		/* SESSION, or which of the marks */
	size_t owner;
};

void claims_fini(struct claims *c)
{
	free(c->row);
	*c = (struct claims){ 0 };
}

static void claim_add(struct claims *c, unsigned uid, int what, uint64_t value,
	size_t owner)
{
	if (value == 0)
		return;
	if (c->n == c->room) {
		c->room = c->room ? 2 * c->room : 64;
		c->row = mem_realloc(c->row, c->room * sizeof *c->row);
	}
	c->row[c->n++] = (struct claim){ value, uid, what, owner };
}

void claims_add(struct claims *c, unsigned uid, int session,
	const uint64_t mark[CLAIM_MARKS], size_t owner)
{
	claim_add(c, uid, SESSION, session > 0 ? (uint64_t)session : 0, owner);
	for (int m = 0; m < CLAIM_MARKS; m++)
		claim_add(c, uid, m, mark[m], owner);
}

static int by_all(const void *left, const void *right)
{
	const struct claim *a = left, *b = right;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	if (a->uid != b->uid)
		return a->uid < b->uid ? -1 : 1;
	if (a->what != b->what)
		return a->what - b->what;
	return (a->owner > b->owner) - (a->owner < b->owner);
}

void claims_sort(struct claims *c)
{
	if (c->n > 0)
		qsort(c->row, c->n, sizeof *c->row, by_all);
}

static size_t claim_find(const struct claims *c, unsigned uid, int what,
	uint64_t value)
{
	struct claim want = { value, uid, what, 0 };
	size_t low = 0, high = c->n;

	while (value != 0 && low < high) {
		size_t middle = low + (high - low) / 2;

		if (by_all(&c->row[middle], &want) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (value == 0 || low == c->n || c->row[low].value != value ||
		c->row[low].uid != uid || c->row[low].what != what)
		return CLAIM_NONE;
	return c->row[low].owner;
}

size_t claims_find(const struct claims *c, unsigned uid, int session,
	const uint64_t mark[CLAIM_MARKS])
{
	size_t best = claim_find(c, uid, SESSION,
		session > 0 ? (uint64_t)session : 0);

	for (int m = 0; m < CLAIM_MARKS; m++) {
		size_t owner = claim_find(c, uid, m, mark[m]);

		/* CLAIM_NONE is the highest */
		if (owner < best)
			best = owner;
	}
	return best;
}
