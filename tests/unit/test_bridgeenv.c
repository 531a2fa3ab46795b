/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cmocka.h>

#include "proto/bridgeenv.h"

static void takes_each_from_one_side(void **state)
{
	/* What the caller has, what the session has, what the command gets. */
	static const struct {
		const char *name, *caller, *session, *want;
	} rows[] = {
		{ "FOO", "1", NULL, "1" },
		{ "FOO", "1", "2", "1" },
		{ "FOO", NULL, "2", NULL },
		{ "SLURM_JOB_ID", "7", "8", "7" },
		{ "SLURM_TIME_FORMAT", "relative", NULL, "relative" },
		{ "SBATCH_PARTITION", "devel", NULL, "devel" },
		{ "PATHS", "x", NULL, "x" },
		{ "MY_PATH", "x", "y", "x" },
		{ "ENVIRONMENT", "x", NULL, "x" },
		{ "PS10", "x", NULL, "x" },
		{ "SHELLS", "x", NULL, "x" },
		{ "LDX", "x", NULL, "x" },
		{ "PATH", "/image", "/node", "/node" },
		{ "PATH", "/image", NULL, NULL },
		{ "LD_LIBRARY_PATH", "/image", NULL, NULL },
		{ "LD_PRELOAD", NULL, "/node", "/node" },
		{ "PYTHONPATH", "/image", "/node", "/node" },
		{ "PYTHONHOME", "/image", NULL, NULL },
		{ "CONDA_PREFIX", "/image", NULL, NULL },
		{ "VIRTUAL_ENV", "/image", NULL, NULL },
		{ "APPTAINER_NAME", "x", NULL, NULL },
		{ "APPTAINERENV_X", "x", NULL, NULL },
		{ "SINGULARITY_BIND", "x", NULL, NULL },
		{ "BASH_FUNC_module%%", "() { :; }", "() { x; }", "() { x; }" },
		{ "BASH_ENV", "/image", NULL, NULL },
		{ "ENV", "/image", NULL, NULL },
		{ "SHELL", "/bin/ash", "/bin/zsh", "/bin/zsh" },
		{ "HOME", "/root", "/home/x", "/home/x" },
		{ "PWD", "/image", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct envlist out = { 0 }, caller = { 0 }, session = { 0 };
		const char *got;

		/* So that neither list is empty. */
		envlist_set(&caller, "X", "x");
		envlist_set(&session, "Y", "y");
		if (rows[i].caller != NULL)
			envlist_set(&caller, rows[i].name, rows[i].caller);
		if (rows[i].session != NULL)
			envlist_set(&session, rows[i].name, rows[i].session);
		bridgeenv_make(&out, &session, caller.list);
		got = envlist_get(&out, rows[i].name);
		if (rows[i].want == NULL && got != NULL)
			fail_msg("%s: %s", rows[i].name, got);
		else if (rows[i].want != NULL && got == NULL)
			fail_msg("%s is missing", rows[i].name);
		else if (got != NULL)
			assert_string_equal(got, rows[i].want);
		assert_string_equal(envlist_get(&out, "X"), "x");
		assert_null(envlist_get(&out, "Y"));
		envlist_fini(&out);
		envlist_fini(&caller);
		envlist_fini(&session);
	}
}

static void says_why(void **state)
{
	(void)state;
	for (const struct bridgeenv_row *r = bridgeenv_rows; r->name; r++) {
		assert_true(r->reason[0] != '\0');
		assert_null(strchr(r->name, '='));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_each_from_one_side),
		cmocka_unit_test(says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
