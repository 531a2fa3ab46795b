/* SPDX-License-Identifier: BSD-2-Clause */
/* Programs that are found in lists of directories, and what hides none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/pathsearch.h"

static char dir[] = "/tmp/vrs-pathsearch.XXXXXX";

static void put(const char *name, mode_t mode)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, mode);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static int begin(void **state)
{
	(void)state;
	if (mkdtemp(dir) == NULL || chdir(dir) == -1)
		return -1;
	assert_int_equal(mkdir("a", 0700), 0);
	assert_int_equal(mkdir("a/tool", 0700), 0);
	assert_int_equal(mkdir("b", 0700), 0);
	put("b/tool", 0600);
	assert_int_equal(mkdir("c", 0700), 0);
	put("c/tool", 0700);
	return 0;
}

static int end(void **state)
{
	(void)state;
	return rmdir("a/tool") | rmdir("a") | unlink("b/tool") | rmdir("b") |
		unlink("c/tool") | rmdir("c") | chdir("/") | rmdir(dir);
}

static void finds(void **state)
{
	char dirs[256], want[64], path[PATH_MAX];

	(void)state;
	snprintf(want, sizeof want, "%s/c/tool", dir);
	snprintf(dirs, sizeof dirs, "c::%s/a:%s/none:%s/b:%s/c", dir, dir, dir,
		dir);
	assert_int_equal(pathsearch(dirs, "tool", path, sizeof path), 1);
	assert_string_equal(path, want);
}

static void finds_none(void **state)
{
	char dirs[256], path[PATH_MAX];

	(void)state;
	assert_int_equal(pathsearch(NULL, "tool", path, sizeof path), 0);
	assert_int_equal(pathsearch("", "tool", path, sizeof path), 0);
	assert_int_equal(pathsearch("c", "tool", path, sizeof path), 0);
	snprintf(dirs, sizeof dirs, "%s/a:%s/b:", dir, dir);
	assert_int_equal(pathsearch(dirs, "tool", path, sizeof path), 0);
	snprintf(dirs, sizeof dirs, "%s/c", dir);
	assert_int_equal(pathsearch(dirs, "tool", path, strlen(dirs)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(finds_none),
	};

	return cmocka_run_group_tests_name("pathsearch", tests, begin, end);
}
