/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_CLOCK_H
#define OS_CLOCK_H

/*
 * Milliseconds of the monotonic clock, which nobody sets: for durations. Its
 * zero means nothing.
 */
long long clock_ms(void);

#endif
