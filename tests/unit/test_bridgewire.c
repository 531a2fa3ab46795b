/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cmocka.h>

#include "proto/bridgewire.h"
#include "proto/wire.h"

static void hello_says_how_long(void **state)
{
	struct buf b = { 0 };
	uint32_t len;
	struct err e;

	(void)state;
	bridge_hello_put(&b, 1234);
	assert_int_equal(b.len, BRIDGE_HELLO_SIZE);
	assert_int_equal(bridge_hello_get(buf_data(&b), &len, &e), 0);
	assert_int_equal(len, 1234);
	buf_data(&b)[3]++;
	assert_int_equal(bridge_hello_get(buf_data(&b), &len, &e), -1);
	buf_consume(&b, b.len);
	bridge_hello_put(&b, BRIDGE_CALL_MAX + 1);
	assert_int_equal(bridge_hello_get(buf_data(&b), &len, &e), -1);
	buf_fini(&b);
}

static void put_some_call(struct buf *out)
{
	char *argv[] = { (char *)"srun", (char *)"", (char *)"--x=/a b" };
	char *env[] = { (char *)"A=1", (char *)"B=\n\xff", NULL };
	struct bridge_path paths[] = { { 2, 4, { 3, 1ull << 63 } } };
	struct bridge_call c = { .dir = "/home/x", .place = { 7, 8 },
		.umask = 027, .argv = argv, .env = env, .paths = paths,
		.n_args = 3, .n_paths = 1 };

	bridge_call_put(out, &c);
}

static void call_arrives_as_it_was(void **state)
{
	struct buf b = { 0 };
	struct bridge_call c;
	struct err e;

	(void)state;
	put_some_call(&b);
	assert_int_equal(bridge_call_get(&c, buf_data(&b), b.len, &e), 0);
	assert_string_equal(c.dir, "/home/x");
	assert_int_equal(c.place.dev, 7);
	assert_int_equal(c.place.ino, 8);
	assert_int_equal(c.umask, 027);
	assert_int_equal(c.n_args, 3);
	assert_string_equal(c.argv[0], "srun");
	assert_string_equal(c.argv[1], "");
	assert_string_equal(c.argv[2], "--x=/a b");
	assert_null(c.argv[3]);
	assert_string_equal(c.env[1], "B=\n\xff");
	assert_null(c.env[2]);
	assert_int_equal(c.n_paths, 1);
	assert_string_equal(c.argv[c.paths[0].arg] + c.paths[0].at, "/a b");
	assert_true(c.paths[0].place.ino == 1ull << 63);
	bridge_call_fini(&c);
	buf_fini(&b);
}

/* Cut anywhere, or with a byte more: each in memory of its own, for sanitizers. */
static void call_misses_no_byte(void **state)
{
	struct buf b = { 0 };
	struct bridge_call c;
	struct err e;

	(void)state;
	put_some_call(&b);
	buf_append(&b, "x", 1);
	for (size_t len = 0; len <= b.len; len++) {
		char *copy = malloc(len ? len : 1);

		if (len == b.len - 1) {
			free(copy);
			continue;
		}
		memcpy(copy, buf_data(&b), len);
		assert_int_equal(bridge_call_get(&c, copy, len, &e), -1);
		free(copy);
	}
	buf_fini(&b);
}

/* Counts that no call can have, and a path outside of the arguments. */
static void call_is_bounded(void **state)
{
	static const struct {
		uint32_t args, env, paths, arg, at;
	} rows[] = {
		{ 0, 0, 0, 0, 0 },
		{ UINT32_MAX, 0, 0, 0, 0 },
		{ 1, UINT32_MAX, 0, 0, 0 },
		{ 1, 0, BRIDGE_PATHS_MAX + 1, 0, 0 },
		{ 1, 0, 1, 1, 0 },
		{ 1, 0, 1, 0, 3 },
	};
	struct bridge_call c;
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buf b = { 0 };

		wire_put_u32(&b, rows[i].args);
		wire_put_u32(&b, rows[i].env);
		wire_put_u32(&b, rows[i].paths);
		wire_put_u32(&b, 022);
		wire_put_u64(&b, 0);
		wire_put_u64(&b, 0);
		if (rows[i].paths == 1) {
			wire_put_u32(&b, rows[i].arg);
			wire_put_u32(&b, rows[i].at);
			wire_put_u64(&b, 0);
			wire_put_u64(&b, 0);
		}
		wire_put_text(&b, "/");
		wire_put_text(&b, "ls");
		assert_int_equal(bridge_call_get(&c, buf_data(&b), b.len, &e),
			-1);
		buf_fini(&b);
	}
}

static void replies_come_in_pieces(void **state)
{
	static const struct bridge_reply some[] = {
		{ BRIDGE_NOTE, 0, "a line" }, { BRIDGE_EXITED, 255, "" } };
	struct buf b = { 0 };
	struct bridge_reply r;
	struct err e;
	size_t at = 0;

	(void)state;
	for (size_t i = 0; i < 2; i++)
		bridge_reply_put(&b, &some[i]);
	for (size_t i = 0; i < 2; i++) {
		int n = 0;

		for (size_t len = 0; n == 0; len++)
			n = bridge_reply_get(&r, buf_data(&b) + at, len, &e);
		assert_int_equal(n, BRIDGE_REPLY_SIZE + strlen(some[i].text));
		assert_int_equal(r.type, some[i].type);
		assert_int_equal(r.value, some[i].value);
		assert_string_equal(r.text, some[i].text);
		at += (size_t)n;
	}
	assert_int_equal(at, b.len);
	buf_data(&b)[0] = BRIDGE_REFUSED + 1;
	assert_int_equal(bridge_reply_get(&r, buf_data(&b), b.len, &e), -1);
	buf_data(&b)[0] = BRIDGE_NOTE;
	buf_data(&b)[5] = (char)0xff;
	assert_int_equal(bridge_reply_get(&r, buf_data(&b), b.len, &e), -1);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hello_says_how_long),
		cmocka_unit_test(call_arrives_as_it_was),
		cmocka_unit_test(call_misses_no_byte),
		cmocka_unit_test(call_is_bounded),
		cmocka_unit_test(replies_come_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
