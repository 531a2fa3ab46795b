/* SPDX-License-Identifier: BSD-2-Clause */
/* Values with their sources: who counts, locks, bounds, what is passed on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "opt/optset.h"
#include "opt/optval.h"

struct values {
	int flag, count, number, own, mode;
	char *text, *tag;
	struct opt_list list;
	struct opt_ports ports;
	long time;
};

#define AT(field) offsetof(struct values, field)

static const char *const modes[] = { "slow", "fast", NULL };

static const struct opt table[] = {
	{ .group = "All", .agent = OPT_AGENT_TOO },
	{ "flag", 0, OPT_FLAG, .at = AT(flag), .agent = OPT_AGENT_PASSED },
	{ "count", 0, OPT_COUNT, .at = AT(count), .agent = OPT_AGENT_PASSED },
	{ "number", 0, OPT_INT, "N", "7", AT(number), 5, 1000,
		.help = "of the program", .agent_help = "of the agent",
		.agent = OPT_AGENT_PASSED },
	{ "own", 0, OPT_INT, "N", "7", AT(own), 5, 1000, .of_user = 1 },
	{ "mode", 0, OPT_ENUM, "MODE", "fast", AT(mode), .words = modes,
		.agent = OPT_AGENT_PASSED },
	{ "text", 0, OPT_STRING, "TEXT", .at = AT(text), .help = "text",
		.agent = OPT_AGENT_PASSED },
	{ "old-text", .alias = "text" },
	{ "tag", 0, OPT_STRING, "TAG", .at = AT(tag), .agent = OPT_AGENT_ONLY },
	{ "list", 0, OPT_LIST, "WORD", .at = AT(list),
		.agent = OPT_AGENT_PASSED },
	{ "ports", 0, OPT_PORTS, "RANGE", "0", AT(ports),
		.agent = OPT_AGENT_PASSED },
	{ "time", 0, OPT_DURATION, "TIME", "1h", AT(time), 0, 2 * OPT_DAY,
		.agent = OPT_AGENT_PASSED },
	{ 0 }
};

static const char *const wheres[] = {
	NULL, "/etc/c:1", "/home/c:2", "SBATCH_X", "VSCODE_X", "/etc/c:9", NULL,
};
#define SOURCES (OPT_BY_COMMAND_LINE + 1)

static struct opt_origin by(int source)
{
	return (struct opt_origin){ (enum opt_source)source, wheres[source] };
}

struct fixture {
	struct values v;
	struct opt_set s;
	struct err e;
};

static void fixture_init(struct fixture *f)
{
	memset(f, 0xa5, sizeof *f);
	f->e.text[0] = '\0';
	optset_init(&f->s, table, OPT_PROGRAM, &f->v);
}

static int give(struct fixture *f, const void *value, const char *text,
	int source)
{
	struct opt_origin origin = by(source);

	return optset_set(&f->s, optset_row(&f->s, value), text, &origin,
		&f->e);
}

static int lock(struct fixture *f, const void *value, int source)
{
	struct opt_origin origin = by(source);

	return optset_lock(&f->s, optset_row(&f->s, value), &origin, &f->e);
}

static int narrow(struct fixture *f, const void *value, long min, long max,
	int source)
{
	struct opt_origin origin = by(source);

	return optset_narrow(&f->s, optset_row(&f->s, value), min, max, 0,
		&origin, &f->e);
}

static void defaults_are_not_given(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (const struct opt *row = NULL; (row = optset_next(&f.s, row));)
		assert_int_equal(optset_source(&f.s, row), OPT_BY_DEFAULT);
	assert_int_equal(f.v.number, 7);
	assert_int_equal(f.v.time, 3600);
	assert_null(f.v.text);
	/* The same value, but somebody wants it. */
	assert_int_equal(give(&f, &f.v.number, "7", OPT_BY_COMMAND_LINE), 0);
	assert_true(optset_given(&f.s, &f.v.number));
	assert_false(optset_given(&f.s, &f.v.time));
	optset_fini(&f.s);
}

