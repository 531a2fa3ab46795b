/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file, as opt/ini.h has it: the keys are the long options,
 * which are what the values are given to; flags take yes or no. It may have a
 * section [vscode-grim-reaper], and no other.
 */
#include <string.h>

#include "base/buf.h"
#include "opt/ini.h"
#include "os/conffile.h"
#include "reaper/reaper_options.h"

static const struct opt *config_find(const struct opt_set *set, const char *key)
{
	static const char *const not_here[] = { "config", "help", "version" };

	for (size_t i = 0; i < sizeof not_here / sizeof *not_here; i++)
		if (strcmp(key, not_here[i]) == 0)
			return NULL;
	return optset_find(set, key);
}

static int give_key(struct opt_set *set, const char *key, const char *value,
	struct err *e)
{
	/* The file and its line are put before the message. */
	static const struct opt_origin site = { OPT_BY_SITE, NULL };
	const struct opt *o = config_find(set, key);

	if (o == NULL)
		return err_set(e, "unknown key '%.80s'", key);
	/* root without a terminal would do it all the same */
	if (strcmp(key, "kill") == 0 && optset_set(set, o, value, &site,
		e) == 0 && !*(int *)((char *)set->values + o->at))
		return err_set(e, "kill: 'no' is not enough; say 'dry-run = yes'");
	return optset_set(set, o, value, &site, e);
}

static int config_take(const struct ini_line *l, void *arg, struct err *e)
{
	if (l->kind == INI_PAIR)
		return give_key(arg, l->name, l->value, e);
	if (strcmp(l->name, "vscode-grim-reaper") == 0)
		return 0;
	return err_set(e, "unknown section [%.80s], the only one is [vscode-grim-reaper]",
		l->name);
}

int config_read(struct opt_set *set, const char *path, int must_exist,
	struct err *e)
{
	struct buf text = { 0 };
	size_t line;
	int ret = conffile_read(path, &text, e);

	if (ret == 0 && must_exist)
		ret = err_set(e, "%s: there is no such file", path);
	else if (ret == 1 && ini_read(buf_data(&text), text.len, config_take,
		set, &line, e) == -1)
		ret = err_prefix(e, "%s:%zu: ", path, line);
	buf_fini(&text);
	return ret == -1 ? -1 : 0;
}
