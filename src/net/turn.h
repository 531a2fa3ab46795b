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
 * Turns are one packet and two, see FRAME_BULK. But what the last turn before a
 * peer stops reading has moved waits here: among many such peers, whose bytes
 * come to TURN_HELD, a turn is one frame.
 */
#define TURN_LEAST FRAME_BULK
#define TURN_SHORT (4 * FRAME_BULK)
#define TURN_LONG (8 * FRAME_BULK)
#define TURN_HELD (8 << 20)

/* The bytes in a queue from which on its source should stop. */
#define QUEUE_FULL 65536

struct turn {
	const void *last;	/* whose turn was the last that was not small */
	unsigned quiet;		/* such turns since another's small one */
	size_t held;		/* bytes that wait, of all streams */
};

/* The most payload that the next turn may move. */
size_t turn_budget(const struct turn *t);

/* QUEUE_FULL, or less among many peers that do not read. */
size_t turn_full(const struct turn *t);

/* See loop_held(). */
void turn_held(struct turn *t, size_t *counted, size_t waiting);

/*
 * who has moved so many bytes. Returns whether that is bulk: a stream that had
 * more to move than others should wait for.
 */
int turn_took(struct turn *t, const void *who, size_t moved);

#endif
