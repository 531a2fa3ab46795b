/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "net/halfclosed.h"

void halfclosed_look(struct halfclosed *h, unsigned long long moved,
	size_t unsent)
{
	int moves = moved != h->moved || unsent != h->unsent;

	h->moved = moved;
	h->unsent = unsent;
	h->stuck = moves ? 0 : h->stuck + 1;
}

int halfclosed_asks(const struct halfclosed *h, const struct stream *s)
{
	return s->inward == HALF_CLOSED && !h->told;
}

void halfclosed_tell(struct halfclosed *h)
{
	h->told = 1;
	h->stuck = 0;
}

void halfclosed_hear(struct halfclosed *h)
{
	h->peer_gone = 1;
	h->stuck = 0;
}

int halfclosed_is_lost(const struct halfclosed *h, const struct stream *s)
{
	int is_stuck = h->stuck >= STUCK_LOOKS;

	if (h->told && is_stuck)
		return 1;
	return h->peer_gone && (is_stuck ||
		(s->outward == HALF_CLOSED && h->unsent == 0));
}
