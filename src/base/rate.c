/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/rate.h"

int rate_allows(struct rate *r, long long now, unsigned at_once,
	long long each_ms)
{
	if (r->used_until < now)
		r->used_until = now;
	if (r->used_until + each_ms > now + at_once * each_ms) {
		r->refused++;
		return 0;
	}
	r->used_until += each_ms;
	return 1;
}