/* Each pair of sources, and three of them. */
static void the_later_source_counts(void **state)
{
	struct fixture f;

	(void)state;
	for (int a = OPT_BY_SITE; a < SOURCES; a++) {
		for (int b = a; b < SOURCES; b++) {
			fixture_init(&f);
			assert_int_equal(give(&f, &f.v.number, "10", a), 0);
			assert_int_equal(give(&f, &f.v.text, "first", a), 0);
			assert_int_equal(give(&f, &f.v.number, "20", b), 0);
			assert_int_equal(f.v.number, 20);
			assert_int_equal(optset_source(&f.s,
				optset_row(&f.s, &f.v.number)), b);
			assert_string_equal(f.v.text, "first");
			assert_int_equal(optset_source(&f.s,
				optset_row(&f.s, &f.v.text)), a);
			optset_fini(&f.s);
		}
	}
	fixture_init(&f);
	assert_int_equal(give(&f, &f.v.mode, "slow", OPT_BY_SITE), 0);
	assert_int_equal(give(&f, &f.v.mode, "fast", OPT_BY_USER), 0);
	assert_int_equal(give(&f, &f.v.mode, "slow", OPT_BY_PROFILE), 0);
	assert_int_equal(f.v.mode, 0);
	optset_fini(&f.s);
}

static void what_can_be_repeated_adds_up(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	for (int by = OPT_BY_SITE; by < SOURCES; by++) {
		char word[2] = { (char)('a' + by), '\0' };

		assert_int_equal(give(&f, &f.v.list, word, by), 0);
		assert_int_equal(give(&f, &f.v.count, NULL, by), 0);
	}
	assert_int_equal(f.v.count, SOURCES - 1);
	assert_int_equal(f.v.list.n, SOURCES - 1);
	for (size_t i = 0; i < f.v.list.n; i++)
		assert_int_equal(f.v.list.word[i][0], 'b' + (int)i);
	optset_fini(&f.s);
}

static void a_bad_value_changes_nothing(void **state)
{
	static const char *const want[SOURCES] = {
		[OPT_BY_SITE] = "/etc/c:1: number: '4' is not a number (5 to 1000)",
		[OPT_BY_USER] = "/home/c:2: number: '4' is not a number (5 to 1000)",
		[OPT_BY_SLURM] = "SBATCH_X: number: '4' is not a number (5 to 1000)",
		[OPT_BY_ENVIRONMENT] = "VSCODE_X: number: '4' is not a number (5 to 1000)",
		[OPT_BY_PROFILE] = "/etc/c:9: number: '4' is not a number (5 to 1000)",
		[OPT_BY_COMMAND_LINE] = "--number: '4' is not a number (5 to 1000)",
	};
	struct fixture f;

	(void)state;
	for (int by = OPT_BY_SITE; by < SOURCES; by++) {
		fixture_init(&f);
		assert_int_equal(give(&f, &f.v.number, "4", by), -1);
		assert_string_equal(f.e.text, want[by]);
		assert_int_equal(f.v.number, 7);
		assert_false(optset_given(&f.s, &f.v.number));
		optset_fini(&f.s);
	}
}

static void a_lock_holds_for_whoever_comes_later(void **state)
{
	struct fixture f;

	(void)state;
	for (int by = OPT_BY_USER; by < SOURCES; by++) {
		fixture_init(&f);
		assert_int_equal(give(&f, &f.v.mode, "slow", OPT_BY_SITE), 0);
		assert_int_equal(lock(&f, &f.v.mode, OPT_BY_SITE), 0);
		assert_int_equal(lock(&f, &f.v.list, OPT_BY_SITE), 0);
		assert_int_equal(lock(&f, &f.v.time, OPT_BY_SITE), 0);
		assert_int_equal(give(&f, &f.v.mode, "fast", by), -1);
		assert_int_equal(f.v.mode, 0);
		assert_int_equal(optset_source(&f.s,
			optset_row(&f.s, &f.v.mode)), OPT_BY_SITE);
		assert_int_equal(give(&f, &f.v.list, "x", by), -1);
		assert_int_equal(f.v.list.n, 0);
		/* Also what the site leaves as it is. */
		assert_int_equal(give(&f, &f.v.time, "2h", by), -1);
		assert_int_equal(f.v.time, 3600);
		assert_int_equal(give(&f, &f.v.number, "9", by), 0);
		optset_fini(&f.s);
	}
}

