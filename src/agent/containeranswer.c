/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words, each with its NUL: "tell" and a line as often as there is one; then "same";
 * or "in" or "out", and behind that the row of the runtime, what was seen inside,
 * its instance, and the ways in; or the reason.
 */
#include "agent/containeranswer.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/number.h"

#define LINE "tell"
#define SAME "same"
#define FOUND "in"
#define WHY "out"

/* ---- what a child says ---------------------------------------------------- */

static void put_word(struct buf *out, const char *word)
{
	buf_append(out, word, strlen(word) + 1);
}

static void put_number(struct buf *out, unsigned long long value)
{
	char number[24];

	snprintf(number, sizeof number, "%llu", value);
	put_word(out, number);
}

void containeranswer_put_line(struct buf *out, const char *line)
{
	put_word(out, LINE);
	put_word(out, line);
}

void containeranswer_put_same(struct buf *out)
{
	put_word(out, SAME);
}

void containeranswer_put_why(struct buf *out, const char *why)
{
	put_word(out, WHY);
	put_word(out, why);
}

void containeranswer_put_found(struct buf *out, const struct runtimes *all,
	const struct containerfound *f)
{
	put_word(out, FOUND);
	put_number(out, (unsigned long long)(f->runtime - all->list));
	put_word(out, f->own_shell);
	put_word(out, f->posix_shell);
	put_word(out, f->sftp != NULL ? f->sftp : "");
	put_word(out, f->copy != NULL ? f->copy : "");
	put_word(out, f->alone);
	put_word(out, f->undo);
	put_number(out, (unsigned long long)f->instance.pid);
	put_number(out, f->instance.start);
	put_number(out, f->enter.n);
	for (size_t i = 0; i < f->enter.n; i++)
		put_word(out, f->enter.word[i]);
	for (size_t i = 0; i < f->instance.join.n; i++)
		put_word(out, f->instance.join.word[i]);
}

/* ---- what the agent reads ------------------------------------------------- */

/* The next word of what was said; NULL: there is none. */
static const char *said_word(const char **said, size_t *len)
{
	const char *word = *said, *end = memchr(word, '\0', *len);

	if (end == NULL)
		return NULL;
	*len -= (size_t)(end - word) + 1;
	*said = end + 1;
	return word;
}

/* -1: it is none of at most max. */
static int said_number(const char **said, size_t *len, long max, long *out)
{
	const char *word = said_word(said, len);

	return word == NULL ? -1 : number_read(word, 0, max, out);
}

/* The rest: of the instance, and the ways in. */
static int read_ways(struct containerfound *f, const char *said, size_t len)
{
	long pid, start, n;
	const char *word;

	if (said_number(&said, &len, INT_MAX, &pid) == -1 ||
		said_number(&said, &len, LONG_MAX, &start) == -1 ||
		said_number(&said, &len, (long)len, &n) == -1)
		return -1;
	f->instance.pid = (pid_t)pid;
	f->instance.start = (unsigned long long)start;
	for (; (word = said_word(&said, &len)) != NULL; n--)
		optlist_add(n > 0 ? &f->enter : &f->instance.join,
			mem_strdup(word));
	return n <= 0 && len == 0 ? 0 : -1;
}

static int read_found(struct containerfound *f, const struct runtimes *all,
	const char *said, size_t len)
{
	const char *row = said_word(&said, &len), *own = said_word(&said, &len);
	const char *posix = said_word(&said, &len);
	const char *sftp = said_word(&said, &len);
	const char *copy = said_word(&said, &len);
	const char *alone = said_word(&said, &len);
	const char *undo = said_word(&said, &len);
	long i;

	if (undo == NULL || all->n == 0 ||
		number_read(row, 0, (long)all->n - 1, &i) == -1)
		return -1;
	*f = (struct containerfound){ .runtime = &all->list[i],
		.own_shell = mem_strdup(own), .posix_shell = mem_strdup(posix),
		.sftp = mem_strdup(sftp), .copy = mem_strdup(copy),
		.alone = mem_strdup(alone), .undo = mem_strdup(undo) };
	if (read_ways(f, said, len) == 0)
		return 0;
	containerfound_fini(f);
	return -1;
}

void containeranswer_hear(struct buf *said,
	void (*tell)(const char *line, void *arg), void *arg)
{
	static const char mark[] = LINE;

	while (said->len > sizeof mark &&
		memcmp(buf_data(said), mark, sizeof mark) == 0) {
		const char *line = buf_data(said) + sizeof mark;
		const char *end = memchr(line, '\0', said->len - sizeof mark);

		if (end == NULL)
			return;
		tell(line, arg);
		buf_consume(said, (size_t)(end + 1 - buf_data(said)));
	}
}

int containeranswer_is_same(const char *said, size_t len)
{
	return len == sizeof SAME && memcmp(said, SAME, len) == 0;
}

int containeranswer_read(struct containerfound *f, const struct runtimes *all,
	const char *said, size_t len, struct err *e)
{
	const char *word = len > 0 ? said_word(&said, &len) : NULL;
	const char *why = NULL;

	*f = (struct containerfound){ 0 };
	if (word != NULL && strcmp(word, FOUND) == 0 &&
		read_found(f, all, said, len) == 0)
		return 0;
	if (word != NULL && strcmp(word, WHY) == 0)
		why = said_word(&said, &len);
	return err_set(e, "%s", why != NULL ? why :
		"what was to enter it did not answer");
}

void containerfound_fini(struct containerfound *f)
{
	optlist_free(&f->enter);
	free(f->own_shell);
	free(f->posix_shell);
	free(f->sftp);
	free(f->copy);
	free(f->alone);
	free(f->undo);
	instance_fini(&f->instance);
	*f = (struct containerfound){ 0 };
}
