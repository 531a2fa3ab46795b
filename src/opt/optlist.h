/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OPT_OPTLIST_H
#define OPT_OPTLIST_H

#include <stddef.h>

/* Words that belong to the list. All zero is an empty one. */
struct opt_list {
	size_t n;
	char **word;
};

/* Append a word from the heap, which the list takes over. */
void optlist_add(struct opt_list *l, char *word);

/* Whether it has that word. */
int optlist_has(const struct opt_list *l, const char *word);

/* It is empty then. */
void optlist_free(struct opt_list *l);

#endif
