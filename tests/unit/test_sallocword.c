/* SPDX-License-Identifier: BSD-2-Clause */
/* Words: which option they name, and what looks like several and is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "salloc/sallocword.h"

static void finds(void **state)
{
	static const struct {
		const char *words[3];
		int near;
		size_t used;
		const char *name, *value;
	} rows[] = {
		{ { "--gpus=1" }, 0, 1, "gpus", "1" },
		{ { "--gpus", "1", "x" }, 0, 2, "gpus", "1" },
		{ { "--part=x" }, 0, 1, "partition", "x" },
		{ { "--tasks-per-node=2" }, 0, 1, "ntasks-per-node", "2" },
		{ { "-p gpu" }, 0, 1, "partition", " gpu" },
		{ { "-t5" }, 0, 1, "time", "5" },
		{ { "--exclusive" }, 0, 1, "exclusive", NULL },
		{ { "--exclusive=user" }, 0, 1, "exclusive", "user" },
		{ { "-t" }, 0, 1, "time", NULL },
		{ { "-J", "a'b" }, 0, 2, "job-name", "a'b" },
		{ { "--tiem=5" }, 0, 0, NULL, NULL },
		{ { "--tiem=5" }, 1, 1, "time", "5" },
		{ { "--x11" }, 0, 1, "x11", NULL },
		{ { "gpu" }, 1, 0, NULL, NULL },
		{ { "-" }, 1, 0, NULL, NULL },
		{ { "--" }, 1, 0, NULL, NULL },
		{ { "" }, 1, 0, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct sallocrow *row = NULL;
		const char *value = NULL;
		size_t n = 0, used;

		while (n < 3 && rows[i].words[n] != NULL)
			n++;
		used = sallocword_find((char **)rows[i].words, n, rows[i].near,
			&row, &value);
		if (used != rows[i].used || (used > 0 &&
			(strcmp(row->name, rows[i].name) != 0 ||
			(value == NULL) != (rows[i].value == NULL) ||
			(value != NULL && strcmp(value, rows[i].value) != 0))))
			fail_msg("row %zu: %zu", i, used);
	}
}

static void cuts(void **state)
{
	static const struct {
		const char *word;
		const char *pieces[5];
	} rows[] = {
		{ "--gres=gpu:1 --time=1:00:00", { "--gres=gpu:1",
			"--time=1:00:00" } },
		{ "-p gpu", { "-p", "gpu" } },
		{ "-p gpu  -t 5", { "-p", "gpu", "-t", "5" } },
		{ "-Cx --exclusive", { "-Cx", "--exclusive" } },
		{ "--time=5", { NULL } },
		{ "--comment=for x -t 5", { NULL } },
		{ "--job-name=a b", { NULL } },
		{ "-Ja b", { NULL } },
		{ "--comment=a -b", { NULL } },
		{ "-p", { NULL } },
		{ "a -t5", { NULL } },
		{ "-p gpu --what", { NULL } },
		{ "-t5 -p", { NULL } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *copy = mem_strdup(rows[i].word);
		size_t n = 0, k = 0;
		char **pieces = sallocword_cut(copy, &n);

		n = pieces != NULL ? n : 0;

		for (; k < n && rows[i].pieces[k] != NULL; k++)
			assert_string_equal(pieces[k], rows[i].pieces[k]);
		if (k != n || rows[i].pieces[k] != NULL ||
			(n == 0 && strcmp(copy, rows[i].word) != 0))
			fail_msg("'%s': %zu pieces", rows[i].word, n);
		free(pieces);
		free(copy);
	}
}

/* A word of a user is as long as he likes; none of it may be lost. */
static void cuts_many(void **state)
{
	struct buf text = { 0 };
	char **pieces;
	size_t n;

	(void)state;
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "%s-n%d", i > 0 ? " " : "", i + 1);
	buf_append(&text, "", 1);
	pieces = sallocword_cut(buf_data(&text), &n);
	assert_non_null(pieces);
	assert_int_equal(n, 100);
	assert_string_equal(pieces[99], "-n100");
	free(pieces);
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(cuts),
		cmocka_unit_test(cuts_many),
	};

	return cmocka_run_group_tests_name("sallocword", tests, NULL, NULL);
}
