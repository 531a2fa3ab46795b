/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"

static void appends_and_consumes(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_null(buf_data(&b));
	buf_append(&b, NULL, 0);
	buf_puts(&b, "hello");
	buf_printf(&b, " %s %03d", "world", 7);
	assert_int_equal(b.len, 15);
	assert_memory_equal(buf_data(&b), "hello world 007", 15);
	buf_consume(&b, 6);
	assert_int_equal(b.len, 9);
	assert_memory_equal(buf_data(&b), "world 007", 9);
	memcpy(buf_reserve(&b, 3), "xyz", 3);
	assert_int_equal(b.len, 9);
	buf_commit(&b, 2);
	assert_memory_equal(buf_data(&b), "world 007xy", 11);
	buf_consume(&b, 99);
	assert_int_equal(b.len, 0);
	buf_fini(&b);
	assert_null(b.mem);
}

/* A queue in any steps is the same as one that keeps everything. */
static void is_a_queue(void **state)
{
	enum { TOTAL = 200000 };
	unsigned seed = 1, in = 0, out = 0;
	struct buf b = { 0 };

	(void)state;
	while (out < TOTAL) {
		unsigned n = (seed = seed * 1103515245 + 12345) >> 16 & 1023;
		unsigned char piece[1024];

		if (in + n <= TOTAL && (seed & 0x40000000)) {
			for (unsigned i = 0; i < n; i++)
				piece[i] = (unsigned char)((in + i) % 251);
			buf_append(&b, piece, n);
			in += n;
		} else if (in + n > TOTAL && in < TOTAL) {
			piece[0] = (unsigned char)(in++ % 251);
			buf_append(&b, piece, 1);
		}
		assert_int_equal(b.len, in - out);
		n = n > b.len ? (unsigned)b.len : n;
		for (unsigned i = 0; i < n; i++)
			assert_int_equal((unsigned char)buf_data(&b)[i],
				(out + i) % 251);
		buf_consume(&b, n);
		out += n;
	}
	buf_fini(&b);
}

/* Room is asked for before the old one is used up, and given back after. */
static void bounds_its_memory(void **state)
{
	struct buf b = { 0 };
	char piece[1000] = { 0 };

	(void)state;
	for (int i = 0; i < 10000; i++) {
		buf_append(&b, piece, sizeof piece);
		buf_append(&b, piece, sizeof piece);
		buf_consume(&b, i % 2 ? 3000 : 1000);
	}
	assert_true(b.cap <= 8192);
	buf_reserve(&b, BUF_KEEP + 1);
	buf_append(&b, piece, 1);
	buf_consume(&b, b.len);
	assert_null(b.mem);
	assert_int_equal(b.cap, 0);
	buf_fini(&b);
}

/*
 * A queue that stays nearly full moves its bytes now and then, not at every
 * append. Each move is seen as the front jumping back.
 */
static void moves_seldom(void **state)
{
	enum { FULL = 60000, STEPS = 100000, STEP = 100 };
	struct buf b = { 0 };
	size_t moved = 0;

	(void)state;
	buf_reserve(&b, FULL);
	buf_commit(&b, FULL);
	for (int i = 0; i < STEPS; i++) {
		size_t off;
		char *mem;

		buf_consume(&b, STEP);
		off = b.off;
		mem = b.mem;
		buf_reserve(&b, STEP);
		if (b.off < off || b.mem != mem)
			moved += b.len;
		buf_commit(&b, STEP);
	}
	assert_true(moved <= 2 * (size_t)STEPS * STEP);
	assert_true(b.cap <= 4 * FULL);
	buf_fini(&b);
}

static void has_lines(void **state)
{
	static const char *const want[] = { "one", "", "three" };
	struct buf b = { 0 };
	size_t len;
	char *line;

	(void)state;
	assert_null(buf_line(&b, &len));
	buf_puts(&b, "one\n\nthr");
	for (size_t i = 0; i < 3; i++) {
		if (i == 2) {
			assert_null(buf_line(&b, &len));
			buf_puts(&b, "ee\nand");
		}
		line = buf_line(&b, &len);
		assert_non_null(line);
		assert_int_equal(len, strlen(want[i]));
		assert_memory_equal(line, want[i], len);
		buf_consume(&b, len + 1);
	}
	assert_null(buf_line(&b, &len));
	assert_int_equal(b.len, 3);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(appends_and_consumes),
		cmocka_unit_test(is_a_queue),
		cmocka_unit_test(bounds_its_memory),
		cmocka_unit_test(moves_seldom),
		cmocka_unit_test(has_lines),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
