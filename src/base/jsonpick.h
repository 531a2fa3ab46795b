/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_JSONPICK_H
#define BASE_JSONPICK_H

#include <stddef.h>

/*
 * One value out of a JSON text that another program wrote, for those who need
 * no more of it than that: a number or a string, as it is written, found by the
 * keys of the objects around it. A string with a backslash in it is none.
 */
enum jsonpick { JSONPICK_FOUND, JSONPICK_ABSENT, JSONPICK_BAD };

/*
 * keys: from the outermost object inwards, NULL at the end. The value goes into
 * out, of size bytes, with a NUL; one that is too long, or holds a NUL, is
 * absent. BAD: not one whole object.
 */
enum jsonpick jsonpick(const char *text, size_t len, const char *const *keys,
	char *out, size_t size);

#endif
