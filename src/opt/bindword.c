/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * Looked at where it is typed: a job that cannot enter its image for it would run on.
 */
#include "opt/bindword.h"

#include <string.h>

int bindword_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	const struct opt_list *l = (void *)((char *)s->values + row->at);
	const char *word = l->word[l->n - 1], *second = strchr(word, ':');

	/* The first one is looked at as other paths are. */
	if (second == NULL || (second[1] == '/' &&
		strchr(second + 1, ':') == NULL))
		return 0;
	err_set(e, "'%.200s' is not two absolute paths with one ':' between them",
		word);
	return optset_say_which(row, by->where, e);
}
