/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/kv.h"

#define S(s) s, sizeof(s) - 1

/* Parse a copy of exactly that size, so that ASan sees a step beyond. */
static long parse(struct kv *kv, const char *data, size_t len, int last,
	struct err *e)
{
	char *copy = malloc(len ? len : 1);
	long rc;

	memcpy(copy, data, len);
	rc = kv_parse(kv, copy, len, last, e);
	free(copy);
	return rc;
}

static const struct row {
	const char *in;
	size_t len;
	int last;
	long took;		/* -1: refused */
	size_t n;
	const char *first;	/* value of "a" */
} rows[] = {
	{ S("a=1\nb=2\n\n"), 0, 9, 2, "1" },
	{ S("a=1\nb=2\n\nc=3\n\n"), 0, 9, 2, "1" },
	{ S("a=1\nb=2\n"), 0, 0, 0, NULL },
	{ S("a=1\nb=2\n"), 1, 8, 2, "1" },
	{ S("a=1\nb=2"), 0, 0, 0, NULL },
	{ S("a=1\nb=2"), 1, 7, 2, "1" },
	{ S(""), 0, 0, 0, NULL },
	{ S(""), 1, 0, 0, NULL },
	{ S("\n"), 0, 1, 0, NULL },		/* an empty record */
	{ S("# x\na=1\n\n"), 0, 9, 1, "1" },
	{ S("a=\n\n"), 0, 4, 1, "" },
	{ S("a=x=y\n\n"), 0, 7, 1, "x=y" },
	{ S("a=1\\n2\\\\3\n\n"), 0, 11, 1, "1\n2\\3" },
	{ S("a= sp \t\r\n\n"), 0, 10, 1, " sp \t\r" },
	{ S("a=\xff\xfe\n\n"), 0, 6, 1, "\xff\xfe" },
	{ S("a=1\na=2\n\n"), 0, 9, 2, "1" },
	{ S("a-9=1\n\n"), 0, 7, 1, NULL },
	{ S("a=\\x\n\n"), 0, -1, 0, NULL },
	{ S("a=\\\n\n"), 0, -1, 0, NULL },
	{ S("a=x\0y\n\n"), 0, -1, 0, NULL },
	{ S("A=1\n\n"), 0, -1, 0, NULL },
	{ S("9=1\n\n"), 0, -1, 0, NULL },
	{ S("-a=1\n\n"), 0, -1, 0, NULL },
	{ S("a b=1\n\n"), 0, -1, 0, NULL },
	{ S("=1\n\n"), 0, -1, 0, NULL },
	{ S("a\n\n"), 0, -1, 0, NULL },
	{ S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1\n\n"), 0, 36, 1, NULL },
	{ S("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=1\n\n"), 0, -1, 0, NULL },
};

static void parses(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const struct row *r = &rows[i];
		struct err e = { "" };
		struct kv kv;
		long took = parse(&kv, r->in, r->len, r->last, &e);

		if (took != r->took || kv.n != r->n)
			fail_msg("row %zu: %ld, %zu pairs", i, took, kv.n);
		assert_true((took == -1) == (e.text[0] != '\0'));
		if (took > 0 && r->first != NULL)
			assert_string_equal(kv_get(&kv, "a"), r->first);
		else
			assert_null(kv_get(&kv, "a"));
		kv_fini(&kv);
	}
}

/* Whatever was cut off: incomplete until the last byte, never something else. */
static void waits_for_the_end(void **state)
{
	static const char in[] = "# c\na=1\\n\nbb=2\n\n";

	(void)state;
	for (size_t len = 0; len < sizeof in - 1; len++) {
		struct err e;
		struct kv kv;

		assert_int_equal(parse(&kv, in, len, 0, &e), 0);
		assert_int_equal(kv.n, 0);
		assert_null(kv.pairs);
	}
}

