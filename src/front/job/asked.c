/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two lists that mean the same have the same words in the same order: options
 * from their rows, those that salloc knows by their long names, each name once.
 * So strcmp() tells them apart, and a hash names them.
 */
#include "front/job/asked.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fnv.h"
#include "base/kv.h"
#include "base/mem.h"
#include "base/shellword.h"
#include "opt/optval.h"
#include "os/safepath.h"

#define SALLOC "--salloc-arg="
#define ASKED_BYTES (1 << 20)

/* "--salloc-arg=--time" of "--salloc-arg=--time=60" */
static size_t name_length(const char *word)
{
	size_t skip = strncmp(word, SALLOC, strlen(SALLOC)) == 0 ?
		strlen(SALLOC) : 0;

	return skip + strcspn(word + skip, "=");
}

void asked_put(struct opt_list *list, char *word)
{
	size_t len = name_length(word);

	for (size_t i = 0; i < list->n; i++) {
		if (name_length(list->word[i]) != len ||
			strncmp(list->word[i], word, len) != 0)
			continue;
		free(list->word[i]);
		list->word[i] = word;
		return;
	}
	optlist_add(list, word);
}

static char *text_of(struct buf *b)
{
	char *text = mem_strndup(buf_data(b), b->len);

	buf_fini(b);
	return text;
}

/* The words of -S that are for the launcher to understand, as they are. */
static void put_words(struct opt_list *list, const struct opt_list *words)
{
	for (size_t i = 0; i < words->n; i++)
		asked_put(list, mem_printf(SALLOC "%s", words->word[i]));
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void put_salloc(struct opt_list *list, const struct opt *row,
	const void *value)
{
	const char *text = *(char *const *)value;

	if (text != NULL)
		asked_put(list, mem_printf(SALLOC "--%s%s%s", row->name,
			text[0] ? "=" : "", text));
}

/* Append the word of one option, or those of -S. */
static void put_row(struct opt_list *list, const struct options *o,
	const struct opt *row)
{
	struct buf b = { 0 };

	const struct opt_list *words = (const void *)((const char *)o +
		row->at);

	if (words == &o->job.salloc_args) {
		put_words(list, words);
		return;
	}
	if (row->type == OPT_SALLOC) {
		put_salloc(list, row, (const char *)o + row->at);
		return;
	}
	buf_printf(&b, "--%s=", row->name);
	if (row->type != OPT_LIST)
		optval_put(row, o, &b);
	else
		for (size_t i = 0; i < words->n; i++)
			buf_printf(&b, "%s%s", i > 0 ? "; " : "",
				words->word[i]);
	asked_put(list, text_of(&b));
}

static void sort(struct opt_list *list)
{
	if (list->n > 0)
		qsort(list->word, list->n, sizeof *list->word, by_text);
}

void asked_of(struct opt_list *list, const struct options *o)
{
	struct options usual;

	*list = (struct opt_list){ 0 };
	options_init(&usual, OPT_PROGRAM);
	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));)
		if (row->of_job && !optval_equal(row, o, &usual))
			put_row(list, o, row);
	options_free(&usual);
	sort(list);
}

/* Whether the list has another word of this one's name. */
static int has_name(const struct opt_list *list, const char *word)
{
	size_t len = name_length(word);

	for (size_t i = 0; i < list->n; i++)
		if (name_length(list->word[i]) == len &&
			strncmp(list->word[i], word, len) == 0)
			return 1;
	return 0;
}

void asked_defaults(struct opt_list *list, const struct options *o,
	const struct opt_list *then)
{
	struct opt_list given = { 0 };

	for (const struct opt *row = NULL; (row = optset_next(&o->set, row));)
		if (row->of_job && row->type != OPT_LIST &&
			optset_source(&o->set, row) != OPT_BY_DEFAULT)
			put_row(&given, o, row);
	for (size_t i = 0; i < given.n; i++)
		if (has_name(then, given.word[i]) &&
			!has_name(list, given.word[i]))
			optlist_add(list, mem_strdup(given.word[i]));
	optlist_free(&given);
	sort(list);
}

/* FNV-1a, 64 bits: nobody has a reason to make two lists of one name. */
struct asked_name asked_name(const struct opt_list *list)
{
	struct asked_name name;
	uint64_t hash = FNV_START;

	for (size_t i = 0; i < list->n; i++)
		hash = fnv_add(hash, list->word[i]);
	snprintf(name.s, sizeof name.s, "%016llx", (unsigned long long)hash);
	return name;
}

int asked_write(int dirfd, const struct opt_list *list, struct err *e)
{
	struct buf text = { 0 };
	int ret;

	for (size_t i = 0; i < list->n; i++)
		kv_write(&text, "option", list->word[i]);
	buf_puts(&text, "\n");
	ret = safepath_write(dirfd, "asked", buf_data(&text), text.len, e);
	buf_fini(&text);
	return ret;
}

int asked_read(int dirfd, struct opt_list *list, struct err *e)
{
	struct buf text = { 0 };
	const char *word;
	size_t pos = 0;
	struct kv kv;
	long n = -1;

	*list = (struct opt_list){ 0 };
	if (safepath_read(dirfd, "asked", ASKED_BYTES, &text, e) == 0) {
		n = kv_parse(&kv, buf_data(&text), text.len, 0, e);
		if (n == 0)
			err_set(e, "asked: ends in the middle");
	}
	buf_fini(&text);
	if (n <= 0)
		return -1;
	while ((word = kv_next(&kv, "option", &pos)) != NULL)
		asked_put(list, mem_strdup(word));
	kv_fini(&kv);
	return 0;
}

void asked_beyond(const struct opt_list *list, const struct opt_list *other,
	char *out, size_t size)
{
	struct buf text = { 0 };

	for (size_t i = 0; i < list->n; i++) {
		const char *word = list->word[i];

		if (optlist_has(other, word))
			continue;
		buf_puts(&text, text.len > 0 ? " " : "");
		/* What stands behind -S is what is looked for. */
		shellword_put(&text, strncmp(word, SALLOC, strlen(SALLOC)) ?
			word : word + strlen(SALLOC));
	}
	snprintf(out, size, "%.*s", text.len > 0 ? (int)text.len : 4,
		text.len > 0 ? buf_data(&text) : "none");
	buf_fini(&text);
}
