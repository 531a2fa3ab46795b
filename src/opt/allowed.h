/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_ALLOWED_H
#define OPT_ALLOWED_H

#include <stddef.h>

/*
 * A list of words of a site, by blanks or commas: "gpu* cpu !gpu-test". A word is
 * a pattern of fnmatch(3); what a word behind '!' matches is not allowed, and where
 * all stand behind one, everything else is.
 */

/* Whether the list allows that word, of len bytes. */
int allowed_has(const char *list, const char *word, size_t len);

/* The same of names in which large letters and small ones are alike. */
int allowed_has_folded(const char *list, const char *word, size_t len);

/*
 * The first word from *at on that is no pattern, to be freed, and *at is moved
 * behind it; NULL: there is none.
 */
char *allowed_next(const char **at);

/* The same, also of those behind '!', without that. */
char *allowed_named(const char **at);

#endif
