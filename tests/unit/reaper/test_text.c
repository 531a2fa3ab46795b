/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reaper/state.h"
#include "reaper/text.h"

#define N(rows) (sizeof rows / sizeof *rows)

static void is(struct buf *b, const char *want)
{
	buf_append(b, "", 1);
	assert_string_equal(buf_data(b), want);
	buf_fini(b);
}

/* To the letter: sites have scripts that read them. */
static void lines_of_the_original(void **state)
{
	struct buf b = { 0 };

	(void)state;
	text_outcome(&b, "Killed", 10, 75950, 1001);
	is(&b, "Killed 10 process(es) under pid 75950 (uid 1001)");
	text_outcome(&b, "Failed to kill", 1, 7, 0);
	is(&b, "Failed to kill 1 process(es) under pid 7 (uid 0)");
	text_tree_line(&b, 75950, 75897, 0, "sh x");
	is(&b, "   75950    75897    sh x");
	text_tree_line(&b, 75951, 75950, 2, "node");
	is(&b, "   75951    75950      |-    |-  node");
}

static void commands(void **state)
{
	struct buf b = { 0 };

	(void)state;
	text_command(&b, "a\0b c\0\0", 7, 32);
	is(&b, "a b c");
	text_command(&b, "a\033[31m\n\0", 8, 32);
	is(&b, "a\\033[31m\\012");
	text_command(&b, "0123456789", 10, 4);
	is(&b, "0123");
	text_command(&b, "", 0, 4);
	is(&b, "");
}

