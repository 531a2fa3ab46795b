/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of options as one would type them, for who shows what settings say. */
#include "front/cmd/show.h"

#include <string.h>

#include "base/shellword.h"
#include "front/cmd/settings.h"
#include "opt/optsalloc.h"
#include "opt/opttable.h"
#include "opt/optval.h"

/* As one would write it behind "KEY = "; of a list each word as the shell has it. */
void show_value(const struct opt *row, const struct options *o,
	struct buf *out)
{
	const struct opt_list *list = (const void *)((const char *)o + row->at);
	static const char *const flag[] = { "no", "yes" };

	switch (row->type) {
	case OPT_FLAG:
		buf_puts(out, flag[*(const int *)list != 0]);
		break;
	case OPT_COUNT:
		buf_printf(out, "%d", *(const int *)list);
		break;
	case OPT_LIST:
		for (size_t i = 0; i < list->n; i++) {
			buf_puts(out, i > 0 ? " " : "");
			shellword_put(out, list->word[i]);
		}
		break;
	case OPT_SALLOC:
		optval_put(row, o, out);
		/* Given without a value. */
		if (out->len == 0)
			buf_puts(out, flag[1]);
		break;
	default:
		optval_put(row, o, out);
	}
	buf_append(out, "", 1);
}

/* What it asks for, with all that it inherits, as one would type it. */
void show_asked(const struct options *o, struct buf *out)
{
	const struct opt_list *args = &o->job.salloc_args;

	optsalloc_line(&o->set, args, out);
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));) {
		struct buf value = { 0 };

		if (optset_source(&o->set, row) != OPT_BY_PROFILE ||
			(const char *)o + row->at == (const char *)args ||
			row->type == OPT_SALLOC ||
			strcmp(row->name, "session") == 0)
			continue;
		show_value(row, o, &value);
		buf_printf(out, "%s--%s=%s", out->len > 0 ? " " : "",
			row->name, buf_data(&value));
		buf_fini(&value);
	}
	buf_append(out, "", 1);
}

int show_profile(struct config *c, const char *name,
	void (*put)(const struct options *o, const char *name, const char *asked,
		const char *about, void *arg), void *arg, struct err *e)
{
	struct options o;
	struct buf asked = { 0 };
	const struct config_who who = { .profile = name,
		.groups = settings_groups(c) };
	int ret;

	options_init(&o, OPT_PROGRAM);
	ret = settings_give(c, &o, &who, NULL, e);
	if (ret == 0) {
		show_asked(&o, &asked);
		put(&o, name, buf_data(&asked),
			config_about(c, name, "description"), arg);
	}
	buf_fini(&asked);
	options_free(&o);
	return ret;
}
