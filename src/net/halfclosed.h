/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_HALFCLOSED_H
#define NET_HALFCLOSED_H

#include <stddef.h>

#include "net/stream.h"

/*
 * A connection of which one direction has ended may stay so as long as both ends
 * want. But when a process closed its socket, nobody will ever read what the
 * other says, who may never say anything, and so not learn of it. So each relay
 * looks now and then, and tells the other when nobody has the other end of its
 * socket any more; that one resets its own once it has taken all that came
 * before. What does not move any more is given up.
 *
 * Zeroed: nothing is known yet.
 */
#define STUCK_LOOKS 10		/* in vain: what is on the way is given up */

struct halfclosed {
	int told;		/* that nobody has our socket's other end */
	int peer_gone;		/* the other relay has told the same */
	unsigned long long moved;	/* at the last look */
	size_t unsent;			/* the same */
	int stuck;		/* looks since something moved */
};

/*
 * A look: so many bytes were moved in all, and so many are not taken by the
 * socket's other end.
 */
void halfclosed_look(struct halfclosed *h, unsigned long long moved,
	size_t unsent);

/* Whether it matters if our socket's other end has an owner. */
int halfclosed_asks(const struct halfclosed *h, const struct stream *s);

/* It has none, which the other relay is told now; it has told that. */
void halfclosed_tell(struct halfclosed *h);
void halfclosed_hear(struct halfclosed *h);

/* Whether nobody waits for anything more, as of the last look. */
int halfclosed_is_lost(const struct halfclosed *h, const struct stream *s);

#endif
