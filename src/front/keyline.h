/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_KEYLINE_H
#define FRONT_KEYLINE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * A line of a file NAME.pub: append the type and the key to out, with an end of
 * line and without the comment. 1; 0: it holds none, as a blank line; -1 with e
 * set: it is no public key, or one with options, which nobody gets this way.
 */
int keyline_read(const char *line, size_t len, struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

#endif
