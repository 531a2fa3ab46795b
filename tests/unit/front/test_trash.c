/* SPDX-License-Identifier: BSD-2-Clause */
/* Folders of sessions on their way out: front/job/trash.c. */
#include "fake.h"

#include <sys/file.h>

#include "base/mem.h"
#include "front/job/trash.h"

#define ONE "0000000000000001"
#define TWO "0000000000000002"

static int is_there(const char *name)
{
	return faccessat(front.inv.state_fd, name, F_OK, 0) == 0;
}

/* A folder with so many files. */
static void make(const char *tag, int files)
{
	for (int i = 0; i < files; i++) {
		char *name = mem_printf("state/%s/%d", tag, i);

		fake_file(name, "x");
		free(name);
	}
}

static void removes_what_is_small(void **state)
{
	struct err e;

	(void)state;
	make(ONE, 3);
	assert_int_equal(trash_remove(front.inv.state_fd, ONE, 100, &e), 0);
	assert_false(is_there(ONE));
	/* And leaves nothing behind. */
	assert_false(is_there("gone"));
	/* It may be gone already. */
	assert_int_equal(trash_remove(front.inv.state_fd, TWO, 100, &e), 0);
}

/* While somebody waits so many files are removed; others do the rest. */
static void leaves_what_is_much(void **state)
{
	struct err e;

	(void)state;
	make(ONE, 30);
	assert_int_equal(trash_remove(front.inv.state_fd, ONE, 10, &e), 0);
	assert_false(is_there(ONE));
	assert_true(is_there("gone/" ONE));
	assert_int_equal(trash_empty(front.inv.state_fd, &e), 0);
	assert_false(is_there("gone"));
	assert_int_equal(trash_empty(front.inv.state_fd, &e), 0);
}

/* One step, whatever it holds. */
static void moves_only(void **state)
{
	struct err e;

	(void)state;
	make(ONE, 3);
	make(TWO, 3);
	assert_int_equal(trash_put(front.inv.state_fd, ONE, &e), 0);
	assert_int_equal(trash_put(front.inv.state_fd, TWO, &e), 0);
	assert_true(is_there("gone/" ONE "/0"));
	assert_true(is_there("gone/" TWO "/2"));
	assert_false(is_there(ONE) || is_there(TWO));
	assert_int_equal(trash_empty(front.inv.state_fd, &e), 0);
	assert_false(is_there("gone"));
}

/* Where there is no room for that directory, or it is none of ours. */
static void removes_in_its_place(void **state)
{
	struct err e;

	(void)state;
	fake_file("state/gone", "a file");
	make(ONE, 3);
	make(TWO, 3);
	assert_int_equal(trash_put(front.inv.state_fd, ONE, &e), 0);
	assert_false(is_there(ONE));
	assert_int_equal(trash_remove(front.inv.state_fd, TWO, 100, &e), 0);
	assert_false(is_there(TWO));
	assert_int_equal(trash_empty(front.inv.state_fd, &e), -1);
	assert_non_null(strstr(e.text, "gone: "));
}

/* Somebody else's are left where they are. */
static void removes_beside_others(void **state)
{
	struct err e;

	(void)state;
	make(ONE, 3);
	make(TWO, 3);
	assert_int_equal(trash_put(front.inv.state_fd, ONE, &e), 0);
	assert_int_equal(trash_remove(front.inv.state_fd, TWO, 100, &e), 0);
	assert_true(is_there("gone/" ONE));
	assert_false(is_there("gone/" TWO));
}

/* Of several one works. */
static void leaves_it_to_who_is_at_it(void **state)
{
	struct err e;
	int fd;

	(void)state;
	make(ONE, 3);
	assert_int_equal(trash_put(front.inv.state_fd, ONE, &e), 0);
	fd = openat(front.inv.state_fd, "gone", O_RDONLY | O_DIRECTORY |
		O_CLOEXEC);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(trash_empty(front.inv.state_fd, &e), 0);
	assert_true(is_there("gone/" ONE));
	close(fd);
	assert_int_equal(trash_empty(front.inv.state_fd, &e), 0);
	assert_false(is_there("gone"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_front_begin, \
	fake_front_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(removes_what_is_small),
		TEST(leaves_what_is_much),
		TEST(moves_only),
		TEST(removes_in_its_place),
		TEST(removes_beside_others),
		TEST(leaves_it_to_who_is_at_it),
	};

	return cmocka_run_group_tests_name("trash", tests, NULL, NULL);
}
