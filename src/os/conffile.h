/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_CONFFILE_H
#define OS_CONFFILE_H

#include "base/buf.h"
#include "base/err.h"

#define CONFFILE_MAX (1 << 20)	/* bytes */

/*
 * Append all of a file of settings to text. It must be root's or ours, and
 * nobody else may write it: who can decides what runs as us. Returns 1; 0 when
 * there is no such file; -1 with e set, which begins with the path.
 */
int conffile_read(const char *path, struct buf *text, struct err *e)
	__attribute__((warn_unused_result));

#endif
