/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_COUNTDOWN_H
#define BASE_COUNTDOWN_H

#include <stddef.h>

/*
 * What is to be done when so much time is left until an end, each thing once.
 * The end may be put off or brought forward meanwhile. Times are milliseconds.
 */
struct countdown {
	long long done;		/* what is due with this much left is done */
};

struct countdown_point {
	long long left;		/* due when so much is left */
	unsigned what;		/* a bit */
};

/* Begin with so much time left: what would have been due before is not. */
void countdown_start(struct countdown *c, long long left);

/*
 * The bits of what has become due, now that so much is left. *wait is how long
 * to wait for the next, or -1 when nothing is to come.
 */
unsigned countdown_due(struct countdown *c,
	const struct countdown_point *points, size_t n, long long left,
	long long *wait);

#endif
