/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_OUTBOX_H
#define NET_OUTBOX_H

#include <stddef.h>

#include "base/buf.h"
#include "net/turn.h"

/*
 * Bytes on their way to a socket: records are gathered, so that one send(2)
 * takes those of a whole turn. All connections gather in the same place, so
 * outbox_push() must follow before another one has something to say.
 *
 * Either bytes are gathered, or some wait for the socket, never both.
 */
#define OUTBOX_RECORD_MAX (16384 + 256)	/* of TLS, as it is sent */
#define OUTBOX_SIZE (TURN_LONG / FRAME_BULK * OUTBOX_RECORD_MAX)

struct outbox {
	int fd;			/* the owner's, non-blocking */
	struct buf waiting;	/* what the socket did not take */
};

void outbox_init(struct outbox *o, int fd);
void outbox_fini(struct outbox *o);

/* Whether so many bytes can be gathered now, without a push before. */
int outbox_has_room(const struct outbox *o, size_t len);

/* Copied. There must be room, unless bytes wait already: then they do, too. */
void outbox_add(struct outbox *o, const void *data, size_t len);

/* 0 when all is out. -1 and errno: EAGAIN when the socket is full. */
int outbox_push(struct outbox *o);

static inline size_t outbox_waiting(const struct outbox *o)
{
	return o->waiting.len;
}

#endif
