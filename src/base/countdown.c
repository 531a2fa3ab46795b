/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/countdown.h"

void countdown_start(struct countdown *c, long long left)
{
	c->done = left;
}

unsigned countdown_due(struct countdown *c,
	const struct countdown_point *points, size_t n, long long left,
	long long *wait)
{
	unsigned due = 0;

	*wait = -1;
	for (size_t i = 0; i < n; i++) {
		if (points[i].left >= c->done)
			continue;
		if (points[i].left >= left)
			due |= points[i].what;
		else if (*wait == -1 || left - points[i].left < *wait)
			*wait = left - points[i].left;
	}
	if (left < c->done)
		c->done = left;
	return due;
}
