/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns nothing: the monotonic clock, read and waited for. */
#include "os/clock.h"

#include <poll.h>
#include <stddef.h>

long long clock_ms(void)
{
	struct timespec now = clock_after(0);

	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

struct timespec clock_after(long ms)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	t.tv_sec += ms / 1000;
	t.tv_nsec += ms % 1000 * 1000000;
	if (t.tv_nsec >= 1000000000) {
		t.tv_sec++;
		t.tv_nsec -= 1000000000;
	}
	return t;
}

void clock_pause(int ms)
{
	(void)poll(NULL, 0, ms);
}
