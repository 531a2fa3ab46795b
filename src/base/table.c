/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/table.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/vis.h"

#define CELL_MAX 4096

void table_init(struct table *t, const char *align)
{
	*t = (struct table){ .align = align };
}

void table_fini(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cell[i]);
	free(t->cell);
	*t = (struct table){ 0 };
}

void table_add(struct table *t, const char *text)
{
	char seen[CELL_MAX];

	if (text == NULL || text[0] == '\0')
		text = "-";
	t->cell = mem_realloc(t->cell, (t->n + 1) * sizeof *t->cell);
	t->cell[t->n++] = mem_strndup(seen, vis_encode(seen, sizeof seen,
		text, strlen(text)));
}

void table_addf(struct table *t, const char *fmt, ...)
{
	char text[CELL_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	table_add(t, text);
}

/* In characters, of which UTF-8 makes the later bytes 10xxxxxx. */
static size_t width_of(const char *cell)
{
	size_t n = 0;

	for (; *cell != '\0'; cell++)
		n += (*cell & 0xc0) != 0x80;
	return n;
}

static void pad(struct buf *out, size_t n)
{
	for (; n > 0; n--)
		buf_puts(out, " ");
}

static void write_cell(const struct table *t, size_t at, size_t rows,
	struct buf *out)
{
	size_t columns = strlen(t->align), c = at % columns, width = 0, rest;

	for (size_t i = c; i < rows * columns; i += columns)
		if (width_of(t->cell[i]) > width)
			width = width_of(t->cell[i]);
	rest = width - width_of(t->cell[at]);
	pad(out, t->align[c] == 'r' ? rest : 0);
	buf_puts(out, t->cell[at]);
	if (c + 1 == columns) {
		buf_puts(out, "\n");
		return;
	}
	pad(out, (t->align[c] == 'r' ? 0 : rest) + 1);
}

void table_write(const struct table *t, struct buf *out)
{
	size_t columns = strlen(t->align), rows = t->n / columns;

	for (size_t at = 0; at < rows * columns; at++)
		write_cell(t, at, rows, out);
}
