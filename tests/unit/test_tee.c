/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/behind.h"
#include "os/log.h"
#include "os/tee.h"

static char dir[] = "/tmp/test_tee.XXXXXX";
static char path[64], log_path[64];

static char text[65536];

static const char *slurp(const char *file)
{
	int fd = open(file, O_RDONLY);
	ssize_t n = read(fd, text, sizeof text - 1);

	assert_true(n >= 0);
	text[n] = '\0';
	close(fd);
	return text;
}

static int count(const char *haystack, const char *needle)
{
	int n = 0;

	while ((haystack = strstr(haystack, needle)) != NULL) {
		haystack++;
		n++;
	}
	return n;
}

static struct tee *open_tee(void)
{
	struct err e;
	struct tee *t = tee_open(path, "stdin tee", &e);

	if (t == NULL)
		fail_msg("%s", e.text);
	return t;
}

/* A thread writes it; alarm() ends us when it does not. */
static void wait_for_size(off_t size)
{
	struct stat st;

	while (stat(path, &st) == -1 || st.st_size < size)
		usleep(1000);
}

static void copies_every_byte_at_once(void **state)
{
	struct stat st;
	struct tee *t = open_tee();

	(void)state;
	tee_write(t, "a\0\033", 3);
	wait_for_size(3);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 3);
	assert_int_equal(st.st_mode & 07777, 0600);
	tee_write(t, "", 0);
	tee_write(t, "b", 1);
	wait_for_size(4);
	assert_memory_equal(slurp(path), "a\0\033b", 5);
	tee_close(t);
	t = open_tee();		/* emptied at open */
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 0);
	tee_close(t);
	tee_write(NULL, "x", 1);
	tee_close(NULL);
}

static void refuses_symlinks(void **state)
{
	struct err e = { "" };

	(void)state;
	assert_int_equal(symlink(log_path, path), 0);
	assert_null(tee_open(path, "stdin tee", &e));
	assert_non_null(strstr(e.text, "stdin tee"));
	assert_non_null(strstr(e.text, "symbolic link"));
}

/* RLIMIT_FSIZE makes write() fail on any file system. */
static void a_full_disk_is_said_once(void **state)
{
	struct rlimit old, small;
	struct tee *t = open_tee();

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 4096;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	memset(text, 'x', 5000);
	tee_write(t, text, 5000);
	wait_for_size(4096);
	while (count(slurp(log_path), "\n") == 0)
		usleep(1000);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	tee_write(t, "more", 4);
	tee_close(t);
	assert_int_equal(behind_wait(10000), 0);
	log_fini();
	slurp(log_path);
	assert_int_equal(count(text, "\n"), 1);
	assert_int_equal(count(text, "[WARNING] stdin tee "), 1);
	assert_non_null(strstr(text, "ends here: File too large"));
	assert_int_equal(strlen(slurp(path)), 4096);
}

/* alarm() ends us when a fifo without a willing reader blocks. */
static void a_slow_reader_never_blocks(void **state)
{
	struct tee *t;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	t = open_tee();
	tee_write(t, "first", 5);
	assert_int_equal(read(fd, text, 5), 5);
	assert_memory_equal(text, "first", 5);
	memset(text, 'x', sizeof text);
	for (int i = 0; i < 100; i++)
		tee_write(t, text, sizeof text);
	tee_close(t);
	close(fd);
	log_fini();
	slurp(log_path);
	assert_int_equal(count(text, "\n"), 1);
	assert_non_null(strstr(text, "does not keep up"));
}

static void a_reader_that_leaves_is_said_once(void **state)
{
	struct tee *t;
	int fd;

	(void)state;
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	t = open_tee();
	close(fd);
	tee_write(t, "x", 1);
	tee_write(t, "x", 1);
	tee_close(t);
	log_fini();
	slurp(log_path);
	assert_int_equal(count(text, "\n"), 1);
	assert_non_null(strstr(text, "reader is gone"));
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	alarm(20);
	return log_open(log_path, &e);
}

static int teardown(void **state)
{
	(void)state;
	log_fini();
	unlink(path);
	unlink(log_path);
	return 0;
}

static int group_setup(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	log_set_level(LOG_LEVEL_WARNING);
	if (mkdtemp(dir) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/tee", dir);
	snprintf(log_path, sizeof log_path, "%s/log", dir);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	return rmdir(dir);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(copies_every_byte_at_once),
		T(refuses_symlinks),
		T(a_full_disk_is_said_once),
		T(a_slow_reader_never_blocks),
		T(a_reader_that_leaves_is_said_once),
	};

	return cmocka_run_group_tests_name("tee", tests, group_setup,
		group_teardown);
}