static void durations(void **state)
{
	static const struct {
		long seconds;
		const char *want;
	} rows[] = {
		{ 0, "0s" }, { 59, "59s" }, { 60, "1m0s" },
		{ 3599, "59m59s" }, { 3600, "1h0m" }, { 86399, "23h59m" },
		{ 86400, "1d0h" }, { 90000, "1d1h" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf b = { 0 };

		text_duration(&b, rows[i].seconds);
		is(&b, rows[i].want);
	}
}

static void lists(void **state)
{
	static const struct {
		const char *word;
		unsigned id;
		int listed;
	} rows[] = {
		{ "alice", 1000, 0 }, { "1000", 1000, 1 }, { "1000", 1001, 0 },
		{ "1000-1002", 999, 0 }, { "1000-1002", 1000, 1 },
		{ "1000-1002", 1001, 1 }, { "1000-1002", 1002, 1 },
		{ "1000-1002", 1003, 0 }, { "4294967295", 4294967295u, 1 },
		{ "99999999999", 1, 0 }, { "1000-", 1000, 0 },
		{ "-1000", 1000, 0 },
	};
	static const struct {
		const char *word;
		int bad;
	} words[] = {
		{ "alice", 0 }, { "1000", 0 }, { "1-2", 0 }, { "a-b", 0 },
		{ "_apt", 0 }, { "corp\\alice", 0 }, { "alice@corp", 0 },
		{ "2-1", 1 }, { "1-", 1 }, { "-1", 1 }, { "1-2-3", 1 },
		{ "a,b", 1 }, { "a b", 1 }, { "99999999999", 1 }, { "", 1 },
	};
	struct opt_list none = { 0 };

	(void)state;
	assert_int_equal(text_listed(&none, 1), 0);
	assert_null(text_bad_word(&none));
	for (size_t i = 0; i < N(rows); i++) {
		char *w[] = { (char *)"zz", (char *)rows[i].word };
		struct opt_list l = { 2, w };

		assert_int_equal(text_listed(&l, rows[i].id),
			rows[i].listed);
		assert_int_equal(text_is_range(rows[i].word),
			strspn(rows[i].word, "0123456789") > 3 &&
			strlen(rows[i].word) < 11 &&
			rows[i].word[strlen(rows[i].word) - 1] != '-');
	}
	for (size_t i = 0; i < N(words); i++) {
		char *w[] = { (char *)"zz", (char *)words[i].word };
		struct opt_list l = { 2, w };

		assert_int_equal(text_bad_word(&l) != NULL, words[i].bad);
	}
}

static int has(const struct buf *b, const char *line)
{
	return memmem(buf_data(b), b->len, line, strlen(line)) != NULL;
}

static void metrics(void **state)
{
	struct text_sum sum[32] = { 0 };
	struct kind kinds;
	struct buf b = { 0 };

	(void)state;
	kind_init(&kinds);
	assert_true(kinds.names < N(sum));
	sum[0].trees[PLAN_END] = 1;
	sum[0].trees[PLAN_CONNECTED] = 2;
	sum[0].processes = 30;
	sum[0].rss = 123456789012;
	sum[0].killed = 9;
	sum[0].failed = 1;
	text_metrics(&b, &kinds, sum, 1700000000.5, 0.25);
	assert_true(has(&b, "\nvscode_grim_reaper_trees{kind=\"vscode\","
		"verdict=\"connected\"} 2\n"));
	assert_true(has(&b, "\nvscode_grim_reaper_trees{kind=\"cursor\","
		"verdict=\"end\"} 0\n"));
	assert_true(has(&b, "\nvscode_grim_reaper_processes{kind=\"vscode\"} "
		"30\n"));
	assert_true(has(&b, "\nvscode_grim_reaper_resident_bytes"
		"{kind=\"vscode\"} 123456789012\n"));
	assert_true(has(&b, "\nvscode_grim_reaper_killed_processes"
		"{kind=\"vscode\"} 9\n"));
	assert_true(has(&b, "\nvscode_grim_reaper_failed_processes"
		"{kind=\"vscode\"} 1\n"));
	assert_true(has(&b, "_last_run_timestamp_seconds 1700000000.500\n"));
	assert_memory_equal(buf_data(&b) + b.len - 6, "# EOF\n", 6);
	buf_fini(&b);
	kind_fini(&kinds);
}

#define HEAD "vscode-grim-reaper-state 1 "
static void states(void **state)
{
	static const struct {
		const char *text;
		int rc;
		size_t n;
	} rows[] = {
		{ HEAD "boot\n", 0, 0 },
		{ HEAD "boot\n5 99 100 7 120\n", 0, 1 },
		{ HEAD "boot\n5 99 100 7 120\n6 1 2 3 4\n", 0, 2 },
		{ HEAD "other\n5 99 100 7 120\n", 0, 0 },
		{ HEAD "other\nrubbish", 0, 0 },
		{ HEAD "boot\n5 99 100 7 120", -1, 0 },
		{ HEAD "boot\n5 99 100 7\n", -1, 0 },
		{ HEAD "boot\n5 99 100 7 120 1\n", -1, 0 },
		{ HEAD "boot\n5 99  100 7 120\n", -1, 0 },
		{ HEAD "boot\n-5 99 100 7 120\n", -1, 0 },
		{ HEAD "boot\n2147483648 99 100 7 120\n", -1, 0 },
		{ HEAD "boot\n5 99 9999999999999999999 7 120\n", -1, 0 },
		{ HEAD "boot\n\n", -1, 0 },
		{ HEAD "boot", -1, 0 },
		{ "vscode-grim-reaper-state 2 boot\n", -1, 0 },
		{ "", -1, 0 },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct state s;

		assert_int_equal(state_parse(&s, rows[i].text,
			strlen(rows[i].text), "boot"), rows[i].rc);
		assert_int_equal(s.n, rows[i].n);
		state_fini(&s);
	}
}

static void states_come_back(void **state)
{
	static const struct state_row row = { 5, 99, 100,
		18446744073709551615ull, 120 };
	struct state s = { 0 }, t;
	struct buf b = { 0 };

	(void)state;
	state_add(&s, &row);
	state_print(&s, "boot", &b);
	assert_int_equal(state_parse(&t, buf_data(&b), b.len, "boot"), 0);
	assert_non_null(state_find(&t, 5, 99));
	assert_true(state_find(&t, 5, 99)->cpu == row.cpu);
	assert_int_equal(state_find(&t, 5, 99)->connected, 100);
	assert_null(state_find(&t, 5, 98));	/* the pid was reused */
	assert_null(state_find(&t, 6, 99));
	buf_fini(&b);
	state_fini(&s);
	state_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_the_original),
		cmocka_unit_test(commands),
		cmocka_unit_test(durations),
		cmocka_unit_test(lists),
		cmocka_unit_test(metrics),
		cmocka_unit_test(states),
		cmocka_unit_test(states_come_back),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
