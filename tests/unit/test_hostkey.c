/* SPDX-License-Identifier: BSD-2-Clause */
/* A host key is made, and its public half read; nothing else is one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "net/tls/hostkey.h"

static void makes_one(void **state)
{
	static const char begin[] = "ecdsa-sha2-nistp256 "
		"AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB";
	struct buf pem = { 0 }, one = { 0 }, other = { 0 };
	struct err e;

	(void)state;
	assert_int_equal(hostkey_make(&pem, &e), 0);
	assert_true(pem.len < HOSTKEY_MAX);
	assert_int_equal(hostkey_public(&pem, &one, &e), 0);
	assert_int_equal(one.len, strlen("ecdsa-sha2-nistp256 ") + 140);
	assert_memory_equal(buf_data(&one), begin, sizeof begin - 1);
	buf_consume(&pem, pem.len);
	assert_int_equal(hostkey_make(&pem, &e), 0);
	assert_int_equal(hostkey_public(&pem, &other, &e), 0);
	assert_memory_not_equal(buf_data(&one), buf_data(&other), one.len);
	buf_fini(&pem);
	buf_fini(&one);
	buf_fini(&other);
}

static void refuses(void **state)
{
	static const char *const rows[] = { "damaged\n",
		"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
		/* Of ed25519. */
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
		"-----END PRIVATE KEY-----\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct buf pem = { 0 }, public = { 0 };
		struct err e;

		buf_puts(&pem, rows[i]);
		assert_int_equal(hostkey_public(&pem, &public, &e), -1);
		assert_int_equal(public.len, 0);
		buf_fini(&pem);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_one),
		cmocka_unit_test(refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
