/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "front/cmd/sessionword.h"

#define LONG "a23456789012345678901234567890123456789012345678901234567890abcd"

/* "NAME@NODE", or what is said of a word that is refused. */
static void means_a_session_and_a_node(void **state)
{
	static const struct {
		const char *word, *prefix;
		int takes_node;
		const char *want;
	} rows[] = {
		{ "gpu", NULL, 0, "gpu@" },
		{ "gpu", NULL, 1, "gpu@" },
		{ "gpu@c2", NULL, 1, "gpu@c2" },
		{ "@c2", NULL, 1, "@c2" },
		{ "a.b-c_d@node-1.cluster", NULL, 1, "a.b-c_d@node-1.cluster" },
		{ LONG "@" LONG, NULL, 1, LONG "@" LONG },
		{ "slurm-gpu", "slurm-", 0, "gpu@" },
		{ "slurm-gpu@c2", "slurm-", 1, "gpu@c2" },
		{ "slurm-@c2", "slurm-", 1, "@c2" },
		{ "gpu", "slurm-", 0, "gpu@" },
		{ "slurm", "slurm-", 0, "slurm@" },
		{ "slurm-slurm-a", "slurm-", 0, "slurm-a@" },
		{ "Slurm-a", "slurm-", 0, "Slurm-a@" },
		{ "", NULL, 1, "'' is not the name of a session" },
		{ "slurm-", "slurm-", 1, "'slurm-' names no session: nothing is behind --strip=slurm-" },
		{ "slurm-.a", "slurm-", 1, "'slurm-.a' is not the name of a session" },
		{ "a@c2", NULL, 0, "'a@c2' is not the name of a session" },
		{ "a b@c2", NULL, 1, "'a b@c2' is not the name of a session" },
		{ "a@", NULL, 1, "'' is not the name of a node" },
		{ "@", NULL, 1, "'' is not the name of a node" },
		{ "a@b@c", NULL, 1, "'b@c' is not the name of a node" },
		{ "a@c 2", NULL, 1, "'c 2' is not the name of a node" },
		{ "a@../x", NULL, 1, "'../x' is not the name of a node" },
		{ "a@$(x)", NULL, 1, "'$(x)' is not the name of a node" },
		{ LONG "e", NULL, 1, "'" LONG "e' is not the name of a session" },
		{ "a@" LONG "e", NULL, 1, "'" LONG "e' is not the name of a node" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct sessionword w;
		struct err e;
		char got[sizeof e.text];

		if (sessionword_read(&w, rows[i].word, rows[i].prefix,
			rows[i].takes_node, &e) == 0)
			snprintf(got, sizeof got, "%s@%s", w.name, w.node);
		else
			snprintf(got, sizeof got, "%s", e.text);
		assert_string_equal(got, rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_a_session_and_a_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
