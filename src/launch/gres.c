/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * A word of a list is NAME[:TYPE][:no_consume][:COUNT][(...)]; in the parentheses
 * there may be commas. A count may have a letter behind it.
 */
#include "launch/gres.h"

#include <string.h>

#include "base/number.h"

/* The end of the word at s: a comma that is in no parentheses, or the end. */
static const char *end_of_word(const char *s)
{
	int depth = 0;

	for (; *s != '\0' && (depth > 0 || *s != ','); s++) {
		depth += *s == '(';
		depth -= *s == ')' && depth > 0;
	}
	return s;
}

/* "4", "4K". -1: it is no count. */
static int read_count(const char *text, unsigned long *count)
{
	static const char letters[] = "kmgtp";
	const char *at = text, *end = text + strlen(text), *letter;
	unsigned long long n;

	if (number_take(&at, end, GRES_COUNT_MAX, &n) == -1)
		return -1;
	letter = *at != '\0' ? strchr(letters, *at | 0x20) : NULL;
	for (const char *l = letters; letter != NULL && l <= letter; l++)
		n = n > GRES_COUNT_MAX ? n : n * 1024;
	if (at + (letter != NULL) != end || n > GRES_COUNT_MAX)
		return -1;
	*count = (unsigned long)n;
	return 0;
}

#define WORD_MAX 128

/* Without the parentheses behind it; "gpu:(null):2" has others. -1: too long. */
static int copy_word(char copy[WORD_MAX], const char *word, const char *end)
{
	size_t len = 0;

	while (word + len < end && (word[len] != '(' || len == 0 ||
		word[len - 1] == ':'))
		len++;
	if (len >= WORD_MAX)
		return -1;
	memcpy(copy, word, len);
	copy[len] = '\0';
	return 0;
}

/* -1: it is no GPU. */
static int read_word(const char *word, const char *end, struct gres_gpu *gpu)
{
	char copy[WORD_MAX], *save = NULL, *part;

	*gpu = (struct gres_gpu){ .count = 1 };
	if (copy_word(copy, word, end) == -1)
		return -1;
	part = strtok_r(copy, ":", &save);
	if (part == NULL || strcmp(part, "gpu") != 0)
		return -1;
	while ((part = strtok_r(NULL, ":", &save)) != NULL) {
		if (strcmp(part, "(null)") == 0 ||
			strcmp(part, "no_consume") == 0 ||
			read_count(part, &gpu->count) == 0)
			continue;
		if (gpu->type[0] != '\0' || strlen(part) >= GRES_TYPE_MAX)
			return -1;
		memcpy(gpu->type, part, strlen(part) + 1);
	}
	return 0;
}

int gres_next(const char **at, struct gres_gpu *gpu)
{
	while (*at != NULL && **at != '\0') {
		const char *word = *at, *end = end_of_word(word);

		*at = *end == ',' ? end + 1 : end;
		if (read_word(word, end, gpu) == 0)
			return 1;
	}
	return 0;
}

/* NULL: there are too many types. */
static struct gres_row *row_of(struct gres_tally *t, const char *type)
{
	for (size_t i = 0; i < t->n; i++)
		if (strcmp(t->row[i].type, type) == 0)
			return &t->row[i];
	if (t->n == GRES_TYPES_MAX)
		return NULL;
	memcpy(t->row[t->n].type, type, strlen(type) + 1);
	return &t->row[t->n++];
}

/* Of that type, in the whole list. */
static unsigned long sum_of(const char *list, const char *type)
{
	unsigned long sum = 0;
	struct gres_gpu gpu;

	while (gres_next(&list, &gpu))
		if (strcmp(gpu.type, type) == 0)
			sum += gpu.count;
	return sum;
}

void gres_count(struct gres_tally *t, const char *has, const char *used,
	int usable)
{
	struct gres_gpu gpu;

	for (const char *at = has; gres_next(&at, &gpu);) {
		struct gres_row *row = row_of(t, gpu.type);
		/* The same type may stand there twice; it is in use once. */
		unsigned long before, busy;

		if (row == NULL)
			continue;
		row->total += gpu.count;
		if (!usable)
			continue;
		before = sum_of(has, gpu.type) - sum_of(at, gpu.type) -
			gpu.count;
		busy = sum_of(used, gpu.type);
		busy = busy > before ? busy - before : 0;
		row->idle += busy < gpu.count ? gpu.count - busy : 0;
	}
}
