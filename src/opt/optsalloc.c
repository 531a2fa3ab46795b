/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rows are made of salloc's own table. Where ours has the name of one, ours
 * counts, and salloc's is only to be had behind --salloc-arg.
 */
#include "opt/optsalloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/shellword.h"
#include "opt/optlist.h"
#include "salloc/salloctable.h"
#include "salloc/sallocword.h"

static size_t count_rows(const struct opt *table)
{
	size_t n = 0;

	while (table[n].name != NULL || table[n].group != NULL)
		n++;
	return n;
}

static int has_row(const struct opt *table, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (table[i].name != NULL && table[i].agent != OPT_AGENT_ONLY &&
			strcmp(table[i].name, name) == 0)
			return 1;
	return 0;
}

struct opt *optsalloc_join(const struct opt *table, size_t at)
{
	size_t n = count_rows(table), ours = n;
	struct opt *all = mem_alloc((n + SALLOCTABLE_MAX + 1) * sizeof *all);

	memcpy(all, table, n * sizeof *all);
	for (size_t i = 0; salloctable[i].name != NULL; i++) {
		const struct sallocrow *row = &salloctable[i];

		all[n++] = row->alias != NULL ? (struct opt){
			.name = row->name, .alias = row->alias, .exact = 1,
		} : (struct opt){
			.name = row->name,
			.type = OPT_SALLOC,
			.arg = "VALUE",
			.at = at + i * sizeof(char *),
			.max = LONG_MAX,
			.of_job = 1,
			.exact = 1,
			.behind_arg = has_row(table, ours, row->name),
			.salloc = row,
		};
	}
	return all;
}

static const struct opt *row_of(const struct opt_set *s,
	const struct sallocrow *option)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		if (row->salloc == option)
			return row;
	abort(); /* each has one */
}

/* What is ours alone would be of no use to a launcher. */
static int is_ours(const struct opt_set *s, const char *word)
{
	size_t len;

	if (strncmp(word, "--", 2) != 0)
		return 0;
	word += 2;
	len = strcspn(word, "=");
	if (salloctable_find(word, len) != NULL)
		return 0;
	for (const struct opt *row = NULL; (row = optset_next(s, row));)
		if (row->name != NULL && row->agent != OPT_AGENT_ONLY &&
			strlen(row->name) == len &&
			memcmp(row->name, word, len) == 0)
			return 1;
	return 0;
}

/*
 * The first of n words: given to its row. How many words that were, 0 when they
 * are for the launcher, or when a value is missing; -1 with e set.
 */
static int give_words(struct opt_set *s, char *const *words, size_t n,
	const struct opt_origin *by, struct err *e)
{
	const struct sallocrow *option;
	const char *value;
	int used = sallocword_take(words, n, 0, &option, &value, NULL);

	if (used == -1 && is_ours(s, words[0]))
		return err_set(e, "'%s' is no option of salloc, but of this program: write it by itself, before --",
			words[0]);
	if (used == -1 || option->why != NULL)
		return 0;
	return optset_set(s, row_of(s, option), value, by, e) == -1 ? -1 : used;
}

/* Whether a word is an option that needs another word as its value. */
static int lacks_value(char *const *word)
{
	const struct sallocrow *option = NULL;
	const char *value;

	return sallocword_take(word, 1, 0, &option, &value, NULL) == -1 &&
		option != NULL && option->arg == SALLOC_NEEDS_VALUE;
}

/* Each piece of a word that is several: -1 with e set. */
static int give_pieces(struct opt_set *s, char **pieces, size_t n,
	const struct opt_origin *by, struct opt_list *rest, struct err *e)
{
	int used;

	for (size_t i = 0; i < n; i += (size_t)used) {
		used = give_words(s, pieces + i, n - i, by, e);
		if (used == -1)
			return -1;
		if (used == 0) {
			optlist_add(rest, mem_strdup(pieces[i]));
			used = 1;
		}
	}
	return 0;
}

