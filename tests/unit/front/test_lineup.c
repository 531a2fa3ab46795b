/* SPDX-License-Identifier: BSD-2-Clause */
/* What each live job is to its session, and which of them is ended for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "front/job/lineup.h"

/* The whole product: of all of it only one kind is a rival. */
static void judges_the_product(void **state)
{
	unsigned n[ROLE_UNKNOWN + 1] = { 0 };

	(void)state;
	for (int place = ROLE_FIRST; place <= ROLE_ALONE; place++)
		for (int said = ROLE_SAID_NOTHING; said <= ROLE_SAID_OTHER;
			said++)
			for (int named = 0; named < 2; named++) {
				const struct role_facts f = { place, said,
					named };
				enum role role = role_of(&f);

				n[role]++;
				assert_int_equal(role == ROLE_CURRENT,
					place == ROLE_FIRST);
				assert_int_equal(role == ROLE_SUCCESSOR,
					place == ROLE_BESIDE &&
					said == ROLE_SAID_SUCCESSOR);
				assert_int_equal(role == ROLE_RIVAL,
					place == ROLE_BESIDE &&
					said == ROLE_SAID_NOTHING && named);
			}
	assert_int_equal(n[ROLE_CURRENT], 6);
	assert_int_equal(n[ROLE_SUCCESSOR], 2);
	assert_int_equal(n[ROLE_RIVAL], 1);
	assert_int_equal(n[ROLE_UNKNOWN], 9);
}

static void ends_old_rivals_only(void **state)
{
	static const long ages[] = { 0, 1, ROLE_YOUNG - 1, ROLE_YOUNG,
		1000000 };

	(void)state;
	for (int role = ROLE_CURRENT; role <= ROLE_UNKNOWN; role++)
		for (size_t i = 0; i < sizeof ages / sizeof ages[0]; i++)
			assert_int_equal(role_is_left_over(role, ages[i]),
				role == ROLE_RIVAL && ages[i] >= ROLE_YOUNG);
}

static void knows_words(void **state)
{
	(void)state;
	assert_int_equal(role_said(NULL), ROLE_SAID_NOTHING);
	assert_int_equal(role_said("successor"), ROLE_SAID_SUCCESSOR);
	assert_int_equal(role_said(""), ROLE_SAID_OTHER);
	assert_int_equal(role_said("Successor"), ROLE_SAID_OTHER);
	assert_int_equal(role_said("deputy"), ROLE_SAID_OTHER);
	assert_string_equal(role_name(ROLE_CURRENT), "current");
	assert_string_equal(role_name(ROLE_UNKNOWN), "unknown");
}

/*
 * Jobs of a user, a word each: its session (- is not told), its role as the
 * launcher says it (* is nothing), and its age. A job's tag is its place, 1, 2, ...
 * The answer has the roles of session a, r for a rival that is left over.
 */
static const struct row {
	const char *jobs, *answers, *roles;
} rows[] = {
	{ "", NULL, "" },
	{ "", "1", "" },
	{ "b*99", NULL, "" },
	{ "a*99", NULL, "C" },
	{ "-*99", NULL, "C" },
	{ "a*99 a*59", NULL, "CR" },
	{ "a*99 a*60", NULL, "Cr" },
	{ "b*99 a*99 b*60 a*60 b*60", NULL, "Cr" },
	{ "a*99 -*99", NULL, "C?" },
	{ "a*99 as99", NULL, "CS" },
	{ "a*99 ao99", NULL, "C?" },
	/* A rival of both: only that one goes. */
	{ "a*99 as90 a*80", NULL, "CSr" },
	{ "a*99 a*90 as80", NULL, "CrS" },
	/* The one before it has ended. */
	{ "as99", NULL, "C" },
	{ "as99 a*90", NULL, "Cr" },
	/* Who answers is the session, whoever is older. */
	{ "a*99 a*90", "2", "rC" },
	{ "a*99 a*90 as80", "2", "rCS" },
	{ "a*99 as90", "2", "rC" },
	{ "as99 a*90", "2", "SC" },
	/* The one that answers is not listed: nobody is judged. */
	{ "a*99 a*90 as80", "4", "???" },
	{ "b*99 a*90", "1", "?" },
};

static size_t read_jobs(const char *text, struct job *job)
{
	size_t n = 0;

	for (; *text != '\0'; text += strcspn(text, " "), text += *text == ' ') {
		job[n] = (struct job){ .age = (text[2] - '0') * 10 +
			text[3] - '0' };
		job[n].role = text[1] == '*' ? ROLE_SAID_NOTHING :
			text[1] == 's' ? ROLE_SAID_SUCCESSOR : ROLE_SAID_OTHER;
		if (text[0] != '-')
			job[n].session[0] = text[0];
		job[n].tag[0] = (char)('1' + n);
		n++;
	}
	return n;
}

static void lines_up(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct job job[8];
		struct jobs all = { .n = read_jobs(rows[i].jobs, job),
			.job = job };
		struct lineup l;
		char got[16] = "", *youngest;
		const struct job *left;

		lineup_init(&l, &all, "a", rows[i].answers);
		for (size_t k = 0; k < l.n; k++)
			got[k] = role_is_left_over(l.row[k].role,
				l.row[k].job->age) ? 'r' :
				"CSR?"[l.row[k].role];
		assert_string_equal(got, rows[i].roles);
		assert_int_equal(lineup_current(&l) != NULL,
			strchr(got, 'C') != NULL);
		left = lineup_left_over(&l);
		youngest = strrchr(got, 'r');
		assert_ptr_equal(left, youngest == NULL ? NULL :
			l.row[youngest - got].job);
		for (size_t k = 0; k < l.n; k++)
			assert_ptr_equal(lineup_tagged(&l, l.row[k].job->tag),
				l.row[k].job);
		assert_null(lineup_tagged(&l, "none"));
		lineup_fini(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judges_the_product),
		cmocka_unit_test(ends_old_rivals_only),
		cmocka_unit_test(knows_words),
		cmocka_unit_test(lines_up),
	};

	return cmocka_run_group_tests_name("lineup", tests, NULL, NULL);
}
