/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys that are listed, and what is no such line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "front/keyline.h"

#define ED "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0Hd+m1gBqTgSwTd8Rm3Jz0l6kq7sQmSJX6x5tn1s2V"
#define EC "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY="

static void takes_keys(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ ED, ED "\n" },
		{ "  " ED "  ann@laptop, the \"new\" one\r", ED "\n" },
		{ ED "\tx", ED "\n" },
		{ EC " x", EC "\n" },
		{ "", "" },
		{ " \t", "" },
		{ "# " ED, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out = { 0 };
		struct err e;

		assert_int_equal(keyline_read(rows[i].line, strlen(rows[i].line),
			&out, &e), rows[i].want[0] != '\0');
		assert_int_equal(out.len, strlen(rows[i].want));
		if (out.len > 0)
			assert_memory_equal(buf_data(&out), rows[i].want, out.len);
		buf_fini(&out);
	}
}

static void refuses_others(void **state)
{
	static const struct {
		const char *line, *want;
	} rows[] = {
		{ "-----BEGIN OPENSSH PRIVATE KEY-----", "a private key" },
		{ "command=\"x\" " ED, "no type of a key" },
		{ "environment=\"LD_PRELOAD=x\" " ED, "no type of a key" },
		{ "ssh-ed25519", "no such key" },
		{ "ssh-ed25519 ", "no such key" },
		{ "ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIJ0Hd+m1gBqTgSwTd8Rm3Jz0l6kq7sQmSJX6x5tn1s2V",
			"no such key" },
		{ ED "=", "no such key" },
		{ "ssh-ed25519 A", "no such key" },
		{ "ssh-ed25519 ====", "no such key" },
		{ "ssh-ed25519 AAAA\"AAA", "no such key" },
		{ "ssh-ed25519-cert-v01@openssh.com AAAA", "a certificate" },
		{ "Welcome to the cluster", "no type of a key" },
		{ "ssh-\303\244 AAAA", "no type of a key" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf out = { 0 };
		struct err e = { "" };

		assert_int_equal(keyline_read(rows[i].line, strlen(rows[i].line),
			&out, &e), -1);
		if (strstr(e.text, rows[i].want) == NULL)
			fail_msg("%s: %s", rows[i].line, e.text);
		assert_int_equal(out.len, 0);
	}
}

/* Cut anywhere it is refused, or nothing of it is out of the ordinary. */
static void cut_anywhere(void **state)
{
	const char nul[] = ED "\0x";
	struct err e;

	(void)state;
	for (size_t len = 1; len < strlen(ED); len++) {
		struct buf out = { 0 };
		int ret = keyline_read(ED, len, &out, &e);

		assert_int_equal(ret == 1, out.len > 0);
		buf_fini(&out);
	}
	assert_int_equal(keyline_read(nul, sizeof nul - 1, &(struct buf){ 0 },
		&e), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_keys),
		cmocka_unit_test(refuses_others),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
