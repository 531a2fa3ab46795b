/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <string.h>

#include "os/memcg.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

static void test_paths(void **state)
{
	static const struct {
		const char *text;
		int version;
		const char *path;	/* NULL: none */
	} rows[] = {
		{ "4:memory:/slurm/uid_1/job_2/step_batch\n0::/x\n", 1,
			"/slurm/uid_1/job_2/step_batch" },
		{ "4:memory:/slurm\n0::/system.slice/job_2\n", 2,
			"/system.slice/job_2" },
		{ "9:name=systemd:/\n4:cpu,memory:/a:b c\n", 1, "/a:b c" },
		{ "4:memory,cpu:/a", 1, "/a" },
		{ "4:xmemory:/a\n5:memoryx:/b\n", 1, NULL },
		{ "4:memory:/a\n", 2, NULL },
		{ "0::/a\n", 1, NULL },
		{ "memory\n:\n::\n0:\n", 1, NULL },
		{ "", 2, NULL },
		{ "0::/0123456789012345678901234567890123456789\n", 2, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		char path[40];

		assert_int_equal(memcg_path(rows[i].text, rows[i].version,
			path, sizeof path), rows[i].path ? 0 : -1);
		if (rows[i].path)
			assert_string_equal(path, rows[i].path);
	}
}

static void test_mounts(void **state)
{
	static const char text[] =
		"22 1 0:20 / /proc rw - proc proc rw\n"
		"30 24 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
		"35 24 0:30 /a /sys/fs/cgroup/memory rw,x shared:9 - cgroup "
		"cgroup rw,memory\n"
		"36 24 0:31 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n";
	char at[64], top[64];

	(void)state;
	assert_int_equal(memcg_mount(text, 1, at, top, sizeof at), 0);
	assert_string_equal(at, "/sys/fs/cgroup/memory");
	assert_string_equal(top, "/a");
	assert_int_equal(memcg_mount(text, 2, at, top, sizeof at), 0);
	assert_string_equal(at, "/sys/fs/cgroup/unified");
	assert_string_equal(top, "/");
	assert_int_equal(memcg_mount("1 2 3\n\n - \nx - cgroup2", 2, at, top,
		sizeof at), -1);
	assert_int_equal(memcg_mount("", 1, at, top, sizeof at), -1);
}

static void test_numbers(void **state)
{
	static const char events[] = "low 0\nhigh 1\nmax 22\noom 3\n"
		"oom_kill 2\noom_group_kill 0\n";

	(void)state;
	assert_int_equal(memcg_number(events, "oom_kill"), 2);
	assert_int_equal(memcg_number(events, "oom"), 3);
	assert_int_equal(memcg_number(events, "none"), -1);
	assert_int_equal(memcg_number("209715200\n", ""), 209715200);
	assert_int_equal(memcg_number("max\n", ""), -1);
	assert_int_equal(memcg_number("-1\n", ""), -1);
	assert_int_equal(memcg_number("", ""), -1);
	assert_true(memcg_number("99999999999999999999\n", "") == LLONG_MAX);
}

static void test_victims(void **state)
{
#define BEFORE "6,1,2,-;oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null)," \
	"cpuset=/,mems_allowed=0,oom_memcg=/a,task_memcg=/a/b,"
	static const struct {
		const char *line, *name;	/* NULL: none */
		int pid;
		unsigned uid;
	} rows[] = {
		{ BEFORE "task=python3,pid=12,uid=1000", "python3", 12, 1000 },
		{ BEFORE "task=a,pid=1,uid=2,pid=34,uid=5\n", "a,pid=1,uid=2",
			34, 5 },
		{ BEFORE "task=,pid=34,uid=5\n", "", 34, 5 },
		{ BEFORE "task=x,pid=,uid=5\n", NULL, 0, 0 },
		{ BEFORE "task=x", NULL, 0, 0 },
		{ "oom-kill:constraint=CONSTRAINT_NONE,task=x,pid=1,uid=2",
			NULL, 0, 0 },
		{ "", NULL, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		char name[16];
		unsigned uid;
		int pid;

		assert_int_equal(memcg_victim(rows[i].line, &uid, &pid, name),
			rows[i].name ? 0 : -1);
		if (rows[i].name == NULL)
			continue;
		assert_string_equal(name, rows[i].name);
		assert_int_equal(pid, rows[i].pid);
		assert_int_equal(uid, rows[i].uid);
	}
}

/* job_1 is not above job_12. */
static void test_below(void **state)
{
	static const struct {
		const char *path, *root, *below;
	} rows[] = {
		{ "/a/b", "/", "/a/b" },
		{ "/a/b", "/a", "/b" },
		{ "/a", "/a", "" },
		{ "/slurm/job_12/step_0", "/slurm/job_1",
			"/slurm/job_12/step_0" },
		{ "/slurm/job_12", "/slurm/job_12/step_0", "/slurm/job_12" },
		{ "/", "/a", "/" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		assert_string_equal(memcg_below(rows[i].path, rows[i].root),
			rows[i].below);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_below),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_victims),
	};

	return cmocka_run_group_tests_name("memcg", tests, NULL, NULL);
}
