/* SPDX-License-Identifier: BSD-2-Clause */
/* A log that is written, rotated in each way, and read now and then. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "os/logfollow.h"
#include "os/tmpdir.h"

#define LONG 300	/* so long a file is known by what it begins with */

static char dir[32];
static struct logfollow place;
static int lost;

static int setup(void **state)
{
	(void)state;
	place = (struct logfollow){ .ino = 0 };
	strcpy(dir, "/tmp/test_logfollow.XXXXXX");
	return mkdtemp(dir) == NULL ? -1 : 0;
}

static int teardown(void **state)
{
	struct err e;

	(void)state;
	return tmpdir_remove(dir, &e);
}

static char *path_of(const char *name)
{
	return mem_printf("%s/%s", dir, name);
}

/* Append to a file, which is made if need be. */
static void append(const char *name, const char *text)
{
	char *path = path_of(name);
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

/* A line of that letter, long enough. */
static void append_long(const char *name, char c)
{
	char line[LONG + 2];

	memset(line, c, LONG);
	strcpy(line + LONG, "\n");
	append(name, line);
}

static void move(const char *from, const char *to)
{
	char *a = path_of(from), *b = path_of(to);

	assert_int_equal(rename(a, b), 0);
	free(a);
	free(b);
}

static void copy_and_empty(const char *from, const char *to)
{
	char *a = path_of(from), *b = path_of(to);
	char text[8192];
	FILE *f = fopen(a, "r");
	size_t n = fread(text, 1, sizeof text - 1, f);

	fclose(f);
	text[n] = '\0';
	append(to, text);
	assert_int_equal(truncate(a, 0), 0);
	free(a);
	free(b);
}

/* The first letter and the length of each line, in a static buffer. */
static char got[4096];

static void take(const char *line, size_t len, void *arg)
{
	(void)arg;
	sprintf(got + strlen(got), "%c%zu ", len > 0 ? line[0] : '-', len);
}

static const char *read_log(void)
{
	char *path = path_of("log");
	struct err e;

	got[0] = '\0';
	if (logfollow(path, &place, take, NULL, &lost, &e) == -1)
		fail_msg("%s", e.text);
	free(path);
	return got;
}

static void what_is_new(void **state)
{
	(void)state;
	append("log", "a\n\nbb\nhalf");
	assert_string_equal(read_log(), "a1 -0 b2 ");
	assert_string_equal(read_log(), "");
	append("log", " a line\n");
	assert_string_equal(read_log(), "h11 ");
	assert_string_equal(read_log(), "");
	assert_false(lost);
}

static void renamed(void **state)
{
	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	append("log", "b\n");
	move("log", "log.1");
	append("log", "c\n");
	assert_string_equal(read_log(), "b1 c1 ");
	assert_string_equal(read_log(), "");
	assert_false(lost);
}

/* One that has no more than some bytes is known by its inode. */
static void renamed_while_short(void **state)
{
	(void)state;
	append("log", "");
	assert_string_equal(read_log(), "");
	append("log", "a\n");
	move("log", "log-20261129");
	append("log", "b\n");
	assert_string_equal(read_log(), "a1 b1 ");
	assert_false(lost);
}

/* Its writer goes on with the old one until it has opened the new one. */
static void writer_goes_on(void **state)
{
	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	move("log", "log.1");
	append("log", "");
	assert_string_equal(read_log(), "");
	append("log.1", "b\nno end");
	assert_string_equal(read_log(), "b1 ");
	append("log", "c\n");
	assert_string_equal(read_log(), "n6 c1 ");
	assert_string_equal(read_log(), "");
	assert_false(lost);
}

static void copied(void **state)
{
	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	append("log", "b\n");
	copy_and_empty("log", "log.2");
	append_long("log", 'c');
	assert_string_equal(read_log(), "b1 c300 ");
	/* The new one may be longer than the old one was. */
	copy_and_empty("log", "log.1");
	append_long("log", 'd');
	append_long("log", 'e');
	assert_string_equal(read_log(), "d300 e300 ");
	assert_string_equal(read_log(), "");
	assert_false(lost);
}

static void several_times(void **state)
{
	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	move("log", "log.11");
	append_long("log.11", 'b');
	append_long("log.10", 'c');
	append_long("log.9", 'd');
	append_long("log.1", 'e');
	/* These are none of it. */
	append_long("log.9.gz", 'x');
	append_long("log.bak", 'x');
	append_long("log-20261129", 'x');
	append_long("log2", 'x');
	append_long("log.12", 'x');
	append_long("log", 'f');
	assert_string_equal(read_log(), "b300 c300 d300 e300 f300 ");
	assert_false(lost);
	move("log", "log-20261130");
	append_long("log-20261201", 'g');
	append_long("log", 'h');
	assert_string_equal(read_log(), "g300 h300 ");
	assert_false(lost);
}

/* Between the look at the log and that at its directory. */
static void renamed_just_now(void **state)
{
	char *now = path_of("log"), *before = path_of("log.1");

	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	move("log", "log.2");
	append_long("log", 'b');
	assert_int_equal(link(now, before), 0);
	assert_string_equal(read_log(), "b300 ");
	assert_string_equal(read_log(), "");
	assert_false(lost);
	free(now);
	free(before);
}

static void many(void **state)
{
	char name[16];

	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	move("log", "log.200");
	for (int i = 1; i < 200; i++) {
		snprintf(name, sizeof name, "log.%d", i);
		append(name, "b\n");
	}
	append("log", "c\n");
	assert_int_equal(strlen(read_log()), 200 * 3);
	assert_string_equal(got + 199 * 3, "c1 ");
	assert_false(lost);
}

static void gone(void **state)
{
	char *path = path_of("log");

	(void)state;
	append_long("log", 'a');
	assert_string_equal(read_log(), "a300 ");
	assert_int_equal(unlink(path), 0);
	append_long("log.1", 'x');
	append_long("log", 'b');
	assert_string_equal(read_log(), "b300 ");
	assert_true(lost);
	assert_string_equal(read_log(), "");
	assert_false(lost);
	free(path);
}

static void a_long_line(void **state)
{
	char *many = malloc(3 * LOGFOLLOW_LINE + 1);

	(void)state;
	memset(many, 'x', 3 * LOGFOLLOW_LINE);
	many[3 * LOGFOLLOW_LINE] = '\0';
	append("log", "a\n");
	append("log", many);
	assert_string_equal(read_log(), "a1 ");
	assert_int_equal(place.offset, 2);
	append("log", many);
	append("log", "\nb\n");
	assert_string_equal(read_log(), "b1 ");
	assert_int_equal(place.offset, 6 * LOGFOLLOW_LINE + 5);
	free(many);
}

static void is_no_log(void **state)
{
	struct logfollow was = { .ino = 3, .offset = 4 };
	char *path = path_of("log");
	struct err e;

	(void)state;
	place = was;
	assert_int_equal(logfollow(path, &place, take, NULL, &lost, &e), -1);
	assert_non_null(strstr(e.text, "/log: No such file or directory"));
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(logfollow(path, &place, take, NULL, &lost, &e), -1);
	assert_int_equal(logfollow("/dev/null", &place, take, NULL, &lost, &e), -1);
	assert_memory_equal(&place, &was, sizeof was);
	free(path);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_new),
		TEST(renamed),
		TEST(renamed_while_short),
		TEST(writer_goes_on),
		TEST(copied),
		TEST(several_times),
		TEST(renamed_just_now),
		TEST(many),
		TEST(gone),
		TEST(a_long_line),
		TEST(is_no_log),
	};

	return cmocka_run_group_tests_name("logfollow", tests, NULL, NULL);
}
