/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PRINT_H
#define OS_PRINT_H

#include "pure/buf.h"
#include "pure/err.h"

/*
 * Write what was asked for (--help, `list`) to stdout and free it. Returns 1,
 * which parsers of options hand on as "all is done", or -1 with e set.
 */
int print_text(struct buf *text, struct err *e);

#endif
