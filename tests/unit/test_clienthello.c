/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "proto/clienthello.h"

static const struct {
	const char *in;
	size_t len, want;
} rows[] = {
	{ "", 0, 6 },
	{ "\x16", 1, 6 },
	{ "\x16\x03\x01", 3, 6 },
	{ "\x16\x03\x01\x01\x00", 5, 6 },
	{ "\x16\x03\x01\x01\x00\x01", 6, 261 },
	{ "\x16\x03\x03\x00\x28\x01zz", 8, 45 },
	{ "\x16\x03\x01\x0f\xfb\x01", 6, 4096 },
	{ "\x16\x03\x01\x0f\xfc\x01", 6, 0 },
	{ "\x16\x03\x01\xff\xff\x01", 6, 0 },
	{ "\x16\x03\x01\x00\x27\x01", 6, 0 },
	{ "\x16\x03\x01\x00\x00\x01", 6, 0 },
	{ "\x16\x03\x01\x01\x00\x02", 6, 0 },	/* a ServerHello */
	{ "\x15\x03\x01\x00\x02\x01", 6, 0 },	/* an alert */
	{ "\x16\x02", 2, 0 },
	{ "GET / HTTP/1.0\r\n", 16, 0 },
	{ "S", 1, 0 },
	{ "\0", 1, 0 },
};

static void knows_a_frame(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (clienthello_length(rows[i].in, rows[i].len) !=
			rows[i].want)
			fail_msg("row %zu", i);
}

/* From the record's header to the extensions; lengths are filled in below. */
#define HEAD "\x16\3\1__\1\0__" "\3\3" "01234567890123456789012345678901" \
	"\4abcd" "\0\2\x13\1" "\1\0" "__"
#define VERSIONS "\0\x2b\0\3\2\3\4"
#define BINDER "\x20" "abcdefghijklmnopqrstuvwxyzABCDEF"

static const struct {
	const char *what, *extensions;
	size_t len;
	int found;
	char first;		/* of the binder */
} proofs[] = {
#define ROW(what, text, found, first) { what, text, sizeof text - 1, found, \
	first }
	ROW("the usual one", VERSIONS "\0\x29\0\x2e" "\0\x09" "\0\3key"
		"\0\0\0\0" "\0\x21" BINDER, 1, 'a'),
	ROW("the second of two", "\0\x29\0\x56" "\0\x10" "\0\1k" "\0\0\0\0"
		"\0\3key" "\0\0\0\0" "\0\x42" "\x20"
		"01234567890123456789012345678901" BINDER, 1, 'a'),
	ROW("another identity", "\0\x29\0\x2e" "\0\x09" "\0\3kex"
		"\0\0\0\0" "\0\x21" BINDER, 0, 0),
	ROW("no key", VERSIONS, 0, 0),
	ROW("no extension", "", 0, 0),
	ROW("not the last", "\0\x29\0\x2e" "\0\x09" "\0\3key" "\0\0\0\0"
		"\0\x21" BINDER VERSIONS, 0, 0),
	ROW("no binder", "\0\x29\0\x0d" "\0\x09" "\0\3key" "\0\0\0\0"
		"\0\0", 0, 0),
	ROW("a short binder", "\0\x29\0\x0f" "\0\x09" "\0\3key" "\0\0\0\0"
		"\0\2" "\1a", 0, 0),
	ROW("too few binders", "\0\x29\0\x35" "\0\x10" "\0\1k" "\0\0\0\0"
		"\0\3key" "\0\0\0\0" "\0\x21" BINDER, 0, 0),
	ROW("bytes behind", "\0\x29\0\x2f" "\0\x09" "\0\3key" "\0\0\0\0"
		"\0\x21" BINDER "x", 0, 0),
	ROW("longer than it is", "\0\x29\1\x2e" "\0\x09" "\0\3key"
		"\0\0\0\0" "\0\x21" BINDER, 0, 0),
};

static void put_length(char *at, size_t len)
{
	at[0] = (char)(len >> 8);
	at[1] = (char)len;
}

static size_t make_hello(char *out, size_t row)
{
	size_t head = sizeof HEAD - 1, len = head + proofs[row].len;

	memcpy(out, HEAD, head);
	memcpy(out + head, proofs[row].extensions, proofs[row].len);
	put_length(out + 3, len - 5);
	put_length(out + 7, len - 9);
	put_length(out + head - 2, proofs[row].len);
	return len;
}

static void finds_a_proof(void **state)
{
	struct clienthello_proof p;
	char hello[512];

	(void)state;
	for (size_t i = 0; i < sizeof proofs / sizeof proofs[0]; i++) {
		size_t len = make_hello(hello, i);
		int found = clienthello_proof(&p, hello, len, "key") == 0;

		if (found != proofs[i].found ||
			(found && *p.binder != proofs[i].first))
			fail_msg("%s", proofs[i].what);
		if (!found)
			continue;
		/* All but the binders and their length. */
		assert_ptr_equal(p.covered, hello + 5);
		assert_int_equal(p.covered[p.covered_len], 0);
		assert_in_range(hello + len - (char *)p.covered -
			p.covered_len, 35, 68);
		/* Nothing that is cut short, or goes on, is taken for one. */
		for (size_t n = 0; n < len; n++)
			assert_int_equal(clienthello_proof(&p, hello, n, "key"),
				-1);
		assert_int_equal(clienthello_proof(&p, hello, len + 1, "key"),
			-1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_a_frame),
		cmocka_unit_test(finds_a_proof),
	};

	return cmocka_run_group_tests_name("clienthello", tests, NULL, NULL);
}
