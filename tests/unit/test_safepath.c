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

#include "base/mem.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/tmpdir.h"

#define UID_STRANGER 65534
#define GID_STRANGER 65534

static char *top;	/* a private directory, new for each test */
static int top_fd;

static char *at(const char *name)
{
	static char path[4][512];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof path[turn], "%s/%s", top, name);
	return path[turn];
}

static void put(const char *name, const char *content, mode_t mode)
{
	int fd = openat(top_fd, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, content, strlen(content)), strlen(content));
	assert_int_equal(fchmod(fd, mode), 0);
	close(fd);
}

static int open_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* The directory is refused and the message holds each of the words. */
static void refused(const char *path, const char *word, const char *word2)
{
	struct err e = { "" };
	int before = open_fds();

	errno = 0;
	assert_int_equal(safepath_dir(path, 0, NULL, &e), -1);
	/* The exit status of the program depends on it. */
	if (strstr(word, ": mode ") != NULL || strstr(word, ": owned "))
		assert_int_equal(errno, EPERM);
	if (strstr(e.text, word) == NULL || strstr(e.text, word2) == NULL)
		fail_msg("'%s' lacks '%s' or '%s'", e.text, word, word2);
	assert_int_equal(open_fds(), before);
}

static void makes_what_is_missing(void **state)
{
	struct err e = { "" };
	struct stat st;
	char *real;
	int fd;

	(void)state;
	assert_int_equal(safepath_dir(at("a/b//c/"), 0, NULL, &e), -1);
	assert_non_null(strstr(e.text, "/a: No such file"));
	fd = safepath_dir(at("a/b//c/"), 1, &real, &e);
	if (fd == -1)
		fail_msg("%s", e.text);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(at("a"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	close(fd);
	fd = safepath_dir(real, 0, NULL, &e);
	assert_int_not_equal(fd, -1);
	close(fd);
	free(real);
}

/* A home directory may be a symlink. */
static void resolves_symlinks(void **state)
{
	struct err e = { "" };
	char *real;
	int fd;

	(void)state;
	assert_int_equal(mkdir(at("gpfs"), 0700), 0);
	assert_int_equal(symlink("gpfs", at("home")), 0);
	fd = safepath_dir(at("home/x/y"), 1, &real, &e);
	assert_int_not_equal(fd, -1);
	assert_non_null(strstr(real, "/gpfs/x/y"));
	close(fd);
	free(real);
}

static void refuses_unsafe_directories(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(mkdir(at("a"), 0700), 0);
	assert_int_equal(mkdir(at("a/b"), 0700), 0);
	/* Root's own group may be private; 0234 has who has such a one. */
	if (getuid() == 0) {
		assert_int_equal(chown(at("a"), 0, GID_STRANGER), 0);
		assert_int_equal(chmod(at("a"), 0770), 0);
		refused(at("a/b"), "/a: mode 0770", "chmod go-w");
	}
	assert_int_equal(chmod(at("a"), 0772), 0);
	refused(at("a/b"), "/a: mode 0772", "chmod go-w");
	assert_int_equal(chmod(at("a"), 0702), 0);
	refused(at("a/b"), "/a: mode 0702", "chmod go-w");
	assert_int_equal(chmod(at("a"), 01777), 0);
	close(safepath_dir(at("a/b"), 0, NULL, &e));	/* sticky is fine */
	assert_int_equal(chmod(at("a"), 0755), 0);
	assert_int_equal(chmod(at("a/b"), 0755), 0);
	refused(at("a/b"), "/a/b: mode 0755", "expected 0700");
	assert_int_equal(chmod(at("a/b"), 0710), 0);
	refused(at("a/b"), "/a/b: mode 0710", "chmod 700");

	put("file", "", 0600);
	refused(at("file"), "/file", "not a directory");
	refused(at("file/x"), "/file", "not a directory");
	refused("relative", "'relative'", "absolute");
	refused("", "''", "absolute");
	refused("/", "/", "private");
	assert_int_equal(symlink("loop", at("loop")), 0);
	refused(at("loop"), "loop", "symbolic links");

	assert_int_equal(safepath_dir(at("new/../x"), 1, NULL, &e), -1);
	assert_non_null(strstr(e.text, "'..'"));
	assert_int_equal(symlink("nowhere", at("dangling")), 0);
	assert_int_equal(safepath_dir(at("dangling/x"), 1, NULL, &e), -1);
	assert_non_null(strstr(e.text, "/nowhere: No such file"));
}

static void refuses_foreign_owners(void **state)
{
	(void)state;
	if (getuid() != 0) {
		print_message("# skipped: needs root to make foreign files\n");
		return;
	}
	assert_int_equal(mkdir(at("a"), 0700), 0);
	assert_int_equal(mkdir(at("a/b"), 0700), 0);
	assert_int_equal(chown(at("a/b"), UID_STRANGER, 0), 0);
	refused(at("a/b"), "/a/b: owned by uid 65534", "expected uid 0");
	assert_int_equal(chown(at("a/b"), 0, 0), 0);
	assert_int_equal(chown(at("a"), UID_STRANGER, 0), 0);
	refused(at("a/b"), "/a: owned by uid 65534", "expected root or uid 0");
}

static void link_of(uid_t uid, const char *target, const char *name)
{
	assert_int_equal(symlink(target, at(name)), 0);
	assert_int_equal(lchown(at(name), uid, 0), 0);
}

/* Who owns a link says where it leads, also one behind another. */
static void follows_no_strangers_links(void **state)
{
	struct err e = { "" };
	int fd;

	(void)state;
	if (getuid() != 0) {
		print_message("# skipped: needs root to make foreign links\n");
		return;
	}
	assert_int_equal(mkdir(at("mine"), 0700), 0);
	assert_int_equal(mkdir(at("mine/x"), 0700), 0);
	assert_int_equal(mkdir(at("tmp"), 0700), 0);
	assert_int_equal(chmod(at("tmp"), 01777), 0);
	link_of(UID_STRANGER, "../mine", "tmp/his");
	link_of(UID_STRANGER, at("mine"), "tmp/straight");
	link_of(0, "tmp/his", "over");
	refused(at("tmp/his"), "/tmp/his: a symbolic link of uid 65534",
		"expected root or uid 0");
	refused(at("tmp/his/x"), "/tmp/his: a symbolic link", "65534");
	refused(at("tmp/straight/x"), "/tmp/straight: a symbolic link", "65534");
	refused(at("over/x"), "/tmp/his: a symbolic link", "65534");
	link_of(0, "../mine", "tmp/ours");
	fd = safepath_dir(at("tmp/ours/x"), 0, NULL, &e);
	if (fd == -1)
		fail_msg("%s", e.text);
	close(fd);
	/* A directory on a link's way can be written to by others. */
	assert_int_equal(mkdir(at("open"), 0700), 0);
	assert_int_equal(chmod(at("open"), 0777), 0);
	link_of(0, "../mine", "open/way");
	refused(at("open/way/x"), "/open: mode 0777", "chmod go-w");

	assert_int_equal(safepath_output(at("tmp/his/log"), "log file", 0, &e),
		-1);
	assert_non_null(strstr(e.text, "log file "));
	assert_non_null(strstr(e.text, "a symbolic link of uid 65534"));
	fd = safepath_output(at("tmp/ours/log"), "log file", 0, &e);
	if (fd == -1)
		fail_msg("%s", e.text);
	close(fd);
}

static void reads_only_private_files(void **state)
{
	struct buf b = { 0 };
	struct err e = { "" };

	(void)state;
	put("ok", "content", 0600);
	put("readonly", "", 0400);
	put("group", "x", 0640);
	put("world", "x", 0602);
	put("linked", "x", 0600);
	put("big", "12345678", 0600);
	assert_int_equal(link(at("linked"), at("linked2")), 0);
	assert_int_equal(symlink("ok", at("symlink")), 0);
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	assert_int_equal(mkdir(at("dir"), 0700), 0);

	assert_int_equal(safepath_read(top_fd, "ok", 7, &b, &e), 0);
	assert_int_equal(b.len, 7);
	assert_memory_equal(buf_data(&b), "content", 7);
	assert_int_equal(safepath_read(top_fd, "readonly", 0, &b, &e), 0);
	assert_int_equal(b.len, 7);

	static const struct {
		const char *name, *word;
		int error;
	} rows[] = {
		{ "group", "mode 0640", EPERM },
		{ "world", "mode 0602", EPERM },
		{ "linked", "2 names", EPERM },
		{ "symlink", "symbolic link", ELOOP },
		{ "fifo", "not a regular file", EPERM },
		{ "dir", "not a regular file", EPERM },
		{ "big", "8 bytes, expected at most 7", EFBIG },
		{ "none", "No such file", ENOENT },
		{ "../x", "not the name of a file", EINVAL },
		{ "..", "not the name of a file", EINVAL },
		{ "", "not the name of a file", EINVAL },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int before = open_fds();

		errno = 0;
		assert_int_equal(safepath_read(top_fd, rows[i].name, 7, &b,
			&e), -1);
		assert_int_equal(errno, rows[i].error);
		if (strstr(e.text, rows[i].word) == NULL)
			fail_msg("'%s' lacks '%s'", e.text, rows[i].word);
		assert_int_equal(b.len, 7);
		assert_int_equal(open_fds(), before);
	}
	if (getuid() == 0) {
		put("foreign", "x", 0600);
		assert_int_equal(chown(at("foreign"), UID_STRANGER, 0), 0);
		assert_int_equal(safepath_read(top_fd, "foreign", 7, &b, &e),
			-1);
		assert_non_null(strstr(e.text, "owned by uid 65534"));
	}
	buf_fini(&b);
}

static void writes_whole_files(void **state)
{
	mode_t mask = umask(0777);
	static char big[100000];
	struct buf b = { 0 };
	struct err e = { "" };
	struct stat st;

	(void)state;
	put("victim", "untouched", 0600);
	assert_int_equal(symlink("victim", at("link")), 0);
	memset(big, 'x', sizeof big);
	assert_int_equal(safepath_write(top_fd, "f", big, sizeof big, &e), 0);
	assert_int_equal(safepath_write(top_fd, "f", "new", 3, &e), 0);
	assert_int_equal(safepath_write(top_fd, "link", "new", 3, &e), 0);
	umask(mask);
	assert_int_equal(lstat(at("link"), &st), 0);
	assert_true(S_ISREG(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(safepath_read(top_fd, "f", 100, &b, &e), 0);
	assert_int_equal(safepath_read(top_fd, "victim", 100, &b, &e), 0);
	assert_int_equal(b.len, 12);
	assert_memory_equal(buf_data(&b), "newuntouched", 12);
	buf_fini(&b);

	assert_int_equal(safepath_create(top_fd, "f", "x", 1, &e), -1);
	assert_int_equal(errno, EEXIST);
	assert_int_equal(safepath_create(top_fd, "g", "x", 1, &e), 0);
	assert_int_equal(safepath_write(top_fd, "a/b", "x", 1, &e), -1);
}

/* On a real full file system: a tmpfs in a mount namespace of a child. */
static int on_small_disk(void)
{
	char *path = at("disk");
	static char big[300000];
	struct buf b = { 0 };
	struct err e = { "" };
	int fd;

	if (mkdir(path, 0700) == -1 || unshare(CLONE_NEWNS) == -1 ||
		mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == -1 ||
		mount("none", path, "tmpfs", 0, "size=64k,mode=700") == -1)
		return 77;
	fd = open(path, O_RDONLY | O_DIRECTORY);
	if (safepath_write(fd, "f", "old", 3, &e) == -1)
		return 1;
	if (safepath_write(fd, "f", big, sizeof big, &e) == 0 ||
		strstr(e.text, "cannot write f: disk full: no space") == NULL)
		return 2;
	if (safepath_create(fd, "g", big, sizeof big, &e) == 0 ||
		strstr(e.text, "disk full") == NULL)
		return 3;
	if (safepath_read(fd, "f", 100, &b, &e) == -1 || b.len != 3)
		return 4;	/* the old one stays */
	if (faccessat(fd, "g", F_OK, 0) == 0)
		return 5;
	if (mount("none", path, NULL, MS_REMOUNT | MS_RDONLY, NULL) == -1)
		return 6;
	if (safepath_write(fd, "f", "x", 1, &e) == 0 ||
		strstr(e.text, "read-only") == NULL)
		return 7;
	buf_fini(&b);
	close(fd);
	return 0;
}

static void says_that_the_disk_is_full(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		_exit(on_small_disk());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77) {
		print_message("# skipped: cannot mount a tmpfs here\n");
		return;
	}
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_string_equal(safepath_strerror(EDQUOT),
		"disk full: your quota is used up");
	assert_string_equal(safepath_strerror(ENOENT), strerror(ENOENT));
}

static void checks_output_files(void **state)
{
	struct err e = { "" };
	struct stat st;
	int fd;

	(void)state;
	put("wide", "old", 0666);
	fd = safepath_output(at("wide"), "log", 0, &e);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(st.st_size, 3);
	close(fd);
	fd = safepath_output(at("wide"), "log", 1, &e);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	close(fd);
	fd = safepath_output("/dev/null", "log", 1, &e);
	assert_int_not_equal(fd, -1);
	close(fd);

	put("precious", "keep", 0600);
	assert_int_equal(link(at("precious"), at("hard")), 0);
	assert_int_equal(symlink("precious", at("soft")), 0);
	assert_int_equal(mkfifo(at("fifo"), 0600), 0);
	static const struct {
		const char *name, *word;
	} rows[] = {
		{ "hard", "2 names" },
		{ "soft", "symbolic link" },
		{ "fifo", "nobody reads" },
		{ "no/such", "No such file" },
		{ ".", "Is a directory" },
	};
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int before = open_fds();

		assert_int_equal(safepath_output(at(rows[i].name), "tee", 1,
			&e), -1);
		if (strstr(e.text, rows[i].word) == NULL)
			fail_msg("'%s' lacks '%s'", e.text, rows[i].word);
		assert_int_equal(open_fds(), before);
	}
	if (getuid() == 0) {
		assert_int_equal(unlink(at("hard")), 0);
		assert_int_equal(chown(at("precious"), UID_STRANGER, 0), 0);
		assert_int_equal(safepath_output(at("precious"), "tee", 1, &e),
			-1);
		assert_non_null(strstr(e.text, "owned by uid 65534"));
	}
	assert_int_equal(stat(at("precious"), &st), 0);
	assert_int_equal(st.st_size, 4);
}

static void keeps_secrets(void **state)
{
	unsigned char a[SECRET_LEN], b[SECRET_LEN], zero[SECRET_LEN] = { 0 };
	struct err e = { "" };
	struct stat st;
	char tag[17], tag2[17];

	(void)state;
	assert_int_equal(secret_read(top_fd, "s", b, &e), -1);
	assert_int_equal(errno, ENOENT);
	assert_int_equal(secret_create(top_fd, "s", a, &e), 0);
	assert_memory_not_equal(a, zero, sizeof a);
	assert_int_equal(stat(at("s"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(secret_read(top_fd, "s", b, &e), 0);
	assert_memory_equal(a, b, sizeof a);
	assert_int_equal(secret_create(top_fd, "s", b, &e), -1);
	assert_int_equal(errno, EEXIST);
	assert_memory_equal(b, zero, sizeof b);
	assert_int_equal(secret_create(top_fd, "t", b, &e), 0);
	assert_memory_not_equal(a, b, sizeof a);

	put("short", "0123456789abcdef0123456789abcde", 0600);
	assert_int_equal(secret_read(top_fd, "short", b, &e), -1);
	assert_non_null(strstr(e.text, "31 bytes, expected 32"));
	put("long", "0123456789abcdef0123456789abcdef!", 0600);
	assert_int_equal(secret_read(top_fd, "long", b, &e), -1);
	assert_int_equal(chmod(at("s"), 0640), 0);
	assert_int_equal(secret_read(top_fd, "s", b, &e), -1);
	assert_non_null(strstr(e.text, "mode 0640"));

	secret_tag(tag);
	secret_tag(tag2);
	assert_int_equal(strspn(tag, "0123456789abcdef"), 16);
	assert_int_equal(tag[16], '\0');
	assert_string_not_equal(tag, tag2);
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	alarm(30);
	top = tmpdir_make("/tmp", &e);
	if (top == NULL)
		return -1;
	top_fd = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return top_fd == -1;
}

static int teardown(void **state)
{
	struct err e;
	int rc = tmpdir_remove(top, &e);

	(void)state;
	close(top_fd);
	free(top);
	return rc;
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(makes_what_is_missing),
		T(resolves_symlinks),
		T(refuses_unsafe_directories),
		T(refuses_foreign_owners),
		T(follows_no_strangers_links),
		T(reads_only_private_files),
		T(writes_whole_files),
		T(says_that_the_disk_is_full),
		T(checks_output_files),
		T(keeps_secrets),
	};

	return cmocka_run_group_tests_name("safepath", tests, NULL, NULL);
}
