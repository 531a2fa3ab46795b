/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTVAL_H
#define OPT_OPTVAL_H

#include "base/buf.h"
#include "base/err.h"
#include "opt/optrow.h"

/*
 * The values of options, by type: set by opt.c only. config is the struct that
 * a row's offset counts from.
 */

/*
 * Set one value from its text. -1 with e set to what is wrong with the text,
 * the value then unchanged; the caller puts the option's name before it.
 */
int optval_set(const struct opt *o, void *config, const char *text,
	struct err *e) __attribute__((warn_unused_result));

/* Whether the values of two configs are the same. */
int optval_equal(const struct opt *o, const void *config, const void *other);

/* Append a value as one would type it. Not for an OPT_LIST. */
void optval_put(const struct opt *o, const void *config, struct buf *out);

/* The number of the word that text is, of an OPT_ENUM; -1: it is none of them. */
int optval_word(const struct opt *o, const char *text);

/* Append all of them, with commas between: "off, login, laptop". */
void optval_words(const struct opt *o, struct buf *out);

/* Zero a value; with owned, free what it holds first. */
void optval_clear(const struct opt *o, void *config, int owned);

#endif
