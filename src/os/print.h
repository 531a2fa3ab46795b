/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PRINT_H
#define OS_PRINT_H

#include "base/buf.h"
#include "base/err.h"

#define PRINT_FAILED (-2)	/* what is to end with EX_IOERR */

/*
 * Write what was asked for (--help, `list`) to stdout and free it. Returns 1,
 * which parsers of options hand on as "all is done", or PRINT_FAILED with e
 * set, which they hand on, too: it is no mistake of the command line.
 */
int print_text(struct buf *text, struct err *e)
	__attribute__((warn_unused_result));

#endif
