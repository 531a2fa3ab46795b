/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SALLOC_SALLOCWORD_H
#define SALLOC_SALLOCWORD_H

#include "salloc/sallocrow.h"

/*
 * The option that words[0] names, as salloc of that release understands it, and its
 * value or NULL. Returns how many of the n words that were, or -1 with e set.
 */
int sallocword_take(char *const *words, size_t n, int release,
	const struct sallocrow **row, const char **value, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same for who guesses: 0 when it is no option of salloc. A value that is
 * missing is NULL. near: also of a name that is only like one that can be used.
 */
size_t sallocword_find(char *const *words, size_t n, int near,
	const struct sallocrow **row, const char **value);

/*
 * Whether a word is several, "-p gpu" or "--gres=gpu:1 --time=60", as one writes
 * them for Slurm's own commands: then copy, which has the same text, is cut, and
 * its *n pieces are returned, to be freed, but not they themselves. NULL: it is one.
 * A comment may say what it likes.
 */
char **sallocword_cut(char *copy, size_t *n);

#endif
