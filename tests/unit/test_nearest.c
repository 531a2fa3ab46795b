/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/nearest.h"

static void distances(void **state)
{
	static const struct {
		const char *a, *b;
		unsigned want;
	} rows[] = {
		{ "", "", 0 },
		{ "list", "list", 0 },
		{ "", "list", 4 },
		{ "list", "", 4 },
		{ "lst", "list", 1 },
		{ "liist", "list", 1 },
		{ "lisd", "list", 1 },
		{ "lsit", "list", 1 },
		{ "ilst", "list", 1 },
		{ "canle", "cancel", 2 },
		{ "kitten", "sitting", 3 },
		{ "devel", "shell", 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (nearest_distance(rows[i].a, rows[i].b) != rows[i].want ||
			nearest_distance(rows[i].b, rows[i].a) != rows[i].want)
			fail_msg("%s, %s: %u, not %u", rows[i].a, rows[i].b,
				nearest_distance(rows[i].a, rows[i].b),
				rows[i].want);
	}
}

static void long_words(void **state)
{
	char word[2 * NEAREST_MAX], same[2 * NEAREST_MAX];

	(void)state;
	memset(word, 'x', sizeof word);
	memset(same, 'x', sizeof same);
	word[NEAREST_MAX] = same[NEAREST_MAX - 1] = '\0';
	assert_int_equal(nearest_distance(word, same), 1);
	word[NEAREST_MAX] = 'x';
	word[NEAREST_MAX + 1] = '\0';
	assert_true(nearest_distance(word, same) > 1000);
}

static void names(void **state)
{
	static const char *const all[] = { "attach", "list", "status",
		"cancel", "exit", "ssh", "logs" };
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "lst", "list" },
		{ "ls", NULL },
		{ "log", "logs" },
		{ "stats", "status" },
		{ "cacnel", "cancel" },
		{ "canceld", "cancel" },
		{ "ssj", "ssh" },
		{ "abc", NULL },
		{ "devel", NULL },
		{ "wait", NULL },
		{ "quit", NULL },
		{ "ext", "exit" },
		{ "edit", "exit" },
		{ "canle", "cancel" },
		{ "can", NULL },
		{ "xx", NULL },
		{ "attahc", "attach" },
		{ "atach", "attach" },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = nearest(rows[i].in, all,
			sizeof all / sizeof *all);

		if (rows[i].want == NULL ? got != NULL : got == NULL ||
			strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].in, got ? got : "nothing");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(long_words),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
