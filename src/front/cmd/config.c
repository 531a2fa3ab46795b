/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands config and profiles: what the settings say, and who says it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/table.h"
#include "front/cmd/commands.h"
#include "front/cmd/settings.h"
#include "front/cmd/show.h"
#include "opt/optsalloc.h"
#include "opt/opttable.h"
#include "opt/optval.h"
#include "os/log.h"
#include "os/print.h"

/* ---- config ------------------------------------------------------------------ */

/* What a site says of jobs and commands, which are no options. */
static size_t add_bounds(const struct config *c, struct table *t)
{
	size_t n = 0;

	for (size_t i = 0; i < c->n; i++) {
		const struct config_setting *s = &c->setting[i];
		char *section;

		if (!config_has_noun(s))
			continue;
		section = config_section(s);
		table_addf(t, "[%s] %s", section, s->key);
		table_add(t, s->value);
		table_add(t, s->where);
		free(section);
		n++;
	}
	return n;
}

/* Who gave it, and who keeps others from doing so. */
static void put_origin(const struct opt *row, const struct opt_set *set,
	struct buf *out)
{
	const char *where = optset_where(set, row);
	const char *locked = optset_locked(set, row);
	const char *narrowed = optset_narrowed(set, row);

	buf_puts(out, optset_source_name(optset_source(set, row)));
	if (where != NULL)
		buf_printf(out, ", %s", where);
	if (locked != NULL)
		buf_printf(out, "; locked, %s", locked);
	if (narrowed != NULL)
		buf_printf(out, "; limited, %s", narrowed);
	buf_append(out, "", 1);
}

static void add_option(const struct opt *row, const struct options *o,
	struct table *t)
{
	struct buf name = { 0 }, value = { 0 }, origin = { 0 };

	show_value(row, o, &value);
	put_origin(row, &o->set, &origin);
	optsalloc_name(row, &name);
	buf_append(&name, "", 1);
	table_add(t, buf_data(&name) + 2);
	buf_fini(&name);
	table_add(t, buf_data(&value));
	table_add(t, buf_data(&origin));
	buf_fini(&value);
	buf_fini(&origin);
}

/* Of salloc's options those that somebody gave. */
static int is_shown(const struct opt *row, const struct options *o)
{
	return row->type == OPT_SALLOC ?
		*(char *const *)((const char *)o + row->at) != NULL :
		config_takes(row);
}

static int print_config(const struct options *o, struct config *c,
	struct err *e)
{
	static const char *const keys[] = { "option", "value", "origin" };
	struct table t;
	struct buf out = { 0 };
	size_t n = 0;
	int ret = 0;

	if (o->flags.check != NULL && strcmp(o->flags.check, OPTIONS_BARE) == 0)
		return err_set(e, "--check: needs a value");
	if (o->flags.check != NULL) {
		if (settings_check(o->flags.check, c, command_is_free,
			e) == -1)
			return COMMAND_SETTINGS_BAD;
		buf_printf(&out, "%s: is good\n", o->flags.check);
		return print_text(&out, e);
	}
	table_init(&t, "lll");
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));) {
		if (!is_shown(row, o))
			continue;
		add_option(row, o, &t);
		n++;
	}
	n += add_bounds(c, &t);
	if (!o->flags.json)
		table_write(&t, &out);
	else if (show_json_cells("options", keys, 3, t.cell, n, &out, e) == -1)
		ret = COMMAND_SETTINGS_BAD;
	table_fini(&t);
	if (ret == 0)
		return print_text(&out, e);
	buf_fini(&out);
	return ret;
}

const struct command cmd_config = {
	.name = "config",
	.operands = "[PROFILE]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "print each option's value, and who gave it",
	.more = "With --check=FILE that file is read as the site's, with all of its profiles, and the exit status is 78 when it is not good.",
	.print = print_config,
	.shows_job = 1,
};

/* ---- profiles ------------------------------------------------------------- */

static void add_profile(const struct options *o, const char *name,
	const char *asked, const char *about, void *arg)
{
	struct table *t = arg;

	table_add(t, name);
	table_add(t, o->session.name);
	table_add(t, asked);
	table_add(t, about);
}

static int print_profiles(const struct options *o, struct config *c,
	struct err *e)
{
	static const char *const keys[] = {
		"profile", "session", "options", "description"
	};
	static const char *const titles[] = {
		"PROFILE", "SESSION", "OPTIONS", "DESCRIPTION"
	};
	struct opt_list names = { 0 };
	struct buf out = { 0 };
	struct table t;
	int ret = 0;

	config_profiles(c, &names);
	table_init(&t, "llll");
	for (size_t i = 0; i < 4; i++)
		table_add(&t, titles[i]);
	for (size_t i = 0; i < names.n && ret == 0; i++)
		ret = show_profile(c, names.word[i], add_profile, &t, e);
	if (ret == -1)
		ret = COMMAND_SETTINGS_BAD;
	else if (o->flags.json && show_json_cells("profiles", keys, 4,
		t.cell + 4, names.n, &out, e) == -1)
		ret = COMMAND_SETTINGS_BAD;
	else if (!o->flags.json && names.n > 0)
		table_write(&t, &out);
	else if (!o->flags.json)
		log_tell("there is no profile in the settings");
	table_fini(&t);
	optlist_free(&names);
	if (ret == 0)
		return print_text(&out, e);
	buf_fini(&out);
	return ret;
}

const struct command cmd_profiles = {
	.name = "profiles",
	.session = COMMAND_NONE,
	.help = "list the profiles of the settings, and what they ask for",
	.print = print_profiles,
};
