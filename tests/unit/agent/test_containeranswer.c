/* SPDX-License-Identifier: BSD-2-Clause */
/* What a child says of an image is what the agent reads, and nothing else is. */
#include "fake.h"

#include <string.h>

#include "agent/containeranswer.h"
#include "base/mem.h"

static struct runtime rows[3];
static const struct runtimes all = { .list = rows, .n = 3 };

static char enter_words[3][8] = { "run", "", "%image" }, join_words[1][8] = { "join" };

static void optlist_fill(struct opt_list *l, char (*words)[8], size_t n)
{
	for (size_t i = 0; i < n; i++)
		optlist_add(l, mem_strdup(words[i]));
}

/* All that there is, in these bytes. */
static void say_all(struct buf *out)
{
	char own[] = "/bin/csh", posix[] = "/bin/sh", alone[] = "", undo[] = "rm -f x\n";
	struct containerfound f = { .runtime = &rows[2], .own_shell = own,
		.posix_shell = posix, .alone = alone, .undo = undo,
		.instance = { .pid = 123, .start = 1234567890123ull } };

	optlist_fill(&f.enter, enter_words, 3);
	optlist_fill(&f.instance.join, join_words, 1);
	containeranswer_put_found(out, &all, &f);
	optlist_free(&f.enter);
	optlist_free(&f.instance.join);
}

static void reads_what_was_said(void **state)
{
	struct containerfound f;
	struct buf said = { 0 };
	struct err e;

	(void)state;
	say_all(&said);
	assert_int_equal(containeranswer_read(&f, &all, buf_data(&said), said.len, &e), 0);
	assert_ptr_equal(f.runtime, &rows[2]);
	assert_string_equal(f.own_shell, "/bin/csh");
	assert_string_equal(f.posix_shell, "/bin/sh");
	assert_string_equal(f.sftp, "");
	assert_string_equal(f.copy, "");
	assert_string_equal(f.alone, "");
	assert_string_equal(f.undo, "rm -f x\n");
	assert_int_equal(f.instance.pid, 123);
	assert_true(f.instance.start == 1234567890123ull);
	assert_int_equal(f.enter.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(f.enter.word[i], enter_words[i]);
	assert_int_equal(f.instance.join.n, 1);
	assert_string_equal(f.instance.join.word[0], "join");
	assert_false(containeranswer_is_same(buf_data(&said), said.len));
	containerfound_fini(&f);
	buf_fini(&said);
}

/* One that ends early is none; but behind the way to enter there need be no other. */
static void survives_each_cut(void **state)
{
	static const char no_answer[] = "what was to enter it did not answer";
	struct buf said = { 0 };
	size_t good = 0;

	(void)state;
	say_all(&said);
	for (size_t len = 0; len < said.len; len++) {
		char *cut = mem_alloc(len + 1);
		struct containerfound f;
		struct err e;

		memcpy(cut, buf_data(&said), len);
		if (containeranswer_read(&f, &all, cut, len, &e) == 0) {
			assert_int_equal(f.enter.n, 3);
			assert_int_equal(f.instance.join.n, 0);
			containerfound_fini(&f);
			good++;
		} else {
			assert_string_equal(e.text, no_answer);
			assert_null(f.own_shell);
		}
		free(cut);
	}
	assert_int_equal(good, 1);
	buf_fini(&said);
}

static void tells_why(void **state)
{
	static const struct {
		const char *said;
		size_t len;
		const char *why;
	} cases[] = {
#define SAID(s) s, sizeof s
		{ SAID("out\0no bwrap"), "no bwrap" },
		{ SAID("out"), "what was to enter it did not answer" },
		{ SAID("in\0003\0a\0b\0c\0d\0e\0f\0001\0001\0000"),	/* no such row */
			"what was to enter it did not answer" },
		{ SAID("in\000-1\0a\0b\0c\0d\0e\0f\0001\0001\0000"),
			"what was to enter it did not answer" },
		{ SAID("in\0000\0a\0b\0c\0d\0e\0f\000x\0001\0000"),
			"what was to enter it did not answer" },
		{ "", 0, "what was to enter it did not answer" },
#undef SAID
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct containerfound f;
		struct err e;

		assert_int_equal(containeranswer_read(&f, &all, cases[i].said,
			cases[i].len, &e), -1);
		assert_string_equal(e.text, cases[i].why);
	}
}

static void hear_line(const char *line, void *arg)
{
	buf_printf(arg, "%s|", line);
}

/* As they come, in pieces; what is behind them stays. */
static void hears_lines(void **state)
{
	struct buf all_said = { 0 }, said = { 0 }, told = { 0 };

	(void)state;
	containeranswer_put_line(&all_said, "one");
	containeranswer_put_line(&all_said, "");
	containeranswer_put_line(&all_said, "three");
	containeranswer_put_same(&all_said);
	for (size_t i = 0; i < all_said.len; i++) {
		buf_append(&said, (const char *)buf_data(&all_said) + i, 1);
		containeranswer_hear(&said, hear_line, &told);
	}
	buf_append(&told, "", 1);
	assert_string_equal(buf_data(&told), "one||three|");
	assert_true(containeranswer_is_same(buf_data(&said), said.len));
	buf_fini(&all_said);
	buf_fini(&said);
	buf_fini(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_was_said),
		cmocka_unit_test(survives_each_cut),
		cmocka_unit_test(tells_why),
		cmocka_unit_test(hears_lines),
	};

	return cmocka_run_group_tests_name("containeranswer", tests, NULL, NULL);
}
