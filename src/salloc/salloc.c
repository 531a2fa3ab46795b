/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the options of a job as values, and which of them one job cannot have
 * together. The words are taken apart by sallocword.c, the values read by the
 * functions that their rows name.
 */
#include "salloc/salloc.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/shellword.h"
#include "salloc/salloctable.h"
#include "salloc/sallocval.h"
#include "salloc/sallocword.h"

static void empty(struct salloc *s)
{
	*s = (struct salloc){
		.mem = SALLOC_MEM_UNSET, .mem_per_cpu = SALLOC_MEM_UNSET,
		.mem_per_gpu = SALLOC_MEM_UNSET, .tmp = SALLOC_MEM_UNSET,
	};
}

static int read_value(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	if (row->why == NULL && value != NULL && *value == '\0')
		return err_set(e, "--%s: its value is empty", row->name);
	return row->parse(row, s, value, e);
}

/* Two options of which a job has only one. seen: by their places. */
static int check_pairs(const unsigned char *seen, int release, struct err *e)
{
	for (size_t i = 0; salloctable[i].name != NULL; i++) {
		const struct sallocrow *row = &salloctable[i];

		/* Of an unknown release (0) only what all refuse. */
		if (!seen[i] || row->one_of == 0 || release < row->one_since)
			continue;
		for (size_t k = i + 1; salloctable[k].name != NULL; k++)
			if (seen[k] && salloctable[k].one_of == row->one_of)
				return err_set(e, "--%s and --%s exclude each other",
					row->name, salloctable[k].name);
	}
	return 0;
}

int salloc_parse(struct salloc *s, char *const *words, size_t n, int release,
	struct err *e)
{
	unsigned char seen[SALLOCTABLE_MAX] = { 0 };
	const struct sallocrow *row;
	const char *value;
	int used;

	empty(s);
	s->release = release;
	for (size_t i = 0; i < n; i += (size_t)used) {
		used = sallocword_take(words + i, n - i, release, &row, &value,
			e);
		if (used == -1 || read_value(row, s, value, e) == -1)
			goto fail;
		seen[row - salloctable] = 1;
	}
	if (check_pairs(seen, release, e) == 0)
		return 0;
fail:
	salloc_fini(s);
	return -1;
}

void salloc_fini(struct salloc *s)
{
	for (const struct sallocrow *row = salloctable; row->name != NULL; row++)
		if (sallocval_is_string(row))
			free(*(char **)(void *)((char *)s + row->field));
	empty(s);
}

static void put_words(struct buf *out, char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		buf_puts(out, out->len > 0 ? " " : "");
		shellword_put(out, words[i]);
	}
}

int salloc_time(uint64_t *seconds, struct buf *others, char *const *words,
	size_t n, struct err *e)
{
	struct salloc s = { 0 };
	int used;

	for (size_t i = 0; i < n; i += (size_t)used) {
		const struct sallocrow *row = NULL;
		const char *value;

		used = sallocword_take(words + i, n - i, 0, &row, &value, e);
		if (row != NULL && row->why != NULL)
			return row->parse(row, &s, value, e);
		if (row == NULL ||
			row->field != offsetof(struct salloc, time_limit) ||
			row->parse != sallocval_time) {
			used = used == -1 ? 1 : used;
			put_words(others, words + i, (size_t)used);
		} else if (used == -1 || read_value(row, &s, value, e) == -1) {
			return -1;
		}
	}
	*seconds = s.time_seconds;
	return 0;
}

int salloc_check(const struct sallocrow *row, const char *value, struct err *e)
{
	struct salloc s;
	int ret;

	empty(&s);
	ret = read_value(row, &s, value, e);
	salloc_fini(&s);
	return ret;
}
