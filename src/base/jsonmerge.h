/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_JSONMERGE_H
#define BASE_JSONMERGE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Puts members of one JSON object into another where that has none of the name. No
 * byte that was there changes: new members go behind the last one, in its way of
 * indenting, so comments, order and forms of numbers stay. As in an editor's
 * settings, comments and a comma behind the last member are allowed.
 */
#define JSONMERGE_KEYS 256	/* at most, of what is put in */

/*
 * Whether from is an object that can be put in: no name twice, none with a
 * backslash. -1 with e set, which begins with the line.
 */
int jsonmerge_check(const char *from, size_t len, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Append to out what text is with the members of from, of which it lacks some: 1.
 * 0: it has all, and out is as it was. -1 with e set, as above, when one of the two is
 * none, or a name in text has a backslash, so that it may be any; out is as it was. A
 * text of blanks is an object without members.
 */
int jsonmerge(const char *text, size_t len, const char *from, size_t from_len,
	struct buf *out, struct err *e) __attribute__((warn_unused_result));

#endif