static void drop_last(struct opt_list *l, size_t n)
{
	while (n-- > 0)
		free(l->word[--l->n]);
}

int optsalloc_take(struct opt_set *s, const struct opt *row,
	const struct opt_origin *by, struct err *e)
{
	struct opt_list *l = (void *)((char *)s->values + row->at);
	char **pieces, *copy;
	size_t n;
	int ret;

	if (l->n >= 2 && lacks_value(&l->word[l->n - 2])) {
		ret = give_words(s, l->word + l->n - 2, 2, by, e);
		if (ret > 0)
			drop_last(l, 2);
		return ret == -1 ? -1 : 0;
	}
	copy = mem_strdup(l->word[l->n - 1]);
	pieces = sallocword_cut(copy, &n);
	if (pieces != NULL) {
		drop_last(l, 1);
		ret = give_pieces(s, pieces, n, by, l, e);
	} else {
		ret = give_words(s, l->word + l->n - 1, 1, by, e);
		if (ret > 0)
			drop_last(l, 1);
	}
	free(pieces);
	free(copy);
	return ret == -1 ? -1 : 0;
}

static const char *value_of(const struct opt_set *s, const struct opt *row)
{
	return row->type != OPT_SALLOC ? NULL :
		*(char *const *)((const char *)s->values + row->at);
}

const char *optsalloc_value(const struct opt_set *s, const char *name)
{
	return value_of(s, row_of(s, salloctable_find(name, strlen(name))));
}

void optsalloc_words(const struct opt_set *s, const struct opt_list *list,
	struct opt_list *words)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));) {
		const char *value = value_of(s, row);

		if (value != NULL)
			optlist_add(words, mem_printf("--%s%s%s",
				row->salloc->name, value[0] ? "=" : "", value));
	}
	for (size_t i = 0; list != NULL && i < list->n; i++)
		optlist_add(words, mem_strdup(list->word[i]));
}

void optsalloc_line(const struct opt_set *s, const struct opt_list *list,
	struct buf *out)
{
	struct opt_list words = { 0 };

	optsalloc_words(s, list, &words);
	for (size_t i = 0; i < words.n; i++) {
		buf_puts(out, i > 0 ? " " : "");
		shellword_put(out, words.word[i]);
	}
	optlist_free(&words);
}

const char *optsalloc_in(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word + 2, name, len) != 0 ? NULL :
		word[2 + len] == '=' ? word + 2 + len + 1 :
		word[2 + len] == '\0' ? "" : NULL;
}

void optsalloc_correct(struct opt_set *s, const struct opt_list *words)
{
	for (const struct opt *row = NULL; (row = optset_next(s, row));) {
		const char *value = NULL;

		if (row->type != OPT_SALLOC)
			continue;
		for (size_t i = 0; i < words->n && value == NULL; i++)
			value = optsalloc_in(words->word[i], row->salloc->name);
		optset_correct(s, row, value);
	}
}

void optsalloc_name(const struct opt *row, struct buf *out)
{
	buf_printf(out, "--%s%s", row->behind_arg ? "salloc-arg=--" : "",
		row->name);
}

size_t optsalloc_spell(const struct opt_set *s, char *const *words, size_t n,
	int near, struct buf *out, const char **why)
{
	const struct sallocrow *option;
	const char *value = NULL;
	size_t used = sallocword_find(words, n, near, &option, &value);
	struct buf word = { 0 };

	*why = NULL;
	if (used == 0)
		return 0;
	if (option->why != NULL) {
		*why = option->why;
		return used;
	}
	/* "-p gpu" in one word has a blank before the value. */
	if (value != NULL)
		value += strspn(value, " ");
	else if (option->arg == SALLOC_NEEDS_VALUE)
		value = "VALUE";
	optsalloc_name(row_of(s, option), &word);
	buf_printf(&word, "%s%s", value ? "=" : "", value ? value : "");
	buf_append(&word, "", 1);
	shellword_put(out, buf_data(&word));
	buf_fini(&word);
	return used;
}

