/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/base64.h"

static void decodes(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		const char *want;
	} rows[] = {
		{ "", 0, "" },
		{ "Zg==", 4, "f" },
		{ "Zm8=", 4, "fo" },
		{ "Zm9vYmFy", 8, "foobar" },
		{ "Zm9vYmFy", 4, "foo" },
		{ "Zm9v YmFy", 9, "foo" },
		{ "Zm9v\nYmFy", 9, "foo" },
		{ "Zm9v", 100, "foo" },		/* the NUL is no digit */
		{ "Z", 1, "" },
		{ "-_", 2, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		char out[16] = "";
		size_t n = base64_decode(rows[i].text, rows[i].len, out,
			sizeof out);

		assert_int_equal(n, strlen(rows[i].want));
		assert_memory_equal(out, rows[i].want, n);
	}
}

static void encodes(void **state)
{
	static const struct {
		const char *data, *want;
	} rows[] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "foobar", "Zm9vYmFy" },
		{ "\xff\xff\xfe", "///+" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf b = { 0 };

		base64_encode(rows[i].data, strlen(rows[i].data), &b);
		assert_int_equal(b.len, strlen(rows[i].want));
		assert_memory_equal(buf_data(&b) != NULL ? buf_data(&b) : "",
			rows[i].want, b.len);
		buf_fini(&b);
	}
}

static void every_digit_has_its_value(void **state)
{
	unsigned char out[48];

	(void)state;
	assert_int_equal(base64_decode(
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
		64, out, sizeof out), 48);
	for (unsigned i = 0; i < 64; i += 4) {
		const unsigned char *p = out + i / 4 * 3;

		assert_int_equal(p[0] >> 2, i);
		assert_int_equal((p[0] & 3) << 4 | p[1] >> 4, i + 1);
		assert_int_equal((p[1] & 15) << 2 | p[2] >> 6, i + 2);
		assert_int_equal(p[2] & 63, i + 3);
	}
}

static void stops_where_out_is_full(void **state)
{
	char out[4] = "xxxx";

	(void)state;
	assert_int_equal(base64_decode("Zm9vYmFy", 8, out, 2), 2);
	assert_memory_equal(out, "foxx", 4);
	assert_int_equal(base64_decode("Zm9v", 4, out, 0), 0);
}

static void tells_how_far_digits_go(void **state)
{
	(void)state;
	assert_int_equal(base64_span("Zm9v+/=="), 6);
	assert_int_equal(base64_span("=Zm"), 0);
	assert_int_equal(base64_span(""), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes),
		cmocka_unit_test(encodes),
		cmocka_unit_test(every_digit_has_its_value),
		cmocka_unit_test(stops_where_out_is_full),
		cmocka_unit_test(tells_how_far_digits_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
