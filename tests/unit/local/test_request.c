/* SPDX-License-Identifier: BSD-2-Clause */
/* What every launcher reads and answers: launch/launch_request.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "launch/launch_request.h"

/* Let a descriptor be an empty file for a while; give_back() what it was. */
static int take_place(int fd)
{
	int saved = dup(fd), file = memfd_create("test", MFD_CLOEXEC);

	assert_int_not_equal(file, -1);
	dup2(file, fd);
	close(file);
	return saved;
}

static void give_back(int fd, int saved)
{
	dup2(saved, fd);
	close(saved);
}

static int read_text(const char *text, size_t len, struct kv *kv,
	struct err *e)
{
	int saved = take_place(STDIN_FILENO), ret;

	assert_int_equal(write(STDIN_FILENO, text, len), len);
	lseek(STDIN_FILENO, 0, SEEK_SET);
	ret = launch_request_read(kv, e);
	give_back(STDIN_FILENO, saved);
	return ret;
}

static void reads_a_request(void **state)
{
	static const char text[] = "session=a\noption=x\\ny\noption=z\n\n";
	struct kv kv;
	struct err e;

	(void)state;
	assert_int_equal(read_text(text, strlen(text), &kv, &e), 0);
	assert_int_equal(kv.n, 3);
	assert_string_equal(kv_get(&kv, "option"), "x\ny");
	kv_fini(&kv);
}

/* A front that was killed in the middle of it wants nothing. */
static void refuses_the_rest(void **state)
{
	static const char *const rows[][2] = {
		{ "session=a\n", "the request ends in the middle" },
		{ "", "the request ends in the middle" },
		{ "session=a\nta", "the request ends in the middle" },
	};
	struct kv kv;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		assert_int_equal(read_text(rows[i][0], strlen(rows[i][0]), &kv,
			&e), -1);
		assert_string_equal(e.text, rows[i][1]);
	}
	assert_int_equal(read_text("NO KEY\n\n", 8, &kv, &e), -1);
}

/* Sixteen MB and what is read at once, and no more. */
static void refuses_what_is_too_long(void **state)
{
	const size_t len = (17 << 20) + 1;
	char *text = malloc(len);
	struct kv kv;
	struct err e;

	(void)state;
	memset(text, 'x', len);
	assert_int_equal(read_text(text, len, &kv, &e), -1);
	assert_string_equal(e.text, "the request is too long");
	free(text);
}

static void make(struct kv *kv, const char *key, const char *value)
{
	struct buf b = { 0 };

	kv_write(&b, key, value);
	buf_puts(&b, "\n");
	assert_true(kv_parse(kv, buf_data(&b), b.len, 1, NULL) > 0);
	buf_fini(&b);
}

static void checks_words(void **state)
{
	static const struct {
		const char *key, *value;
		int good;
	} rows[] = {
		{ "session", "a", 1 },
		{ "session", "a._b-9", 1 },
		{ "session", ".a", 0 },		/* a file that is not seen */
		{ "session", "..", 0 },
		{ "session", "", 0 },
		{ "session", "a/b", 0 },
		{ "session", "a b", 0 },
		{ "session", "a\nb", 0 },
		{ "session", "1234567890123456789012345678901234567890123456789012345678901234", 1 },
		{ "session", "12345678901234567890123456789012345678901234567890123456789012345", 0 },
		{ "tag", "0123456789abcdef", 1 },
		{ "tag", "0123456789abcde", 0 },
		{ "tag", "0123456789abcdef0", 0 },
		{ "tag", "0123456789ABCDEF", 0 },
		{ "tag", "../../../../etc/", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct kv kv;
		struct err e;
		const char *got;

		make(&kv, rows[i].key, rows[i].value);
		got = rows[i].key[0] == 's' ? launch_request_session(&kv, &e) :
			launch_request_tag(&kv, &e);
		assert_int_equal(got != NULL, rows[i].good);
		if (got != NULL)
			assert_string_equal(got, rows[i].value);
		kv_fini(&kv);
	}
}

static void checks_numbers(void **state)
{
	static const struct {
		const char *value;
		long want;		/* -1: none */
	} rows[] = {
		{ "1", 1 }, { "1000", 1000 }, { "1001", -1 }, { "0", -1 },
		{ "-1", -1 }, { "+1", -1 }, { " 1", -1 }, { "1 ", -1 },
		{ "0x1", -1 }, { "", -1 }, { "1e3", -1 },
		{ "9223372036854775807", -1 },
		{ "18446744073709551617", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct kv kv;
		struct err e;
		long n = -1;

		make(&kv, "seconds", rows[i].value);
		assert_int_equal(launch_request_number(&kv, "seconds", 1000, &n, &e),
			rows[i].want == -1 ? -1 : 0);
		if (rows[i].want != -1) {
			assert_int_equal(n, rows[i].want);
			assert_string_equal(launch_request_digits(&kv, "seconds", 1000,
				&e), rows[i].value);
		} else {
			assert_null(launch_request_digits(&kv, "seconds", 1000, &e));
		}
		assert_int_equal(launch_request_number(&kv, "job", LONG_MAX, &n, &e),
			-1);
		assert_string_equal(e.text, "bad request: job is missing");
		kv_fini(&kv);
	}
}

static void answers(void **state)
{
	struct buf record = { 0 };
	char text[256];
	int saved;
	ssize_t n;

	(void)state;
	fflush(stdout);
	saved = take_place(STDOUT_FILENO);
	kv_write(&record, "job", "17");
	assert_int_equal(launch_request_answer(&record), 0);
	assert_int_equal(record.len, 0);
	assert_int_equal(launch_request_refuse("gone", "no\nsuch job"), 0);
	lseek(STDOUT_FILENO, 0, SEEK_SET);
	n = read(STDOUT_FILENO, text, sizeof text - 1);
	give_back(STDOUT_FILENO, saved);
	text[n > 0 ? n : 0] = '\0';
	assert_string_equal(text,
		"job=17\n\nerror=gone\nmessage=no\\nsuch job\n\n");
}

static void says_when_nobody_reads(void **state)
{
	struct buf record = { 0 };
	int saved, p[2], ret;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	fflush(stdout);
	saved = dup(STDOUT_FILENO);
	assert_int_equal(pipe(p), 0);
	dup2(p[1], STDOUT_FILENO);
	close(p[1]);
	close(p[0]);
	kv_write(&record, "job", "17");
	ret = launch_request_answer(&record);
	give_back(STDOUT_FILENO, saved);
	assert_int_equal(ret, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_request),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(refuses_what_is_too_long),
		cmocka_unit_test(checks_words),
		cmocka_unit_test(checks_numbers),
		cmocka_unit_test(answers),
		cmocka_unit_test(says_when_nobody_reads),
	};

	return cmocka_run_group_tests_name("request", tests, NULL, NULL);
}