static void a_lock_tells_whose_it_is(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_int_equal(give(&f, &f.v.mode, "slow", OPT_BY_SITE), 0);
	assert_int_equal(lock(&f, &f.v.mode, OPT_BY_SITE), 0);
	assert_int_equal(lock(&f, &f.v.list, OPT_BY_SITE), 0);
	assert_int_equal(give(&f, &f.v.mode, "fast", OPT_BY_COMMAND_LINE), -1);
	assert_string_equal(f.e.text,
		"--mode: is locked to 'slow' by /etc/c:1: leave it out");
	assert_int_equal(give(&f, &f.v.list, "x", OPT_BY_USER), -1);
	assert_string_equal(f.e.text,
		"/home/c:2: list: is locked by /etc/c:1: leave it out");
	assert_int_equal(lock(&f, &f.v.own, OPT_BY_SITE), -1);
	assert_string_equal(f.e.text,
		"/etc/c:1: own: is every user's own, and cannot be locked");
	assert_int_equal(give(&f, &f.v.own, "9", OPT_BY_COMMAND_LINE), 0);
	optset_fini(&f.s);
}

static void bounds_hold_for_whoever_comes_later(void **state)
{
	struct fixture f;

	(void)state;
	for (int by = OPT_BY_SITE; by < SOURCES; by++) {
		fixture_init(&f);
		assert_int_equal(narrow(&f, &f.v.time, 60, 8 * OPT_HOUR,
			OPT_BY_SITE), 0);
		assert_int_equal(f.v.time, 3600);
		assert_false(optset_given(&f.s, &f.v.time));
		assert_int_equal(give(&f, &f.v.time, "9h", by), -1);
		assert_non_null(strstr(f.e.text,
			"time: '9h' is out of the bounds that /etc/c:1 sets (1m to 8h)"));
		/* 0 means never, which is longest of all. */
		assert_int_equal(give(&f, &f.v.time, "0", by), -1);
		assert_int_equal(f.v.time, 3600);
		assert_int_equal(give(&f, &f.v.time, "8h", by), 0);
		assert_int_equal(f.v.time, 8 * OPT_HOUR);
		assert_int_equal(give(&f, &f.v.time, "60s", by), 0);
		assert_int_equal(f.v.time, 60);
		assert_int_equal(give(&f, &f.v.time, "3d", by), -1);
		assert_int_equal(give(&f, &f.v.time, "x", by), -1);
		assert_non_null(strstr(f.e.text, "'x' is not a duration"));
		optset_fini(&f.s);
	}
}

/* Else everybody had to give what the site does not. */
static void bounds_move_the_default(void **state)
{
	struct fixture f;

	(void)state;
	fixture_init(&f);
	assert_int_equal(narrow(&f, &f.v.time, 60, 1800, OPT_BY_SITE), 0);
	assert_int_equal(f.v.time, 1800);
	assert_true(optset_given(&f.s, &f.v.time));
	assert_int_equal(narrow(&f, &f.v.number, 10, 20, OPT_BY_SITE), 0);
	assert_int_equal(f.v.number, 10);
	/* Once more, by a part of the site's file; never wider. */
	assert_int_equal(narrow(&f, &f.v.number, 12, 15, OPT_BY_SITE), 0);
	assert_int_equal(f.v.number, 12);
	assert_int_equal(narrow(&f, &f.v.number, 10, 20, OPT_BY_SITE), 0);
	assert_int_equal(give(&f, &f.v.number, "16", OPT_BY_USER), -1);
	assert_int_equal(give(&f, &f.v.number, "11", OPT_BY_USER), -1);
	assert_int_equal(narrow(&f, &f.v.number, 16, 20, OPT_BY_SITE), -1);
	assert_string_equal(f.e.text,
		"/etc/c:1: number: the bounds and those of /etc/c:1 exclude each other");
	assert_int_equal(narrow(&f, &f.v.number, 12, 2000, OPT_BY_SITE), -1);
	assert_string_equal(f.e.text,
		"/etc/c:1: number: the bounds are not within those that it has");
	assert_int_equal(narrow(&f, &f.v.number, 15, 14, OPT_BY_SITE), -1);
	assert_int_equal(narrow(&f, &f.v.mode, 0, 1, OPT_BY_SITE), -1);
	assert_string_equal(f.e.text,
		"/etc/c:1: mode: has no bounds to narrow");
	assert_int_equal(narrow(&f, &f.v.own, 6, 7, OPT_BY_SITE), -1);
	assert_string_equal(f.e.text,
		"/etc/c:1: own: is every user's own, and cannot be limited");
	optset_fini(&f.s);
}

