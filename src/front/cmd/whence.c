/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An option of salloc may have the name of one of ours; what the launcher names is
 * salloc's.
 */
#include "front/cmd/whence.h"

#include <string.h>

#include "opt/config.h"
#include "opt/opttable.h"
#include "salloc/sallocrow.h"

static void put_origin(const struct opt_origin *by, const struct config *c,
	struct buf *out)
{
	const char *profile = by->source == OPT_BY_PROFILE && by->where ?
		config_profile_at(c, by->where) : NULL;

	/* Of a job's field that is what we put into each job. */
	buf_puts(out, by->source == OPT_BY_DEFAULT ? "built in" :
		optset_source_name(by->source));
	if (profile != NULL)
		buf_printf(out, " %s of", profile);
	if (by->where != NULL)
		buf_printf(out, " %s", by->where);
}

/* 0: nobody gave that option of salloc. */
static int find_salloc(const struct options *o, const char *name,
	struct opt_origin *by)
{
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));) {
		if (row->type != OPT_SALLOC ||
			strcmp(row->salloc->name, name) != 0)
			continue;
		*by = (struct opt_origin){ optset_source(&o->set, row),
			optset_where(&o->set, row) };
		return by->source != OPT_BY_DEFAULT;
	}
	return 0;
}

static int find_row(const struct options *o, const char *name,
	struct opt_origin *by)
{
	const struct opt *row = optset_find(&o->set, name);

	if (row == NULL)
		return 0;
	by->source = optset_source(&o->set, row);
	by->where = optset_where(&o->set, row);
	return by->source != OPT_BY_DEFAULT;
}

void whence_put(const struct options *o, const struct config *c,
	const struct opt_list *names, struct buf *out)
{
	size_t begin = out->len;

	for (size_t i = 0; i < names->n; i++) {
		struct opt_origin by = { OPT_BY_DEFAULT, NULL };
		struct buf one = { 0 };

		if (!find_salloc(o, names->word[i], &by) &&
			!find_row(o, names->word[i], &by))
			continue;
		put_origin(&by, c, &one);
		/* Of several options by one source that is told once. */
		if (out->len == begin || memmem(buf_data(out) + begin,
			out->len - begin, buf_data(&one), one.len) == NULL) {
			buf_puts(out, out->len > begin ? ", " : "");
			buf_append(out, buf_data(&one), one.len);
		}
		buf_fini(&one);
	}
	if (out->len == begin)
		buf_puts(out, "built in");
}
