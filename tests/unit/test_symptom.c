/* SPDX-License-Identifier: BSD-2-Clause */
/* Which symptom of a log is the likely cause. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "doctor/symptom.h"

#define US "stderr> vscode-remote-shell: "
#define REACHED "> listeningOn==127.0.0.1:4711=="

static void likelihood(void **state)
{
	static const struct {
		const char *lines[6];
		const char *title;	/* the beginning; NULL: none */
		size_t n;
		int is_past;
	} rows[] = {
		{ { "" }, NULL, 0, 0 },
		{ { "> exitCode==207==", "> listeningOn====" }, "Exit code 207", 2, 0 },
		/* Of two that say as much the later one. */
		{ { US "out of memory: the kernel ended x",
			"channel 2: administratively prohibited" },
			"\"open failed: adm", 2, 0 },
		{ { "channel 2: administratively prohibited",
			US "out of memory: the kernel ended x" }, "`out of memory", 2, 0 },
		/* What is seen again is seen later. */
		{ { US "out of memory: the kernel ended x",
			"channel 2: administratively prohibited",
			US "out of memory: the kernel ended y" }, "`out of memory", 2, 0 },
		/* Our words, said by somebody else. */
		{ { "> out of memory: the kernel ended x" }, NULL, 0, 0 },
		{ { "out of memory: the kernel ended x " US }, NULL, 0, 0 },
		/* What was before a server was reached counts less, or not at all. */
		{ { "> exitCode==207==", REACHED }, "Exit code 207", 1, 1 },
		{ { "> exitCode==207==", REACHED, "> listeningOn====" },
			"\"Server did not start", 2, 0 },
		{ { US "job 1 is pending (x)", REACHED }, NULL, 0, 0 },
		{ { REACHED, US "job 1 is pending (x)" }, "VS Code gives up", 1, 0 },
		{ { "> agentPort==1==" }, NULL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct symptom_log l = { .n = 0 };

		for (size_t k = 0; k < 6 && rows[i].lines[k] != NULL; k++)
			symptom_take(&l, rows[i].lines[k]);
		symptom_sort(&l);
		if (l.n != rows[i].n)
			fail_msg("row %zu: %zu symptoms", i, l.n);
		if (rows[i].title == NULL)
			continue;
		if (strncmp(l.seen[0].symptom->title, rows[i].title,
			strlen(rows[i].title)) != 0)
			fail_msg("row %zu: %s", i, l.seen[0].symptom->title);
		assert_int_equal(l.seen[0].is_past, rows[i].is_past);
	}
}

static void reached(void **state)
{
	static const struct {
		const char *line;
		unsigned long at;
	} rows[] = {
		{ REACHED, 1 }, { "listeningOn====", 0 }, { "> agentPort==38001==", 1 },
		{ "codeListeningOn==1==", 1 }, { "listeningOn==", 0 }, { "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct symptom_log l = { .n = 0 };

		symptom_take(&l, rows[i].line);
		assert_int_equal(l.reached, rows[i].at);
	}
}

static void rows_are_whole(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct symptom *s = symptom_table; s->title; s++, n++) {
		assert_non_null(s->means);
		assert_in_range(s->rank, 0, 2);
	}
	assert_true(n <= SYMPTOMS_MAX);
}

/* All at once, and a line that is longer than what is kept of it. */
static void many(void **state)
{
	static char line[4096];
	struct symptom_log l = { .n = 0 };

	(void)state;
	for (const struct symptom *s = symptom_table; s->title; s++)
		for (size_t i = 0; s->others != NULL && s->others[i] != NULL; i++)
			symptom_take(&l, s->others[i]);
	memset(line, 'x', sizeof line - 1);
	memcpy(line + sizeof line - 20, "exitCode==207==", 15);
	symptom_take(&l, line);
	symptom_sort(&l);
	assert_true(l.n > 10);
	assert_non_null(strstr(l.seen[0].symptom->title, "207"));
	assert_int_equal(strlen(l.seen[0].text), sizeof l.seen[0].text - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(likelihood),
		cmocka_unit_test(reached),
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