static void each_program_has_its_rows(void **state)
{
	struct values v;
	struct opt_set s;
	int tag = 0, own = 0;

	(void)state;
	optset_init(&s, table, OPT_PROGRAM, &v);
	for (const struct opt *row = NULL; (row = optset_next(&s, row));)
		tag |= strcmp(row->name, "tag") == 0;
	assert_false(tag);
	assert_string_equal(optset_row(&s, &v.number)->help, "of the program");
	optset_fini(&s);
	optset_init(&s, table, OPT_AGENT, &v);
	for (const struct opt *row = NULL; (row = optset_next(&s, row));) {
		tag |= strcmp(row->name, "tag") == 0;
		own |= strcmp(row->name, "own") == 0;
		assert_null(row->alias);
	}
	assert_true(tag);
	assert_false(own);
	assert_string_equal(optset_row(&s, &v.number)->help, "of the agent");
	assert_string_equal(optset_row(&s, &v.text)->help, "text");
	optset_fini(&s);
}

static void what_was_given_is_passed_on(void **state)
{
	static const char *const want[] = {
		"--flag", "--count", "--count", "--number=9", "--text=a b",
		"--list=x", "--list=--y", "--ports=7-9", "--time=90s",
	};
	struct fixture f;
	struct values v;
	struct opt_set agent;
	struct opt_list words = { 0 };

	(void)state;
	fixture_init(&f);
	optset_init(&agent, table, OPT_AGENT, &v);
	assert_int_equal(give(&f, &f.v.number, "9", OPT_BY_SITE), 0);
	assert_int_equal(give(&f, &f.v.own, "9", OPT_BY_SITE), 0);
	assert_int_equal(give(&f, &f.v.flag, NULL, OPT_BY_USER), 0);
	assert_int_equal(give(&f, &f.v.text, "a b", OPT_BY_PROFILE), 0);
	assert_int_equal(give(&f, &f.v.list, "x", OPT_BY_PROFILE), 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(give(&f, &f.v.count, NULL,
			OPT_BY_COMMAND_LINE), 0);
	assert_int_equal(give(&f, &f.v.list, "--y", OPT_BY_COMMAND_LINE), 0);
	assert_int_equal(give(&f, &f.v.ports, "7-9", OPT_BY_COMMAND_LINE), 0);
	assert_int_equal(give(&f, &f.v.time, "90s", OPT_BY_COMMAND_LINE), 0);
	optset_pass(&agent, &f.s);
	for (const struct opt *row = NULL; (row = optset_next(&f.s, row));)
		if (row->agent == OPT_AGENT_PASSED)
			assert_true(optval_equal(row, &f.v, &v));
	optset_words(&agent, &words);
	assert_int_equal(words.n, sizeof want / sizeof *want);
	for (size_t i = 0; i < words.n; i++)
		assert_string_equal(words.word[i], want[i]);
	optlist_free(&words);
	optset_fini(&agent);
	optset_fini(&f.s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_are_not_given),
		cmocka_unit_test(the_later_source_counts),
		cmocka_unit_test(what_can_be_repeated_adds_up),
		cmocka_unit_test(a_bad_value_changes_nothing),
		cmocka_unit_test(a_lock_holds_for_whoever_comes_later),
		cmocka_unit_test(a_lock_tells_whose_it_is),
		cmocka_unit_test(bounds_hold_for_whoever_comes_later),
		cmocka_unit_test(bounds_move_the_default),
		cmocka_unit_test(each_program_has_its_rows),
		cmocka_unit_test(what_was_given_is_passed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
