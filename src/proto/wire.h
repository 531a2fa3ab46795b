/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROTO_WIRE_H
#define PROTO_WIRE_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Big-endian fields in a message. Reading past the end gives zeros and sets
 * bad, which stays set: decode all fields, then ask wire_done() once.
 */
struct wire {
	const unsigned char *at;
	size_t left;
	int bad;
};

void wire_init(struct wire *w, const void *data, size_t len);
uint8_t wire_u8(struct wire *w);
uint16_t wire_u16(struct wire *w);
uint32_t wire_u32(struct wire *w);
uint64_t wire_u64(struct wire *w);

/*
 * A u16 length and that many bytes, without NUL, copied as a string to out;
 * longer than size - 1 is bad.
 */
void wire_str(struct wire *w, char *out, size_t size);

/* Bytes up to a NUL, which is taken, too; in place. NULL, which is bad: there is none. */
const char *wire_text(struct wire *w);

/* 0 when every field was there and nothing is left over, else -1. */
int wire_done(const struct wire *w);

void wire_put_u8(struct buf *b, uint8_t v);
void wire_put_u16(struct buf *b, uint16_t v);
void wire_put_u32(struct buf *b, uint32_t v);
void wire_put_u64(struct buf *b, uint64_t v);

/* s is cut at 65535 bytes. */
void wire_put_str(struct buf *b, const char *s);
void wire_put_text(struct buf *b, const char *s);

#endif
