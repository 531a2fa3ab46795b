/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/patience.h"

int patience_failed(struct patience *p, long long now, long limit)
{
	if (p->pause == 0)
		p->since = now;
	if (patience_left(p, now, limit) == 0)
		return -1;
	p->pause = p->pause == 0 ? 1 : p->pause * 2;
	if (p->pause > PATIENCE_PAUSE_MAX)
		p->pause = PATIENCE_PAUSE_MAX;
	return p->pause;
}

int patience_tells(struct patience *p, long long now)
{
	if (p->told != 0 && now - p->told < PATIENCE_TELL_MS)
		return 0;
	p->told = now;
	return 1;
}

long patience_left(const struct patience *p, long long now, long limit)
{
	long long left = limit - (now - p->since) / 1000;

	return left > 0 ? (long)left : 0;
}
