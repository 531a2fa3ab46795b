/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pattern that cannot be read is refused when it is given: one that is passed
 * over later would refuse what somebody thinks is allowed. "none" empties the list,
 * so that a site can lock one that has nothing in it.
 */
#include "opt/outallow.h"

#include <string.h>

#include "base/hostpattern.h"
#include "opt/optlist.h"

int outallow_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	struct opt_list *l = (void *)((char *)s->values + row->at);
	struct hostpattern p;

	if (strcmp(l->word[l->n - 1], "none") == 0) {
		optlist_free(l);
		return 0;
	}
	if (hostpattern_parse(&p, l->word[l->n - 1], e) == 0)
		return 0;
	return optset_say_which(row, by->where, e);
}
