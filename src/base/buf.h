/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

/*
 * A queue of bytes: appended at the end, consumed at the front.
 *
 *	mem      off          off+len        cap
 *	|consumed|...waiting...|....room......|
 *
 * A zeroed struct is an empty buffer. Memory is given back when it runs empty
 * after having grown beyond BUF_KEEP.
 */
#define BUF_KEEP 2048

struct buf {
	char *mem;
	size_t off, len, cap;
};

void buf_fini(struct buf *b);

/* The same for what held a secret: it is overwritten first. */
void buf_wipe(struct buf *b);

/* The waiting bytes; valid until the next change. NULL only when empty. */
static inline char *buf_data(const struct buf *b)
{
	return b->mem ? b->mem + b->off : NULL;
}

void buf_append(struct buf *b, const void *data, size_t len);
void buf_puts(struct buf *b, const char *s);
void buf_printf(struct buf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * Room for n more bytes at the end, to be filled by the caller and then
 * counted by buf_commit().
 */
char *buf_reserve(struct buf *b, size_t n);
void buf_commit(struct buf *b, size_t n);

/* Drop n bytes (at most all) at the front. */
void buf_consume(struct buf *b, size_t n);

/*
 * The first line, of *len bytes without its newline, of which buf_consume(len + 1)
 * makes an end; NULL: none waits whole.
 */
char *buf_line(const struct buf *b, size_t *len);

#endif
