/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Text in columns, as squeue prints it. Foreign bytes of a cell are made
 * visible, so that one is always one column on a terminal.
 */
struct table {
	const char *align;	/* a letter for each column: l or r */
	size_t n;
	char **cell;		/* row by row */
};

/* align is the caller's. */
void table_init(struct table *t, const char *align);
void table_fini(struct table *t);

/* The next cell. NULL or "" becomes "-". */
void table_add(struct table *t, const char *text);
void table_addf(struct table *t, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* Append its whole rows as lines: a blank between columns, none at the end. */
void table_write(const struct table *t, struct buf *out);

#endif