static void reads_what_it_writes(void **state)
{
	static const char *const values[] = { "", "x", "a=b", "\n", "\\", "\\n",
		"two\nlines\\", "\033[1m\xff", " " };
	struct buf b = { 0 };
	struct err e;
	struct kv kv;
	size_t pos = 0;

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		kv_write(&b, "v", values[i]);
	kv_writef(&b, "f", "%d\n%s", 42, "x");
	buf_puts(&b, "\n");
	assert_int_equal(parse(&kv, buf_data(&b), b.len, 0, &e), b.len);
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++)
		assert_string_equal(kv_next(&kv, "v", &pos), values[i]);
	assert_null(kv_next(&kv, "v", &pos));
	assert_string_equal(kv_get(&kv, "f"), "42\nx");
	assert_null(kv_get(&kv, "g"));
	kv_fini(&kv);
	buf_fini(&b);
}

static void has_maxima(void **state)
{
	struct buf b = { 0 };
	struct err e;
	struct kv kv;

	(void)state;
	buf_puts(&b, "a=");
	memset(buf_reserve(&b, KV_VALUE_MAX), 'x', KV_VALUE_MAX);
	buf_commit(&b, KV_VALUE_MAX);
	buf_puts(&b, "\n\n");
	assert_int_equal(parse(&kv, buf_data(&b), b.len, 0, &e), b.len);
	kv_fini(&kv);
	memcpy(buf_data(&b) + b.len - 2, "x\n", 2);
	assert_int_equal(parse(&kv, buf_data(&b), b.len, 0, &e), -1);
	buf_consume(&b, b.len);

	/* Escaped it may be twice as long. */
	for (int extra = 0; extra < 2; extra++) {
		char *value = malloc(KV_VALUE_MAX + 2);

		memset(value, '\n', KV_VALUE_MAX + 1);
		value[KV_VALUE_MAX + extra] = '\0';
		kv_write(&b, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", value);
		/* Not refused either while its end is still to come. */
		assert_int_equal(parse(&kv, buf_data(&b), b.len - 1, 0, &e),
			extra ? -1 : 0);
		buf_puts(&b, "\n");
		assert_int_equal(parse(&kv, buf_data(&b), b.len, 0, &e),
			extra ? -1 : (long)b.len);
		if (!extra)
			assert_string_equal(kv.pairs[0].value, value);
		kv_fini(&kv);
		free(value);
		buf_consume(&b, b.len);
	}

	/* A line that never ends is refused before it fills the memory. */
	memset(buf_reserve(&b, 3 * KV_VALUE_MAX), 'x', 3 * KV_VALUE_MAX);
	buf_commit(&b, 3 * KV_VALUE_MAX);
	assert_int_equal(parse(&kv, buf_data(&b), b.len, 0, &e), -1);
	buf_consume(&b, b.len);

	for (int i = 0; i < KV_PAIRS_MAX; i++)
		buf_puts(&b, "a=1\n");
	assert_int_equal(parse(&kv, buf_data(&b), b.len, 1, &e), b.len);
	assert_int_equal(kv.n, KV_PAIRS_MAX);
	kv_fini(&kv);
	buf_puts(&b, "a=1\n");
	assert_int_equal(parse(&kv, buf_data(&b), b.len, 1, &e), -1);
	assert_int_equal(kv.n, 0);
	buf_fini(&b);
}

/* Out of memory it ends: a record without its value would be believed. */
static void loses_no_value(void **state)
{
#ifndef __SANITIZE_ADDRESS__
	struct buf b = { 0 };
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		setrlimit(RLIMIT_AS, &(struct rlimit){ 0 });
		kv_writef(&b, "pid", "%*d", 64 << 20, 1);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), EX_OSERR);
#else
	/* Not skip(): to cmocka's TAP that is a failure. */
	(void)state;
	print_message("# skipped: AddressSanitizer needs the whole address "
		"space\n");
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(waits_for_the_end),
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(has_maxima),
		cmocka_unit_test(loses_no_value),
	};

	return cmocka_run_group_tests_name("kv", tests, NULL, NULL);
}
