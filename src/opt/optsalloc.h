/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTSALLOC_H
#define OPT_OPTSALLOC_H

#include "base/buf.h"
#include "opt/optset.h"

/*
 * salloc's options among ours: each has a row of its own, so that a site's locks and
 * limits, and the order of sources, hold however one is spelled.
 */

/*
 * The rows of table, and behind them one for each option of salloc, with the place
 * of its value: the i-th of salloctable.c in the i-th of the pointers that begin at
 * that offset. To be freed.
 */
struct opt *optsalloc_join(const struct opt *table, size_t at);

/*
 * For the .take of the row of --salloc-arg: the last word of its list, with the one
 * before if that lacks a value, is given to the row of the option that it is, and
 * leaves the list. What stays is for the launcher to understand.
 */
int optsalloc_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e);

/*
 * Append the options of salloc that were given as words, "--time=60", and then
 * those of the list (NULL: of none).
 */
void optsalloc_words(const struct opt_set *s, const struct opt_list *list,
	struct opt_list *words);

/* The value of that option in one of these words, "" of --hold; NULL: of another. */
const char *optsalloc_in(const char *word, const char *name);

/* Append the same as one line, as a shell would read it. */
void optsalloc_line(const struct opt_set *s, const struct opt_list *list,
	struct buf *out);

/*
 * What a site has made of words that optsalloc_words() gave, without a list, holds
 * in their place.
 */
void optsalloc_correct(struct opt_set *s, const struct opt_list *words);

/* What salloc's option of that name was given; NULL: nothing. */
const char *optsalloc_value(const struct opt_set *s, const char *name);

/*
 * Append to out how words[0], an option of salloc, is typed: "--time=60". Returns
 * how many of the n words that were, 0 when there is no such option. near: also of
 * a name that is only like one. *why: when it cannot be used here, the reason, and
 * nothing is appended; else NULL.
 */
size_t optsalloc_spell(const struct opt_set *s, char *const *words, size_t n,
	int near, struct buf *out, const char **why);

/*
 * Give what the variables of environ say that sbatch (prefix "SBATCH_") or salloc
 * ("SALLOC_") read, for options that can be used; others count for nothing, and
 * those that a site has locked, which s->notes say. -1 with e set, beginning with the
 * variable's name.
 */
int optsalloc_env(struct opt_set *s, char *const *environ, const char *prefix,
	struct err *e) __attribute__((warn_unused_result));

/* The words of -S as one, for messages: "--salloc-arg=--signal" where need be. */
void optsalloc_name(const struct opt *row, struct buf *out);

#endif
