/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cmocka.h>

#include "base/mem.h"
#include "opt/bridgecommand.h"
#include "opt/opttable.h"

#define ALL "sbatch, squeue, scancel, sinfo, srun, scontrol, sacct, salloc, git"

static void finds_what_may_be_run(void **state)
{
	/* What --bridge-command says, by blanks; what is run, what not, the list. */
	static const struct {
		const char *given[4], *yes[4], *no[5], *list;
	} rows[] = {
		{ { NULL }, { "sbatch", "git" },
			{ "rm", "ls", "", "/bin/sbatch", "none" }, ALL },
		{ { "ls" }, { "ls", "srun" }, { "rm", "any" }, ALL ", ls" },
		{ { "git", "ls" }, { "git", "ls" }, { "rm" }, ALL ", ls" },
		{ { "none" }, { NULL }, { "sbatch", "none" }, "" },
		{ { "none", "ls", "git" }, { "ls", "git" }, { "sbatch" },
			"ls, git" },
		{ { "ls", "none", "sinfo" }, { "sinfo" }, { "ls", "sbatch" },
			"sinfo" },
		{ { "any" }, { "rm", "sbatch", "any" },
			{ "/bin/rm", "-x", "..", "a b", "none" }, ALL },
	};
	static struct options o;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const struct opt_origin by = { OPT_BY_COMMAND_LINE, NULL };
		const struct opt_list *l = &o.bridge.commands;
		struct buf list = { 0 };

		options_init(&o, OPT_PROGRAM);
		for (int k = 0; k < 4 && rows[i].given[k] != NULL; k++)
			assert_int_equal(optset_set(&o.set, optset_find(&o.set,
				"bridge-command"), rows[i].given[k], &by, &e), 0);
		for (int k = 0; k < 4 && rows[i].yes[k] != NULL; k++)
			if (bridgecommand_find(l, rows[i].yes[k]) == NULL)
				fail_msg("%zu: %s", i, rows[i].yes[k]);
		for (int k = 0; k < 5 && rows[i].no[k] != NULL; k++)
			if (bridgecommand_find(l, rows[i].no[k]) != NULL)
				fail_msg("%zu: %s", i, rows[i].no[k]);
		bridgecommand_list(l, &list);
		buf_append(&list, "", 1);
		assert_string_equal(buf_data(&list), rows[i].list);
		buf_fini(&list);
		options_free(&o);
	}
}

static void refuses_a_bad_name(void **state)
{
	static const char *const bad[] = { "", "/bin/ls", "a b", "-x", ".x",
		"a/b", "sq\nueue", "..", "x'y" };
	const struct opt_origin line = { OPT_BY_COMMAND_LINE, NULL };
	const struct opt_origin file = { OPT_BY_SITE, "/etc/x:7" };
	static struct options o;
	struct err e;

	(void)state;
	options_init(&o, OPT_PROGRAM);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(optset_set(&o.set, optset_find(&o.set,
			"bridge-command"), bad[i], &line, &e), -1);
		assert_memory_equal(e.text, "--bridge-command: ", 18);
	}
	options_free(&o);
	options_init(&o, OPT_PROGRAM);
	assert_int_equal(optset_set(&o.set, optset_find(&o.set,
		"bridge-command"), "a/b", &file, &e), -1);
	assert_memory_equal(e.text, "/etc/x:7: bridge-command: 'a/b' is no name", 42);
	options_free(&o);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_may_be_run),
		cmocka_unit_test(refuses_a_bad_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
