/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/vis.h"

#define S(s) s, sizeof(s) - 1

static const struct row {
	const char *in;
	size_t inlen;
	const char *want;
} rows[] = {
	{ S(""), "" },
	{ S("plain \\ text ~"), "plain \\ text ~" },
	{ S("a\nb\tc\r"), "a\\012b\\011c\\015" },
	{ S("nul\0!"), "nul\\000!" },
	{ S("\033]0;title\007"), "\\033]0;title\\007" },
	{ S("\x7f"), "\\177" },
	{ S("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80"),
		"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x98\x80" },
	{ S("\xc2\x9b" "31m"), "\\302\\23331m" },	/* CSI as C1 */
	{ S("\xc2\xa0"), "\xc2\xa0" },			/* first after C1 */
	{ S("\x9b" "31m"), "\\23331m" },		/* CSI in Latin-1 */
	{ S("\xe2\x80\xaa|\xe2\x80\xae"),		/* U+202A U+202E */
		"\\342\\200\\252|\\342\\200\\256" },
	{ S("\xe2\x81\xa6|\xe2\x81\xa9"),		/* U+2066 U+2069 */
		"\\342\\201\\246|\\342\\201\\251" },
	{ S("\xe2\x80\xa9"), "\\342\\200\\251" },	/* U+2029 */
	{ S("\xe2\x80\xaf"), "\xe2\x80\xaf" },		/* U+202F: a space */
	{ S("\xc0\xaf"), "\\300\\257" },		/* overlong / */
	{ S("\xe0\x80\xaf"), "\\340\\200\\257" },
	{ S("\xed\xa0\x80"), "\\355\\240\\200" },	/* a surrogate */
	{ S("\xf4\x90\x80\x80"), "\\364\\220\\200\\200" },
	{ S("\xf8\x88\x80\x80\x80"), "\\370\\210\\200\\200\\200" },
	{ S("cut \xe2\x82"), "cut \\342\\202" },
	{ S("\xe2\x82\nx"), "\\342\\202\\012x" },
};

static void encodes(void **state)
{
	char out[128];

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t n = vis_encode(out, sizeof out, rows[i].in,
			rows[i].inlen);

		assert_int_equal(n, strlen(rows[i].want));
		assert_memory_equal(out, rows[i].want, n);
	}
}

/* Any room: a prefix of the whole, cut between characters, nothing beyond. */
static void cuts_at_edges(void **state)
{
	static const char in[] = "a\n\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80z"
		"\xc2\x9bz";
	static const char want[] = "a\\012\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80z"
		"\\302\\233z";
	static const size_t edges[] = { 0, 1, 5, 7, 10, 14, 15, 23, 24 };
	const size_t n_edges = sizeof edges / sizeof edges[0];

	(void)state;
	for (size_t room = 0; room <= sizeof want; room++) {
		char out[sizeof want + 1];
		size_t edge = 0, n;

		memset(out, '#', sizeof out);
		n = vis_encode(out, room, in, sizeof in - 1);
		for (size_t i = 0; i < n_edges; i++)
			if (edges[i] <= room)
				edge = edges[i];
		assert_int_equal(n, edge);
		assert_memory_equal(out, want, n);
		for (size_t i = n; i < sizeof out; i++)
			assert_int_equal(out[i], '#');
	}
}

/* Whatever goes in, nothing steers a terminal afterwards. */
static void every_pair_is_safe(void **state)
{
	(void)state;
	for (unsigned v = 0; v < 0x10000; v++) {
		char in[2] = { (char)(v >> 8), (char)v }, out[8];
		size_t n = vis_encode(out, sizeof out, in, sizeof in);

		assert_true(n >= 2);
		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)out[i];

			assert_true(c >= 0x20 && c != 0x7f);
			if (c >= 0x80 && c < 0xa0)	/* only inside UTF-8 */
				assert_true(i == 1 && (out[0] & 0x40) &&
					in[0] != '\xc2');
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes),
		cmocka_unit_test(cuts_at_edges),
		cmocka_unit_test(every_pair_is_safe),
	};

	return cmocka_run_group_tests_name("vis", tests, NULL, NULL);
}
