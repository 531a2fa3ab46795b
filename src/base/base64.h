/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include <stddef.h>

#include "base/buf.h"

/*
 * Base64 of RFC 4648: its 64 digits, of which four are three bytes. The '=' that
 * fills the end is none, and ends it.
 */

/* How many of its digits text begins with. */
size_t base64_span(const char *text);

/*
 * Decode the digits with which text begins, len of them at most, until out has
 * size bytes. Returns how many there are.
 */
size_t base64_decode(const char *text, size_t len, void *out, size_t size);

/* Append the digits of len bytes, and what fills the end. */
void base64_encode(const void *data, size_t len, struct buf *out);

#endif