/* ---- variables ------------------------------------------------------------ */

static const char *find_env(char *const *environ, const char *name)
{
	size_t len = strlen(name);

	for (; *environ != NULL; environ++)
		if (strncmp(*environ, name, len) == 0 && (*environ)[len] == '=')
			return *environ + len + 1;
	return NULL;
}

/* What a site has locked so that nobody can give row; NULL: nothing. */
static const struct opt *lock_against(const struct opt_set *s,
	const struct opt *row)
{
	const struct opt *arg = optset_find(s, "salloc-arg");

	if (optset_locked(s, row) != NULL)
		return row;
	for (const struct opt *r = NULL; (r = optset_next(s, r));)
		if (value_of(s, r) != NULL && optset_locked(s, r) != NULL &&
			r->salloc->one_of != 0 &&
			r->salloc->one_of == row->salloc->one_of)
			return r;
	return optset_locked(s, arg) != NULL ? arg : NULL;
}

/* A variable is set once for all that one does: it comes to nothing, with a line. */
static void leave_out(struct opt_set *s, const struct opt *row,
	const struct opt *lock, const char *name, const char *value)
{
	const char *now = value_of(s, row);
	struct err note;

	if (lock == row && now != NULL && strcmp(now, value) == 0)
		return;
	err_set(&note, "%s counts for nothing: %s is locked by %s", name,
		lock->name, optset_locked(s, lock));
	optset_refer(s, &note);
	optlist_add(&s->notes, mem_strdup(note.text));
}

/* What is empty is not set, but for an option that may stand without a value. */
static int give_env(struct opt_set *s, const struct opt *row, const char *name,
	const char *value, struct err *e)
{
	const struct opt_origin by = { OPT_BY_SLURM, name };
	int alone = row->salloc->arg != SALLOC_NEEDS_VALUE;
	const struct opt *lock = lock_against(s, row);

	if (value[0] == '\0' && !alone)
		return 0;
	if (lock != NULL) {
		leave_out(s, row, lock, name, value);
		return 0;
	}
	return optset_set(s, row, value[0] != '\0' ? value : NULL, &by, e);
}

static int give_named(struct opt_set *s, char *const *environ, const char *name,
	const char *option, struct err *e)
{
	const char *value = find_env(environ, name);

	return value == NULL ? 0 : give_env(s, row_of(s, salloctable_find(option,
		strlen(option))), name, value, e);
}

/* Of --switches a variable each: the number, and how long to wait. */
static int give_switches(struct opt_set *s, char *const *environ,
	const char *prefix, struct err *e)
{
	char *name = mem_printf("%sREQ_SWITCH", prefix);
	char *wait = mem_printf("%sWAIT4SWITCH", prefix);
	const char *count = find_env(environ, name);
	const char *longest = find_env(environ, wait);
	char *value = count == NULL ? NULL : mem_printf("%s%s%s", count,
		longest ? "@" : "", longest ? longest : "");
	int ret = value == NULL ? 0 : give_env(s, row_of(s,
		salloctable_find("switches", 8)), name, value, e);

	free(value);
	free(wait);
	free(name);
	return ret;
}

int optsalloc_env(struct opt_set *s, char *const *environ, const char *prefix,
	struct err *e)
{
	/* Those of salloc and sbatch alike. */
	if (give_named(s, environ, "SLURM_HINT", "hint", e) == -1 ||
		give_named(s, environ, "SLURM_CLUSTERS", "clusters", e) == -1 ||
		give_switches(s, environ, prefix, e) == -1)
		return -1;
	for (const struct sallocrow *o = salloctable; o->name != NULL; o++) {
		char *name;
		int ret;

		if (o->env == NULL || o->why != NULL)
			continue;
		name = mem_printf("%s%s", prefix, o->env);
		ret = give_named(s, environ, name, o->name, e);
		free(name);
		if (ret == -1)
			return -1;
	}
	return 0;
}
