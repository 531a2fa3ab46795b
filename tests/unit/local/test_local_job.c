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
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "launch/local/local_job.h"
#include "os/proc.h"
#include "os/tmpdir.h"

static char *path;
static int dir;
static pid_t pids[3];

static int setup(void **state)
{
	struct err e;

	(void)state;
	strcpy(local_host, "host");
	strcpy(local_boot, "boot");
	path = tmpdir_make("/tmp", &e);
	dir = path == NULL ? -1 : open(path, O_RDONLY | O_DIRECTORY);
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			for (;;)
				pause();
	}
	return dir == -1 ? -1 : 0;
}

static int teardown(void **state)
{
	struct err e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		kill(pids[i], SIGKILL);
		waitpid(pids[i], NULL, 0);
	}
	close(dir);
	tmpdir_remove(path, &e);
	free(path);
	return 0;
}

/* A job of one of the processes. */
static struct local_job job(int i, const char *session)
{
	struct local_job j = { .pid = pids[i], .began = 1000, .limit = 60 };

	assert_int_equal(proc_starttime(j.pid, &j.start), 0);
	strcpy(j.tag, "0123456789abcdef");
	strcpy(j.session, session);
	strcpy(j.host, local_host);
	strcpy(j.boot, local_boot);
	return j;
}

static void write_file(const char *name, const char *text)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static int exists(const char *name)
{
	return faccessat(dir, name, F_OK, 0) == 0;
}

static void gives_numbers(void **state)
{
	struct local_job j = job(0, "a"), got;

	(void)state;
	assert_int_equal(local_store(dir, &j), 1);
	assert_int_equal(local_store(dir, &j), 2);
	assert_int_equal(local_load(dir, "2", &got), 0);
	assert_int_equal(got.id, 2);
	assert_int_equal(got.pid, pids[0]);
	assert_true(got.start == j.start);
	assert_int_equal(got.began, 1000);
	assert_int_equal(got.limit, 60);
	assert_string_equal(got.tag, j.tag);
	assert_string_equal(got.session, "a");
	assert_true(local_is_here(&got));
	assert_true(local_is_alive(&got));
	got.limit = 3600;
	local_rewrite(dir, &got);
	assert_int_equal(local_load(dir, "2", &got), 0);
	assert_int_equal(got.limit, 3600);
}

/* One that is no number of a job makes none that nobody can name. */
static void loads_no_other_names(void **state)
{
	static const char *const names[] = { "007", "0", "-1", "1x", " 1", "",
		"1000000000000000", "9223372036854775807",
		"99999999999999999999", "none" };
	static const char record[] = "host=host\nboot=boot\npid=%ld\nstart=%s\n"
		"tag=0123456789abcdef\nsession=a\nbegan=%s\nlimit=%s\n\n";
	static const struct {
		const char *start, *began, *limit;
	} bad[] = {
		{ "x", "1", "1" },
		{ "1", "9223372036854775807", "1" },
		{ "1", "-5", "1" },
		{ "1", "1", "31536001" },
		{ "1", "1", "1e5" },
	};
	char text[512];
	struct local_job j;

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(text, sizeof text, record, (long)pids[0], "1", "1",
			"1");
		if (names[i][0] != '\0')
			write_file(names[i], text);
		assert_int_equal(local_load(dir, names[i], &j), -1);
	}
	write_file("5", text);
	assert_int_equal(local_load(dir, "5", &j), 0);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		snprintf(text, sizeof text, record, (long)pids[0],
			bad[i].start, bad[i].began, bad[i].limit);
		write_file("5", text);
		assert_int_equal(local_load(dir, "5", &j), -1);
	}
	/* A process that would be all, or every one that may be signalled. */
	for (long pid = -1; pid <= 1; pid++) {
		snprintf(text, sizeof text, record, pid, "1", "1", "1");
		write_file("5", text);
		assert_int_equal(local_load(dir, "5", &j), -1);
	}
	write_file("5", "host=host\n");
	assert_int_equal(local_load(dir, "5", &j), -1);
}

static void knows_who_lives(void **state)
{
	struct local_job a = job(0, "a"), b = job(1, "b"), c = job(0, "c"), *live;
	long highest;

	(void)state;
	c.start++;			/* its number has another process now */
	local_store(dir, &a);
	local_store(dir, &b);
	local_store(dir, &c);
	strcpy(a.boot, "another");
	local_store(dir, &a);
	strcpy(a.host, "another");
	local_store(dir, &a);
	kill(pids[1], SIGKILL);
	while (local_is_alive(&b))	/* a zombie is none */
		;
	assert_int_equal(local_live(dir, &live, &highest), 1);
	assert_int_equal(highest, 5);
	assert_int_equal(live[0].id, 1);
	free(live);
	/* Of the dead of this host only the last number would stay. */
	assert_true(exists("1"));
	assert_false(exists("2") || exists("3") || exists("4"));
	assert_true(exists("5"));
	assert_int_equal(local_live(-1, &live, &highest), 0);
}

/* A front that knows the old job would end the new one. */
static void gives_no_number_twice(void **state)
{
	struct local_job j = job(0, "a");

	(void)state;
	j.start++;
	assert_int_equal(local_store(dir, &j), 1);
	assert_int_equal(local_store(dir, &j), 2);
	assert_true(exists("2"));
	assert_int_equal(local_store(dir, &j), 3);
	assert_false(exists("1"));
	/* A record that cannot be read keeps its number, too. */
	write_file("9", "junk");
	assert_int_equal(local_store(dir, &j), 10);
}

static void waits_for_an_older_one(void **state)
{
	struct local_job a = job(0, "s"), other = job(1, "t"), b = job(2, "s"), *live;
	long highest;

	(void)state;
	a.id = local_store(dir, &a);
	other.id = local_store(dir, &other);
	b.id = local_store(dir, &b);
	assert_false(local_waits(dir, &a));
	assert_false(local_waits(dir, &other));
	assert_true(local_waits(dir, &b));
	assert_int_equal(local_live(dir, &live, &highest), 3);
	assert_true(local_is_first(live, 0));
	assert_true(local_is_first(live, 1));
	assert_false(local_is_first(live, 2));
	free(live);
	kill(pids[0], SIGKILL);
	while (local_is_alive(&a))
		;
	assert_false(local_waits(dir, &b));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_numbers),
		TEST(loads_no_other_names),
		TEST(knows_who_lives),
		TEST(gives_no_number_twice),
		TEST(waits_for_an_older_one),
	};

	return cmocka_run_group_tests_name("local_job", tests, NULL, NULL);
}
