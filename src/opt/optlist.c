/* SPDX-License-Identifier: BSD-2-Clause */
/* The value of an option that may be given several times. It owns its words. */
#include "opt/optlist.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void optlist_add(struct opt_list *l, char *word)
{
	l->word = mem_realloc(l->word, (l->n + 1) * sizeof *l->word);
	l->word[l->n++] = word;
}

int optlist_has(const struct opt_list *l, const char *word)
{
	for (size_t i = 0; i < l->n; i++)
		if (strcmp(l->word[i], word) == 0)
			return 1;
	return 0;
}

void optlist_free(struct opt_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->word[i]);
	free(l->word);
	*l = (struct opt_list){ 0 };
}
