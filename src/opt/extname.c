/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names of VS Code's extensions. They become arguments and parts of file names, so
 * nothing else is one. "none" empties the list, so that a site can lock an empty one.
 */
#include "opt/extname.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "opt/optlist.h"

#define ALNUM "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* Behind a name, of these signs and a letter or digit first; NULL: none is there. */
static const char *behind_name(const char *p, const char *signs)
{
	return *p != '\0' && strchr(ALNUM, *p) != NULL ? p + strspn(p, signs) :
		NULL;
}

int extname_is_good(const char *name)
{
	const char *p = behind_name(name, ALNUM "-");

	if (p == NULL || *p != '.')
		return 0;
	p = behind_name(p + 1, ALNUM "-_.");
	if (p != NULL && *p == '@')
		p = behind_name(p + 1, ALNUM "-_.");
	return p != NULL && *p == '\0';
}

int extname_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	struct opt_list *l = (void *)((char *)s->values + row->at);
	char *all = l->word[--l->n], *save = NULL;
	int ret = 0;

	for (char *name = strtok_r(all, ", \t", &save); name != NULL &&
		ret == 0; name = strtok_r(NULL, ", \t", &save)) {
		if (strcmp(name, "none") == 0)
			optlist_free(l);
		else if (extname_is_good(name))
			optlist_add(l, mem_strdup(name));
		else
			ret = err_set(e, "'%.80s' is no PUBLISHER.NAME of an extension",
				name);
	}
	free(all);
	if (ret == 0)
		return 0;
	return optset_say_which(row, by->where, e);
}
