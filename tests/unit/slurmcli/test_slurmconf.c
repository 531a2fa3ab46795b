/* SPDX-License-Identifier: BSD-2-Clause */
/* slurm.conf as far as it is read without Slurm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch/slurmconf.h"

static void reads_the_clusters_name(void **state)
{
	static const struct {
		const char *text, *name;
	} rows[] = {
		{ "ClusterName=rig\n", "rig" },
		{ "# ClusterName=no\n  clustername = BIG # ours\n", "big" },
		{ "ClusterName=\"a b\"\n", "a" },
		{ "ClusterNames=x\nNodeName=c1\n", "" },
		{ "ClusterName=\n", "" },
		{ "", "" },
	};
	char dir[] = "/tmp/test_slurmconf.XXXXXX", path[64], name[16];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/slurm.conf", dir);
	setenv("SLURM_CONF", path, 1);
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		FILE *f = fopen(path, "w");
		struct err e;

		assert_non_null(f);
		fputs(rows[i].text, f);
		fclose(f);
		slurmconf_cluster(name, sizeof name);
		assert_string_equal(name, rows[i].name);
		assert_int_equal(slurmconf_look(&e), 0);
		assert_non_null(strstr(slurmconf_where(), "from SLURM_CONF"));
	}
	unlink(path);
	rmdir(dir);
}

static void says_that_it_is_not_there(void **state)
{
	char name[16];
	struct err e;

	(void)state;
	setenv("SLURM_CONF", "/nowhere/slurm.conf", 1);
	assert_int_equal(slurmconf_look(&e), -1);
	assert_non_null(strstr(e.text, "/nowhere/slurm.conf"));
	slurmconf_cluster(name, sizeof name);
	assert_string_equal(name, "");
	unsetenv("SLURM_CONF");
	assert_int_equal(slurmconf_look(&e), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_clusters_name),
		cmocka_unit_test(says_that_it_is_not_there),
	};

	return cmocka_run_group_tests_name("slurmconf", tests, NULL, NULL);
}
