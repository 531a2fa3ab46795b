/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_UNIT_FAKELINK_H
#define TESTS_UNIT_FAKELINK_H

#include "net/link.h"

/*
 * Links without a socket and without TLS: a test that is linked with these has
 * them instead of net/link.c. What the program sends is kept until the test
 * takes it, and the test says what comes from the peer. A link that the program
 * has freed is there for the test until fakelink_reset().
 */

/* One that is up and speaks this version, as if the peer had dialed it. */
struct link *fakelink_new(uint16_t version);

/* The n-th that link_dial() has made since the reset, or NULL. */
struct link *fakelink_dialed(unsigned n);

/* Which port it was dialed at. */
uint16_t fakelink_port(const struct link *l);

/* The next frame that was sent; type 0 when there is none. */
struct frame fakelink_take(struct link *l);

/* The next frame that was sent, which must be of this type. */
struct frame fakelink_expect(struct link *l, enum frame_type type);

/* The same of one that holds a text (text_put()), which it returns. */
const char *fakelink_text(struct link *l, enum frame_type type);

/* A refusal: the next frame is this ERROR, and the link ends with it. */
void fakelink_refused(struct link *l, int status, const char *text);

/* Nothing must have been sent since the last. */
void fakelink_expect_nothing(struct link *l);

/* From the peer. A frame must not come on a link that is paused. */
void fakelink_up(struct link *l, uint16_t version, const char *host);
void fakelink_say(struct link *l, enum frame_type type, const void *data,
	size_t len);
void fakelink_say_buf(struct link *l, struct buf *b);
void fakelink_say_stream(struct link *l, enum frame_type type, uint8_t stream,
	const char *text);
void fakelink_down(struct link *l, const char *why, int auth);

/* The queue is full, or not any more. */
void fakelink_fill(struct link *l, int full);

/* What the program has done with it. */
int fakelink_is_paused(const struct link *l);
int fakelink_is_freed(const struct link *l);
int fakelink_is_leaving(const struct link *l);	/* link_free_when_sent() */

void fakelink_reset(void);

#endif
