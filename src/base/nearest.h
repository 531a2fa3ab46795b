/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/*
 * How many letters must be typed, left out, changed, or swapped with the next
 * to make one word of the other. Words longer than NEAREST_MAX are as far
 * apart as can be.
 */
#define NEAREST_MAX 64
unsigned nearest_distance(const char *a, const char *b);

/*
 * What was probably meant by word: the nearest of n names, or NULL when none is
 * near enough to be a slip. Whoever proposes it takes care that it destroys
 * nothing.
 */
const char *nearest(const char *word, const char *const *names, size_t n);

#endif
