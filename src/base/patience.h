/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_PATIENCE_H
#define BASE_PATIENCE_H

/*
 * When to try again what has failed: soon at first, then ever later. All zero
 * before the first failure; times are milliseconds of a monotonic clock.
 */
struct patience {
	long long since;	/* the first failure */
	long long told;		/* the user, last */
	int pause;		/* s until the next try; 0: no failure yet */
};

#define PATIENCE_PAUSE_MAX 10	/* s */
#define PATIENCE_TELL_MS 30000

/*
 * It has failed: seconds until the next try, or -1 when limit seconds have
 * passed since the first failure.
 */
int patience_failed(struct patience *p, long long now, long limit);

/* Whether the user should hear of it: of the first failure, then now and then. */
int patience_tells(struct patience *p, long long now);

/* Seconds that are left. */
long patience_left(const struct patience *p, long long now, long limit);

#endif
