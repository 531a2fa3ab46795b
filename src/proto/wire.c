/* SPDX-License-Identifier: BSD-2-Clause */
#include "proto/wire.h"

#include <string.h>

void wire_init(struct wire *w, const void *data, size_t len)
{
	*w = (struct wire){ .at = data, .left = len };
}

/* The next n bytes, or NULL. */
static const unsigned char *wire_take(struct wire *w, size_t n)
{
	const unsigned char *p = w->at;

	if (w->bad || w->left < n) {
		w->bad = 1;
		return NULL;
	}
	w->at += n;
	w->left -= n;
	return p;
}

static uint64_t wire_number(struct wire *w, size_t n)
{
	const unsigned char *p = wire_take(w, n);
	uint64_t v = 0;

	for (size_t i = 0; p != NULL && i < n; i++)
		v = v << 8 | p[i];
	return v;
}

uint8_t wire_u8(struct wire *w)
{
	return wire_number(w, 1);
}

uint16_t wire_u16(struct wire *w)
{
	return wire_number(w, 2);
}

uint32_t wire_u32(struct wire *w)
{
	return wire_number(w, 4);
}

uint64_t wire_u64(struct wire *w)
{
	return wire_number(w, 8);
}

void wire_str(struct wire *w, char *out, size_t size)
{
	size_t n = wire_u16(w);
	const unsigned char *p = n < size ? wire_take(w, n) : NULL;

	out[0] = '\0';
	if (p == NULL || memchr(p, '\0', n) != NULL) {
		w->bad = 1;
		return;
	}
	memcpy(out, p, n);
	out[n] = '\0';
}

const char *wire_text(struct wire *w)
{
	const unsigned char *end = w->left > 0 ?
		memchr(w->at, '\0', w->left) : NULL;
	const unsigned char *p = wire_take(w, end != NULL ?
		(size_t)(end - w->at) + 1 : SIZE_MAX);

	return (const char *)p;
}

int wire_done(const struct wire *w)
{
	return w->bad || w->left > 0 ? -1 : 0;
}

static void wire_put(struct buf *b, uint64_t v, size_t n)
{
	unsigned char *p = (unsigned char *)buf_reserve(b, n);

	for (size_t i = 0; i < n; i++)
		p[i] = v >> (8 * (n - 1 - i));
	buf_commit(b, n);
}

void wire_put_u8(struct buf *b, uint8_t v)
{
	wire_put(b, v, 1);
}

void wire_put_u16(struct buf *b, uint16_t v)
{
	wire_put(b, v, 2);
}

void wire_put_u32(struct buf *b, uint32_t v)
{
	wire_put(b, v, 4);
}

void wire_put_u64(struct buf *b, uint64_t v)
{
	wire_put(b, v, 8);
}

void wire_put_text(struct buf *b, const char *s)
{
	buf_append(b, s, strlen(s) + 1);
}

void wire_put_str(struct buf *b, const char *s)
{
	size_t n = strlen(s);

	if (n > UINT16_MAX)
		n = UINT16_MAX;
	wire_put(b, n, 2);
	buf_append(b, s, n);
}
