/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void buf_fini(struct buf *b)
{
	free(b->mem);
	*b = (struct buf){ 0 };
}

void buf_wipe(struct buf *b)
{
	if (b->mem != NULL)
		explicit_bzero(b->mem, b->cap);
	buf_fini(b);
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t end = b->off + b->len, cap = b->cap ? b->cap : 256;

	if (end + n <= b->cap)
		return b->mem + end;
	/*
	 * What waits is moved to the front only when at least as much was
	 * consumed before it, or all is copied anyway: else a queue that is
	 * nearly full would move everything at every append.
	 */
	if (b->off > 0 && (b->off >= b->len || b->len + n > b->cap)) {
		memmove(b->mem, b->mem + b->off, b->len);
		b->off = 0;
		end = b->len;
	}
	while (cap < end + n)
		cap *= 2;
	if (cap != b->cap) {
		b->mem = mem_realloc(b->mem, cap);
		b->cap = cap;
	}
	return b->mem + end;
}

void buf_commit(struct buf *b, size_t n)
{
	b->len += n;
}

void buf_append(struct buf *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_reserve(b, len), data, len);
	buf_commit(b, len);
}

void buf_puts(struct buf *b, const char *s)
{
	buf_append(b, s, strlen(s));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(buf_reserve(b, n + 1), n + 1, fmt, ap);
	va_end(ap);
	buf_commit(b, n);
}

void buf_consume(struct buf *b, size_t n)
{
	if (n < b->len) {
		b->off += n;
		b->len -= n;
		return;
	}
	b->off = b->len = 0;
	if (b->cap > BUF_KEEP)
		buf_fini(b);
}

char *buf_line(const struct buf *b, size_t *len)
{
	char *line = buf_data(b);
	char *end = b->len > 0 ? memchr(line, '\n', b->len) : NULL;

	if (end == NULL)
		return NULL;
	*len = (size_t)(end - line);
	return line;
}
