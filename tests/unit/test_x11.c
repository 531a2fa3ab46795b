/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/x11.h"

#define COOKIE "0123456789abcdef0123456789ABCDEF"

static void reads_displays(void **state)
{
	static const struct {
		const char *text;
		int ok, is_tcp;
		unsigned number;
		const char *host;
	} rows[] = {
		{ ":0", 1, 0, 0, "" },
		{ ":12.3", 1, 0, 12, "" },
		{ "unix:1.0", 1, 0, 1, "unix" },
		{ "localhost:10.0", 1, 1, 10, "localhost" },
		{ "127.0.0.1:50", 1, 1, 50, "127.0.0.1" },
		{ "[::1]:50.0", 1, 1, 50, "::1" },
		{ "::1:50.0", 1, 1, 50, "::1" },
		{ "desk.example.org:0", 1, 1, 0, "desk.example.org" },
		{ "x:59535", 1, 1, 59535, "x" },
		{ "x:59536", 0, 0, 0, NULL },
		{ "", 0, 0, 0, NULL },
		{ "0", 0, 0, 0, NULL },
		{ ":", 0, 0, 0, NULL },
		{ ":x", 0, 0, 0, NULL },
		{ ":1x", 0, 0, 0, NULL },
		{ ":-1", 0, 0, 0, NULL },
		{ "/tmp/launch/org.xquartz", 0, 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct x11_display d = { 0 };
		struct err e = { "" };
		int ret = x11_display_read(&d, rows[i].text, &e);

		if ((ret == 0) != rows[i].ok)
			fail_msg("'%s': %s", rows[i].text, e.text);
		if (ret == -1)
			continue;
		assert_int_equal(d.number, rows[i].number);
		assert_int_equal(d.is_tcp, rows[i].is_tcp);
		assert_string_equal(d.host, rows[i].host);
	}
}

static void reads_no_endless_host(void **state)
{
	struct x11_display d;
	struct err e;
	char text[300];

	(void)state;
	memset(text, 'x', sizeof text);
	strcpy(text + 255, ":0");
	assert_int_equal(x11_display_read(&d, text, &e), 0);
	memset(text, 'x', sizeof text);
	strcpy(text + 256, ":0");
	assert_int_equal(x11_display_read(&d, text, &e), -1);
}

static void finds_a_cookie(void **state)
{
	static const struct {
		const char *text;
		int ok;
	} rows[] = {
		{ "vm/unix:10  MIT-MAGIC-COOKIE-1  " COOKIE "\n", 1 },
		{ "vm/unix:10  XDM-AUTHORIZATION-1  00\n"
			"vm/unix:10  MIT-MAGIC-COOKIE-1  " COOKIE, 1 },
		{ "vm/unix:10 MIT-MAGIC-COOKIE-1 " COOKIE "\n", 1 },
		{ "", 0 },
		{ "vm/unix:10  MIT-MAGIC-COOKIE-1  0123\n", 0 },
		{ "vm/unix:10  MIT-MAGIC-COOKIE-1  \n", 0 },
		{ "vm/unix:10  MIT-MAGIC-COOKIE-1                                  ", 0 },
		{ "vm/unix:10  MIT-MAGIC-COOKIE-1  0123456789abcdef0123456789abcdeg\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);
		char cookie[X11_COOKIE + 1], *copy = malloc(len ? len : 1);

		memcpy(copy, rows[i].text, len);
		if ((x11_cookie_find(cookie, copy, len) == 0) != rows[i].ok)
			fail_msg("row %zu", i);
		if (rows[i].ok)
			assert_string_equal(cookie, COOKIE);
		/* However short. */
		for (size_t n = 0; n < len; n++)
			(void)x11_cookie_find(cookie, copy, n);
		free(copy);
	}
}

static void knows_a_cookie(void **state)
{
	(void)state;
	assert_true(x11_is_cookie(COOKIE));
	assert_false(x11_is_cookie(""));
	assert_false(x11_is_cookie(COOKIE "0"));
	assert_false(x11_is_cookie("0123456789abcdef0123456789abcde "));
}

static void writes_an_entry_for_all(void **state)
{
	static const char want[] = "\xff\xff\0\0\0\0\0\22MIT-MAGIC-COOKIE-1\0\20"
		"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef";
	struct buf b = { 0 };

	(void)state;
	x11_put_xauthority(&b, COOKIE);
	assert_int_equal(b.len, sizeof want - 1);
	assert_memory_equal(buf_data(&b), want, b.len);
	buf_fini(&b);
}

static void refuses_in_the_order_of_the_client(void **state)
{
	static const char little[] = "\0\2\13\0\0\0\1\0no\0\0";
	static const char big[] = "\0\4\0\13\0\0\0\1none";
	struct buf b = { 0 };

	(void)state;
	x11_put_refusal(&b, 'l', "no");
	assert_int_equal(b.len, sizeof little - 1);
	assert_memory_equal(buf_data(&b), little, b.len);
	buf_fini(&b);
	x11_put_refusal(&b, 'B', "none");
	assert_int_equal(b.len, sizeof big - 1);
	assert_memory_equal(buf_data(&b), big, b.len);
	buf_fini(&b);
	x11_put_refusal(&b, 'G', "none");
	assert_int_equal(b.len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_displays),
		cmocka_unit_test(reads_no_endless_host),
		cmocka_unit_test(finds_a_cookie),
		cmocka_unit_test(knows_a_cookie),
		cmocka_unit_test(writes_an_entry_for_all),
		cmocka_unit_test(refuses_in_the_order_of_the_client),
	};

	return cmocka_run_group_tests_name("x11", tests, NULL, NULL);
}
