/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * The decision as a table. What is not known counts against ending the job: one
 * that was ended by mistake takes a user's work with it, one that was left is named
 * with the command that ends it.
 */
#include "front/job/takeback.h"

#include <stddef.h>
#include <string.h>

enum takeback_job takeback_job(const char *state)
{
	static const struct {
		const char *word;
		enum takeback_job job;
	} words[] = {
		{ "pending", TAKEBACK_WAITS },
		{ "configuring", TAKEBACK_WAITS },
		{ "running", TAKEBACK_RUNS },
		{ "suspended", TAKEBACK_RUNS },
		{ "completing", TAKEBACK_NONE },
		{ "ended", TAKEBACK_NONE },
	};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(words[i].word, state) == 0)
			return words[i].job;
	return TAKEBACK_UNKNOWN;
}

enum takeback takeback_decide(const struct takeback_facts *f,
	const char **why)
{
	enum { ANY = -1 };
	/* The first row that fits counts. */
	static const struct {
		int job, wanted, others;
		enum takeback what;
		const char *why;
	} rows[] = {
		{ TAKEBACK_NONE, ANY, ANY, TAKEBACK_LEAVE, NULL },
		{ TAKEBACK_UNKNOWN, ANY, ANY, TAKEBACK_STAYS,
			"the scheduler does not say how it stands" },
		{ TAKEBACK_RUNS, ANY, ANY, TAKEBACK_STAYS, "it runs" },
		{ TAKEBACK_WAITS, 0, ANY, TAKEBACK_STAYS,
			"another connection submitted it" },
		{ TAKEBACK_WAITS, 1, TAKEBACK_SOMEBODY, TAKEBACK_STAYS,
			"others wait for it" },
		{ TAKEBACK_WAITS, 1, TAKEBACK_CANNOT_TELL, TAKEBACK_STAYS,
			"its folder does not tell who else waits for it" },
		{ TAKEBACK_WAITS, 1, TAKEBACK_NOBODY, TAKEBACK_END, NULL },
	};
	const int wanted = f->ours || f->anybodys;

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if (rows[i].job != (int)f->job ||
			(rows[i].wanted != ANY && rows[i].wanted != wanted) ||
			(rows[i].others != ANY &&
			rows[i].others != (int)f->others))
			continue;
		*why = rows[i].why;
		return rows[i].what;
	}
	*why = "it is not known how it stands";
	return TAKEBACK_STAYS;
}
