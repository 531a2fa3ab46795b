/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pattern that cannot be read is refused when it is given: one that is passed
 * over later would refuse what somebody thinks is allowed.
 */
#include "opt/outallow.h"

#include "base/hostpattern.h"

int outallow_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	const struct opt_list *l = (const void *)((const char *)s->values + row->at);
	struct hostpattern p;

	if (hostpattern_parse(&p, l->word[l->n - 1], e) == 0)
		return 0;
	return by->where == NULL ? err_prefix(e, "--%s: ", row->name) :
		err_prefix(e, "%s: %s: ", by->where, row->name);
}
