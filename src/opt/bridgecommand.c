/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list that has "none" as its first word goes without the table. A name is looked
 * up in PATH outside, so it has no '/', and none that a shell or a directory could
 * take for something else.
 */
#include "opt/bridgecommand.h"

#include <ctype.h>
#include <string.h>

#include "base/mem.h"

#define NONE "none"
#define ANY "any"
#define NAME_MAX_LEN 64

const struct bridgecommand bridgecommands[] = {
	{ .name = "sbatch", .submits = 1 },
	{ .name = "squeue", .ignores_dir = 1 },
	{ .name = "scancel", .ignores_dir = 1 },
	{ .name = "sinfo", .ignores_dir = 1 },
	{ .name = "srun" },
	{ .name = "scontrol", .ignores_dir = 1 },
	{ .name = "sacct", .ignores_dir = 1 },
	{ .name = "salloc", .submits = 1,
		.at_terminal = "the shell of salloc has no job control here, since it is not in your terminal's session; `srun --pty bash' has" },
	{ .name = "git" },
	{ 0 }
};

static const struct bridgecommand other = { .name = "" };

static int has_table(const struct opt_list *extra)
{
	return extra->n == 0 || strcmp(extra->word[0], NONE) != 0;
}

static const struct bridgecommand *table_row(const char *name)
{
	const struct bridgecommand *c = bridgecommands;

	while (c->name != NULL && strcmp(c->name, name) != 0)
		c++;
	return c->name != NULL ? c : NULL;
}

static int is_command_name(const char *name)
{
	size_t len = 0;

	while (isalnum((unsigned char)name[len]) ||
		(len > 0 && strchr("._+-", name[len]) != NULL &&
			name[len] != '\0'))
		len++;
	return len > 0 && len <= NAME_MAX_LEN && name[len] == '\0';
}

const struct bridgecommand *bridgecommand_find(const struct opt_list *extra,
	const char *name)
{
	const struct bridgecommand *c = table_row(name);

	if (!is_command_name(name) || strcmp(name, NONE) == 0)
		return NULL;
	if ((c != NULL && has_table(extra)) || optlist_has(extra, name) ||
		optlist_has(extra, ANY))
		return c != NULL ? c : &other;
	return NULL;
}

void bridgecommand_each(const struct opt_list *extra,
	void (*use)(const char *name, void *arg), void *arg)
{
	const struct bridgecommand *c = bridgecommands;

	for (; has_table(extra) && c->name != NULL; c++)
		use(c->name, arg);
	for (size_t i = 0; i < extra->n; i++)
		if (strcmp(extra->word[i], NONE) != 0 &&
			strcmp(extra->word[i], ANY) != 0 &&
			!(has_table(extra) && table_row(extra->word[i]) != NULL))
			use(extra->word[i], arg);
}

static void put_name(const char *name, void *arg)
{
	struct buf *out = arg;

	buf_printf(out, "%s%s", out->len > 0 ? ", " : "", name);
}

void bridgecommand_list(const struct opt_list *extra, struct buf *out)
{
	bridgecommand_each(extra, put_name, out);
}

int bridgecommand_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	struct opt_list *l = (void *)((char *)s->values + row->at);
	const char *word = l->word[l->n - 1];

	if (strcmp(word, NONE) == 0) {
		optlist_free(l);
		optlist_add(l, mem_strdup(NONE));
		return 0;
	}
	if (is_command_name(word))
		return 0;
	err_set(e, "'%.200s' is no name of a command: letters, digits, '.', '_', '+' and '-', as one types it, without a path",
		word);
	return optset_say_which(row, by->where, e);
}
