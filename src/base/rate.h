/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_RATE_H
#define BASE_RATE_H

/*
 * How often something may be done for another: so many times at once, then one
 * each so many milliseconds. Begins as zeros.
 */
struct rate {
	long long used_until;	/* ms; what was done is paid for by then */
	unsigned refused;	/* since it was last allowed */
};

/*
 * Whether it may be done now, by a clock of milliseconds; it counts as done
 * then. Otherwise it is counted in refused, which the caller may tell and clear.
 */
int rate_allows(struct rate *r, long long now, unsigned at_once,
	long long each_ms);

#endif
