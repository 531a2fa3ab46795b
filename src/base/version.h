/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_VERSION_H
#define BASE_VERSION_H

#include <stddef.h>

/*
 * Versions of this program: 1.2.3, numbers with dots between them. Digits and dots
 * and nothing else, so that one is good as a part of a file's name.
 */
#define VERSION_MAX 32	/* bytes, with the NUL */
#define VERSION_PARTS 4

/* Whether text, of len bytes, is one. */
int version_is(const char *text, size_t len);

/* Less than 0, 0 or more, as the first is older, the same or newer; 1.2 is 1.2.0. */
int version_compare(const char *a, const char *b);

#endif
