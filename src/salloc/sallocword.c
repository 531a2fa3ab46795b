/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From words to options. Names are cut short as for getopt_long(3); those that
 * every salloc has come before those of some releases, and these before those of
 * sbatch. So an abbreviation means the same whatever the release: the front, which
 * does not know it, and the launcher agree.
 */
#include "salloc/sallocword.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "salloc/salloctable.h"

#define UNKNOWN "not an option that can be used here"

/* The option that a word is probably meant to name, dashes or not; or NULL. */
static const struct sallocrow *sallocword_meant(const char *word)
{
	char *name = mem_strndup(word + strspn(word, "-"),
		strcspn(word + strspn(word, "-"), "="));
	const char *names[SALLOCTABLE_MAX], *found;
	size_t n = 0;

	while (salloctable[n].name != NULL) {
		names[n] = salloctable[n].name;
		n++;
	}
	found = nearest(name, names, n);
	free(name);
	return found ? salloctable_find(found, strlen(found)) : NULL;
}

/* What is meant, or all names that can be used. */
static int not_understood(const char *word, const char *why, struct err *e)
{
	const struct sallocrow *row = sallocword_meant(word);
	const char *value = strchr(word, '=');
	struct buf out = { 0 };

	if (row != NULL && row->why == NULL)
		return err_set(e, "'%.100s': %s; do you mean --%s%.100s?", word,
			why, row->name, value ? value : "");

	for (row = salloctable; row->name != NULL; row++)
		if (row->why == NULL && row->alias == NULL)
			buf_printf(&out, " --%s", row->name);
	err_set(e, "'%.100s': %s; understood are%.*s (see salloc(1))", word,
		why, (int)out.len, buf_data(&out));
	buf_fini(&out);
	return -1;
}

static const struct sallocrow *several_names(const char *word,
	const struct sallocrow *one, const struct sallocrow *other,
	struct err *e)
{
	err_set(e, "'%.100s': could be --%s or --%s", word, one->name,
		other->name);
	return NULL;
}

/* Which come first, where several names begin like a word. */
static int rank(const struct sallocrow *row)
{
	return row->only_sbatch ? 2 : row->since != 0;
}

/* The name itself, or the only one it is the beginning of. */
static const struct sallocrow *find_long(const char *word, size_t len,
	struct err *e)
{
	const struct sallocrow *found = NULL, *other = NULL, *row;
	const char *name = word + 2;

	for (row = salloctable; row->name != NULL; row++) {
		const struct sallocrow *real = salloctable_behind(row);

		if (strncmp(row->name, name, len) != 0)
			continue;
		if (row->name[len] == '\0')
			return real;
		if (found == NULL || rank(real) < rank(found)) {
			found = real;
			other = NULL;
		} else if (real != found && rank(real) == rank(found)) {
			other = real;
		}
	}
	if (other != NULL)
		return several_names(word, found, other, e);
	if (found == NULL)
		not_understood(word, UNKNOWN, e);
	return found;
}

static const struct sallocrow *find_short(const char *word, struct err *e)
{
	for (const struct sallocrow *row = salloctable; row->name != NULL; row++)
		if (row->letter == word[1])
			return row;
	not_understood(word, UNKNOWN, e);
	return NULL;
}

int sallocword_take(char *const *words, size_t n, int release,
	const struct sallocrow **row, const char **value, struct err *e)
{
	const char *word = words[0];

	*value = NULL;
	*row = NULL;
	if (word[0] != '-' || word[1] == '\0' || strcmp(word, "--") == 0)
		return not_understood(word, "not an option", e);
	if (word[1] == '-') {
		size_t len = strcspn(word + 2, "=");

		*row = find_long(word, len, e);
		if (word[2 + len] == '=')
			*value = word + 2 + len + 1;
	} else {
		*row = find_short(word, e);
		if (word[2] != '\0')
			*value = word + 2;
	}
	if (*row == NULL)
		return -1;
	if (release != 0 && (*row)->since > release)
		return err_set(e, "--%s: Slurm has it since %d.%02d, this is %d.%02d",
			(*row)->name, (*row)->since / 100, (*row)->since % 100,
			release / 100, release % 100);
	if ((*row)->arg == SALLOC_NO_VALUE && *value)
		return err_set(e, "--%s: takes no value", (*row)->name);
	if ((*row)->arg != SALLOC_NEEDS_VALUE || *value)
		return 1;
	if (n < 2)
		return err_set(e, "--%s: its value is missing", (*row)->name);
	*value = words[1];
	return 2;
}

size_t sallocword_find(char *const *words, size_t n, int near,
	const struct sallocrow **row, const char **value)
{
	int used = n > 0 ? sallocword_take(words, n, 0, row, value, NULL) : 0;

	if (n == 0)
		*row = NULL;
	if (*row == NULL && near && n > 0 && words[0][0] == '-') {
		*row = sallocword_meant(words[0]);
		*value = strchr(words[0], '=');
		*value = *value ? *value + 1 : NULL;
	}
	return *row == NULL ? 0 : used < 1 ? 1 : (size_t)used;
}

/* Whether all of them are options, with their values. */
static int are_options(char *const *words, size_t n)
{
	const struct sallocrow *row;
	const char *value;
	int used;

	for (size_t i = 0; i < n; i += (size_t)used) {
		used = sallocword_take(words + i, n - i, 0, &row, &value, NULL);
		if (used == -1)
			return 0;
	}
	return 1;
}

char **sallocword_cut(char *copy, size_t *n)
{
	char *text, *save = NULL, **words;

	if (copy[0] != '-' || strchr(copy, ' ') == NULL ||
		strncmp(copy, "--comment=", 10) == 0)
		return NULL;
	text = mem_strdup(copy);
	/* Between two of them is a blank. */
	words = mem_alloc((strlen(copy) / 2 + 1) * sizeof *words);
	*n = 0;
	for (char *w = strtok_r(copy, " ", &save); w != NULL;
		w = strtok_r(NULL, " ", &save))
		words[(*n)++] = w;
	if (!are_options(words, *n)) {
		memcpy(copy, text, strlen(text) + 1);
		free(words);
		words = NULL;
	}
	free(text);
	return words;
}
