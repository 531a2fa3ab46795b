/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TURN_H
#define NET_TURN_H

#include <stddef.h>

#include "proto/frame.h"

/*
 * How much a stream may move in one turn of the loop before others have
 * theirs. Long turns are cheap for each byte, and make everybody wait; so they
 * are for streams that are in nobody's way. A zeroed struct is ready to use.
 *
 * Turns are one packet and two, see FRAME_BULK.
 */
#define TURN_SHORT (4 * FRAME_BULK)
#define TURN_LONG (8 * FRAME_BULK)

struct turn {
	const void *last;	/* whose turn was the last that was not small */
	unsigned quiet;		/* such turns since another's small one */
};

/* The most payload that the next turn may move. */
size_t turn_budget(const struct turn *t);

/*
 * who has moved so many bytes. Returns whether that is bulk: a stream that had
 * more to move than others should wait for.
 */
int turn_took(struct turn *t, const void *who, size_t moved);

#endif
