/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/wire.h"

static void writes_big_endian(void **state)
{
	static const char want[] = "\x01" "\x02\x03" "\x04\x05\x06\x07"
		"\x00\x02" "ab" "\x00\x00"
		"\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f" "cd\0";
	struct buf b = { 0 };

	(void)state;
	wire_put_u8(&b, 0x01);
	wire_put_u16(&b, 0x0203);
	wire_put_u32(&b, 0x04050607);
	wire_put_str(&b, "ab");
	wire_put_str(&b, "");
	wire_put_u64(&b, 0x08090a0b0c0d0e0f);
	wire_put_text(&b, "cd");
	assert_int_equal(b.len, sizeof want - 1);
	assert_memory_equal(buf_data(&b), want, sizeof want - 1);
	buf_fini(&b);
}

/* All fields of a copy of len bytes of data; the result of wire_done(). */
static int read_all(const char *data, size_t len)
{
	char *copy = malloc(len ? len : 1), text[4];
	struct wire w;
	int rc;

	memcpy(copy, data, len);
	wire_init(&w, copy, len);
	wire_u8(&w);
	wire_u16(&w);
	wire_u32(&w);
	wire_str(&w, text, sizeof text);
	assert_true(strlen(text) < sizeof text);
	wire_u64(&w);
	(void)wire_text(&w);
	rc = wire_done(&w);
	free(copy);
	return rc;
}

static void misses_no_byte(void **state)
{
	struct buf b = { 0 };

	(void)state;
	wire_put_u8(&b, UINT8_MAX);
	wire_put_u16(&b, UINT16_MAX);
	wire_put_u32(&b, UINT32_MAX);
	wire_put_str(&b, "abc");
	wire_put_u64(&b, UINT64_MAX);
	wire_put_text(&b, "text");
	assert_int_equal(read_all(buf_data(&b), b.len), 0);
	for (size_t len = 0; len < b.len; len++)
		if (read_all(buf_data(&b), len) != -1)
			fail_msg("%zu of %zu bytes", len, b.len);
	buf_puts(&b, "x");
	assert_int_equal(read_all(buf_data(&b), b.len), -1);
	buf_fini(&b);
}

static void reads_what_was_written(void **state)
{
	struct buf b = { 0 };
	struct wire w;
	char text[8];

	(void)state;
	wire_put_u8(&b, 0xfe);
	wire_put_u16(&b, 0xfedc);
	wire_put_u32(&b, 0xfedcba98);
	wire_put_str(&b, "abc\xff");
	wire_init(&w, buf_data(&b), b.len);
	assert_int_equal(wire_u8(&w), 0xfe);
	assert_int_equal(wire_u16(&w), 0xfedc);
	assert_int_equal(wire_u32(&w), 0xfedcba98);
	wire_str(&w, text, sizeof text);
	assert_string_equal(text, "abc\xff");
	assert_int_equal(wire_done(&w), 0);
	buf_fini(&b);
}

/* Once bad it stays so, and all that follows is zero. */
static void stays_bad(void **state)
{
	struct wire w;
	char text[4] = "old";

	(void)state;
	wire_init(&w, "\x01\x02\x03", 3);
	assert_int_equal(wire_u32(&w), 0);
	assert_int_equal(wire_u8(&w), 0);
	assert_int_equal(wire_u16(&w), 0);
	wire_str(&w, text, sizeof text);
	assert_string_equal(text, "");
	assert_int_equal(wire_done(&w), -1);
}

static void limits_strings(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *want;	/* NULL: refused */
	} rows[] = {
		{ "\0\0", 2, "" },
		{ "\0\3abc", 5, "abc" },
		{ "\0\4abcd", 6, NULL },	/* no room for the NUL */
		{ "\0\3ab", 4, NULL },		/* more than there is */
		{ "\0\3a\0c", 5, NULL },	/* a NUL inside */
		{ "\0\1\0", 3, NULL },
		{ "\xff\xff", 2, NULL },
		{ "\0", 1, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char text[4] = "old", *copy = malloc(rows[i].len);
		struct wire w;

		memcpy(copy, rows[i].in, rows[i].len);
		wire_init(&w, copy, rows[i].len);
		wire_str(&w, text, sizeof text);
		if ((wire_done(&w) == 0) != (rows[i].want != NULL))
			fail_msg("row %zu", i);
		assert_string_equal(text, rows[i].want ? rows[i].want : "");
		free(copy);
	}
}

static void cuts_endless_strings(void **state)
{
	char *s = malloc(UINT16_MAX + 2), *back = malloc(UINT16_MAX + 1);
	struct buf b = { 0 };
	struct wire w;

	(void)state;
	memset(s, 'x', UINT16_MAX + 1);
	s[UINT16_MAX + 1] = '\0';
	wire_put_str(&b, s);
	assert_int_equal(b.len, 2 + UINT16_MAX);
	wire_init(&w, buf_data(&b), b.len);
	wire_str(&w, back, UINT16_MAX + 1);
	assert_int_equal(wire_done(&w), 0);
	assert_int_equal(strlen(back), UINT16_MAX);
	free(s);
	free(back);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(writes_big_endian),
		cmocka_unit_test(misses_no_byte),
		cmocka_unit_test(reads_what_was_written),
		cmocka_unit_test(stays_bad),
		cmocka_unit_test(limits_strings),
		cmocka_unit_test(cuts_endless_strings),
	};

	return cmocka_run_group_tests_name("wire", tests, NULL, NULL);
}
