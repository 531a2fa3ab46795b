/* SPDX-License-Identifier: BSD-2-Clause */
/* Which partitions are named, for which command; scontrol is a script. */
#include "fake.h"

#include "agent/allocnodes.h"

static const char script[] =
	"#!/bin/sh\n"
	"case \"$*\" in\n"
	"'show partition --oneliner')\n"
	"	echo 'PartitionName=open AllowGroups=ALL AllocNodes=ALL Default=YES'\n"
	"	echo 'PartitionName=devel AllocNodes=login[1-2] Default=NO MaxNodes=1'\n"
	"	echo 'PartitionName=here AllocNodes=login1,c[1-4]'\n"
	"	echo 'XAllocNodes=none PartitionName=odd' ;;\n"
	"'show hostnames login[1-2]') echo login1; echo login2 ;;\n"
	"'show hostnames login1,c[1-4]') printf '%s\\n' login1 c1 c2 c3 c4 ;;\n"
	"*) exit 1 ;;\n"
	"esac\n";

static void names_the_partition(void **state)
{
	static const struct {
		const char *argv[5], *env, *node, *want;
	} rows[] = {
		{ { "sbatch", "x" }, NULL, "c1", "devel" },
		{ { "sbatch", "x" }, NULL, "login2", "here" },
		{ { "sbatch", "x" }, NULL, "login1", NULL },
		{ { "sbatch", "-p", "devel", "x" }, NULL, "c1", "devel" },
		{ { "sbatch", "-pdevel", "x" }, NULL, "c1", "devel" },
		{ { "sbatch", "--partition=open,devel", "x" }, NULL, "c1", "devel" },
		{ { "sbatch", "--partition", "open", "x" }, NULL, "c1", NULL },
		{ { "sbatch", "-p", "here", "x" }, NULL, "c1", NULL },
		{ { "sbatch", "-p", "here", "x" }, NULL, "c5", "here" },
		{ { "sbatch", "x" }, "SBATCH_PARTITION=open", "c1", NULL },
		{ { "sbatch", "-pdevel" }, "SBATCH_PARTITION=open", "c1", "devel" },
	};
	char path[256], *env[] = { path, NULL, NULL };

	(void)state;
	fake_file("scontrol", script);
	snprintf(path, sizeof path, "%s/scontrol", fake_dir);
	assert_int_equal(chmod(path, 0700), 0);
	snprintf(path, sizeof path, "PATH=%s:/usr/bin:/bin", fake_dir);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err line = { "" };
		int said;

		env[1] = (char *)(uintptr_t)rows[i].env;
		said = allocnodes_say((char *const *)(uintptr_t)rows[i].argv,
			env, rows[i].node, &line);
		if (said != (rows[i].want != NULL))
			fail_msg("%zu: %s", i, line.text);
		if (said)
			assert_memory_equal(line.text + strlen("partition "),
				rows[i].want, strlen(rows[i].want));
	}
}

static void says_nothing_without_scontrol(void **state)
{
	char *argv[] = { (char *)"sbatch", NULL };
	char *env[] = { (char *)"PATH=/dev/null", NULL };
	struct err line;

	(void)state;
	assert_int_equal(allocnodes_say(argv, env, "c1", &line), 0);
}

static int begin(void **state)
{
	(void)state;
	return fakedir_begin();
}

static int end(void **state)
{
	(void)state;
	return fakedir_end();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_partition),
		cmocka_unit_test(says_nothing_without_scontrol),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
