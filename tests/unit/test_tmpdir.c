/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/tmpdir.h"

#define UID_NOBODY 65534

static char *top, *outside;

static char *at(const char *name)
{
	static char path[2][512];
	static int turn;

	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", top, name);
	return path[turn];
}

static void touch(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_int_not_equal(fd, -1);
	close(fd);
}

static int exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void knows_its_names(void **state)
{
	(void)state;
	assert_true(tmpdir_is_name(strrchr(top, '/') + 1));
	assert_true(tmpdir_is_name("vscode-remote-shell.aBc012"));
	/* Those of a user, of another length, of others. */
	assert_false(tmpdir_is_name("vscode-remote-shell-1000"));
	assert_false(tmpdir_is_name("vscode-remote-shell."));
	assert_false(tmpdir_is_name("vscode-remote-shell.aBc0123"));
	assert_false(tmpdir_is_name("vscode-remote-shell"));
	assert_false(tmpdir_is_name("other"));
}

static void is_private(void **state)
{
	struct stat st;
	struct err e = { "" };

	(void)state;
	assert_int_equal(lstat(top, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_null(tmpdir_make("/nonexistent", &e));
	assert_non_null(strstr(e.text, "/nonexistent"));
}

static void removes_everything_but_what_links_lead_to(void **state)
{
	struct err e = { "" };
	char inside[512];
	int before = open_fds();

	(void)state;
	snprintf(inside, sizeof inside, "%s/precious", outside);
	touch(inside);
	assert_int_equal(mkdir(at("a"), 0700), 0);
	assert_int_equal(mkdir(at("a/b"), 0700), 0);
	touch(at("a/b/file"));
	touch(at("a/..."));
	assert_int_equal(symlink(outside, at("a/b/link")), 0);
	assert_int_equal(symlink("nowhere", at("dangling")), 0);
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_int_equal(chmod(at("a/b"), 0500), 0);
	assert_int_equal(chmod(at("a"), 0), 0);
	if (tmpdir_remove(top, &e) == -1)
		fail_msg("%s", e.text);
	assert_false(exists(top));
	assert_true(exists(inside));
	assert_int_equal(open_fds(), before);
	assert_int_equal(tmpdir_remove(top, &e), 0);	/* gone already */
}

static void refuses_what_is_no_directory(void **state)
{
	struct err e = { "" };

	(void)state;
	touch(at("file"));
	assert_int_equal(symlink(outside, at("link")), 0);
	assert_int_equal(tmpdir_remove(at("file"), &e), -1);
	assert_int_equal(tmpdir_remove(at("link"), &e), -1);
	assert_non_null(strstr(e.text, "not a directory"));
	assert_true(exists(at("file")));
	assert_true(exists(outside));
}

/* Too deep: the rest is removed, the failure is told. */
static void depth_is_bounded(void **state)
{
	struct err e = { "" };
	int before = open_fds(), fd = open(top, O_RDONLY | O_DIRECTORY);

	(void)state;
	for (int i = 0; i < TMPDIR_DEPTH + 1; i++) {
		int next;

		assert_int_equal(mkdirat(fd, "d", 0700), 0);
		next = openat(fd, "d", O_RDONLY | O_DIRECTORY);
		close(fd);
		fd = next;
	}
	close(fd);
	touch(at("file"));
	assert_int_equal(tmpdir_remove(top, &e), -1);
	assert_non_null(strstr(e.text, "nested too deeply"));
	assert_false(exists(at("file")));
	assert_int_equal(open_fds(), before);
	/* One level less is within the bound. */
	assert_int_equal(tmpdir_remove(at("d"), &e), 0);
	assert_int_equal(tmpdir_remove(top, &e), 0);
}

/* What is over the bound stays, and the next one goes on. */
static void stops_after_so_many(void **state)
{
	struct err e = { "" };
	int before = open_fds(), at_fd, rounds = 0, rc;

	(void)state;
	assert_int_equal(mkdir(at("d"), 0700), 0);
	assert_int_equal(mkdir(at("d/sub"), 0700), 0);
	for (int i = 0; i < 12; i++) {
		char name[32];

		snprintf(name, sizeof name, "d/%sf%d", i % 2 ? "sub/" : "", i);
		touch(at(name));
	}
	at_fd = open(top, O_RDONLY | O_DIRECTORY);
	while ((rc = tmpdir_remove_at(at_fd, "d", 5, &e)) == 1) {
		assert_true(exists(at("d")));
		rounds++;
	}
	assert_int_equal(rc, 0);
	/* 12 files and a directory, which is counted in each round. */
	assert_in_range(rounds, 2, 4);
	assert_false(exists(at("d")));
	assert_int_equal(tmpdir_remove_at(at_fd, "d", 5, &e), 0);
	close(at_fd);
	assert_int_equal(open_fds(), before);
	assert_int_equal(tmpdir_remove(top, &e), 0);
}

static int with_a_mount_inside(void)
{
	struct err e = { "" };

	if (mkdir(at("mnt"), 0700) == -1 ||
		(getuid() == 0 && seteuid(0) == -1))
		return 1;
	if (unshare(CLONE_NEWNS) == -1 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
		mount("none", at("mnt"), "tmpfs", 0, "mode=700") == -1)
		return 77;
	touch(at("mnt/precious"));
	touch(at("file"));
	if (tmpdir_remove(top, &e) == 0)
		return 1;
	return !exists(at("mnt/precious")) || exists(at("file"));
}

static void does_not_enter_mounts(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(with_a_mount_inside());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# skipped: cannot mount a tmpfs here\n");
		return;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	top = tmpdir_make("/tmp", &e);
	outside = tmpdir_make("/tmp", &e);
	return top == NULL || outside == NULL;
}

static int teardown(void **state)
{
	struct err e;
	int rc = tmpdir_remove(top, &e) | tmpdir_remove(outside, &e);

	(void)state;
	free(top);
	free(outside);
	return rc;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

/* Root needs no rights in directories, and so would not notice them missing. */
static int group_setup(void **state)
{
	(void)state;
	return getuid() == 0 ? seteuid(UID_NOBODY) : 0;
}

static int group_teardown(void **state)
{
	(void)state;
	return seteuid(getuid());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(knows_its_names),
		T(is_private),
		T(removes_everything_but_what_links_lead_to),
		T(refuses_what_is_no_directory),
		T(depth_is_bounded),
		T(stops_after_so_many),
		T(does_not_enter_mounts),
	};

	return cmocka_run_group_tests_name("tmpdir", tests, group_setup,
		group_teardown);
}
