/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

#include <time.h>

/*
 * Milliseconds of the monotonic clock, which nobody sets: for durations. Its
 * zero means nothing.
 */
long long clock_ms(void);

/* Its time in so many milliseconds, for a condition that waits by it. */
struct timespec clock_after(long ms);

/* Wait so long, or until a signal is handled; where nothing can be waited for. */
void clock_pause(int ms);

#endif
