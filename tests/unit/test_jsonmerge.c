/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/jsonmerge.h"

#define N(rows) (sizeof rows / sizeof *rows)

/* A copy that ends where it ends, for the sanitizers. */
static char *exact(const char *text)
{
	const size_t len = strlen(text);
	char *copy = malloc(len > 0 ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

static int merge(const char *text, const char *from, struct buf *out, struct err *e)
{
	char *a = exact(text), *b = exact(from);
	int ret = jsonmerge(a, strlen(text), b, strlen(from), out, e);

	free(a);
	free(b);
	buf_append(out, "", 1);
	return ret;
}

static void puts_in(void **state)
{
	static const struct {
		const char *text, *from, *want;
	} rows[] = {
		{ "{}", "{\"a\": 1}", "{\n\t\"a\": 1\n}" },
		{ "", "{\"a\":1}", "{\n\t\"a\": 1\n}\n" },
		{ " \r\n", "{\"a\":1}", "{\n\t\"a\": 1\n}\n" },
		{ "{\n}\n", "{\"a\": 1, \"b\": [2]}",
			"{\n\t\"a\": 1,\n\t\"b\": [2]\n}\n" },
		{ "{\"z\":1}", "{\"a\":2}", "{\"z\":1,\"a\": 2}" },
		{ "{ \"z\": 1 }", "{\"a\": 2,\"b\":3}",
			"{ \"z\": 1, \"a\": 2, \"b\": 3 }" },
		{ "{\n    \"z\": 1,\n    \"y\": {}\n}\n", "{\"a\": true}",
			"{\n    \"z\": 1,\n    \"y\": {},\n    \"a\": true\n}\n" },
		{ "{\r\n\t\"z\": 1\r\n}\r\n", "{\"a\": null}",
			"{\r\n\t\"z\": 1,\r\n\t\"a\": null\r\n}\r\n" },
		{ "{\n\t\"z\": 1}", "{\"a\": 2}", "{\n\t\"z\": 1,\n\t\"a\": 2\n}" },
		/* blank lines before the first are not repeated */
		{ "{\n\n  \"z\": 1\n}", "{\"a\": 2}",
			"{\n\n  \"z\": 1,\n  \"a\": 2\n}" },
		/* comments, and commas behind the last */
		{ "{\n\t\"z\": 1, // mine\n}\n", "{\"a\": 2}",
			"{\n\t\"z\": 1, // mine\n\t\"a\": 2\n}\n" },
		{ "{\n\t\"z\": 1 // mine\n}\n", "{\"a\": 2}",
			"{\n\t\"z\": 1, // mine\n\t\"a\": 2\n}\n" },
		{ "{\r\n\t\"z\": 1 // mine\r\n}", "{\"a\": 2}",
			"{\r\n\t\"z\": 1, // mine\r\n\t\"a\": 2\r\n}" },
		{ "{\"z\": 1 // mine\n}", "{\"a\": 2}",
			"{\"z\": 1, // mine\n\t\"a\": 2\n}" },
		{ "{\r\r\"z\": 1 // mine\r}", "{\"a\": 2}",
			"{\r\r\"z\": 1, // mine\r\"a\": 2\r}" },
		{ "{ // none\n}", "{\"a\": 2}", "{ // none\n\t\"a\": 2\n}" },
		{ "{ /* none */ }", "{\"a\": 2}", "{ /* none */\n\t\"a\": 2\n }" },
		{ "// \"a\"\n{/*,*/\"z\"/*:*/:/**/1/*}*/}//}\n", "{\"a\": 2}",
			"// \"a\"\n{/*,*/\"z\"/*:*/:/**/1,/*}*/\"a\": 2}//}\n" },
		/* what is there stays, in any form and at the top only */
		{ "{\"a\": 1}", "{\"a\": 2, \"b\": 3}", "{\"a\": 1,\"b\": 3}" },
		{ "{\"z\": {\"a\": 1}}", "{\"a\": 2}", "{\"z\": {\"a\": 1},\"a\": 2}" },
		{ "{\"A\": 1}", "{\"a\": 2}", "{\"A\": 1,\"a\": 2}" },
		{ "{\"z\": [1, -0.5e+3, \"}\\\"\\u00e9\",]}", "{\"a\": {\"x\": \"\\n\"}}",
			"{\"z\": [1, -0.5e+3, \"}\\\"\\u00e9\",],\"a\": {\"x\": \"\\n\"}}" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf out = { 0 }, again = { 0 };
		struct err e = { "" };

		assert_int_equal(merge(rows[i].text, rows[i].from, &out, &e), 1);
		assert_string_equal(buf_data(&out), rows[i].want);
		assert_int_equal(merge(buf_data(&out), rows[i].from, &again, &e), 0);
		assert_int_equal(again.len, 1);
		buf_fini(&out);
		buf_fini(&again);
	}
}

static void has_all(void **state)
{
	static const char *const rows[][2] = {
		{ "{\"a\": 1}", "{\"a\": 2}" },
		{ "{\"b\": 1, \"a\": {}}", "{\"a\": 2, \"b\": 3}" },
		{ "{\"a\": 1}", "{}" },
		{ "", "{}" },
	};

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		struct buf out = { 0 };
		struct err e;

		assert_int_equal(merge(rows[i][0], rows[i][1], &out, &e), 0);
		assert_int_equal(out.len, 1);
		buf_fini(&out);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "[]", "line 1: it is no object" },
		{ "\n1", "line 2: it is no object" },
		{ "//", "line 1: it is no object" },
		{ "{", "line 1: there is no name in quotes" },
		{ "{\"z\": 1\n\"y\": 2}",
			"line 2: there is neither a comma nor a closing brace" },
		{ "{,}", "line 1: there is no name in quotes" },
		{ "{z: 1}", "line 1: there is no name in quotes" },
		{ "{\"z\" 1}", "line 1: there is no colon behind a name" },
		{ "{\"z\":}", "line 1: there is no value" },
		{ "{\"z\":", "line 1: there is no value" },
		{ "{\"z\": nul}", "line 1: there is no value" },
		{ "{\"z\": truex}",
			"line 1: there is neither a comma nor a closing brace" },
		{ "{\"z\": 01}", "line 1: this is no number" },
		{ "{\"z\": 1.}", "line 1: this is no number" },
		{ "{\"z\": -}", "line 1: this is no number" },
		{ "{\"z\": 1e}", "line 1: this is no number" },
		{ "{\"z\": [1 2]}",
			"line 1: there is neither a comma nor a closing bracket" },
		{ "{\"z", "line 1: a string has no end" },
		{ "{\"z\n\": 1}", "line 1: a string has no end" },
		{ "{\"z\": \"\\", "line 1: a backslash begins nothing that is known" },
		{ "{\"z\": \"\\x\"}", "line 1: a backslash begins nothing that is known" },
		{ "{\"z\": \"\\u12g4\"}",
			"line 1: a backslash begins nothing that is known" },
		{ "{\"z\": \"\\u12", "line 1: a backslash begins nothing that is known" },
		{ "{/*", "line 1: a comment has no end" },
		{ "{/*/}", "line 1: a comment has no end" },
		{ "{} {}", "line 1: something is behind the object" },
		/* it may be any name */
		{ "{\n\"\\u0061\": 1}", "line 2: a name has a backslash, and may be any" },
	};
	static const struct {
		const char *from, *why;
	} froms[] = {
		{ "", "it is empty" },
		{ "{\"a\": 1,\n\"a\": 2}", "line 2: a name is there twice" },
		{ "{\"\\u0061\": 1}", "line 1: a name has a backslash" },
		{ "{\"a\": }", "line 1: there is no value" },
	};
	struct buf out = { 0 };
	struct err e;

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		assert_int_equal(merge(rows[i].text, "{\"a\": 1}", &out, &e), -1);
		assert_string_equal(e.text, rows[i].why);
		assert_int_equal(out.len, i + 1);
	}
	for (size_t i = 0; i < N(froms); i++) {
		assert_int_equal(jsonmerge_check(froms[i].from, strlen(froms[i].from),
			&e), -1);
		assert_string_equal(e.text, froms[i].why);
		assert_int_equal(merge("{}", froms[i].from, &out, &e), -1);
		assert_memory_equal(e.text, "what is to be put in: ", 22);
	}
	buf_fini(&out);
}

static void nested(void **state)
{
	struct buf text = { 0 };
	struct err e;

	(void)state;
	for (int depth = 60; depth < 70; depth++) {
		buf_fini(&text);
		buf_puts(&text, "{\"a\": ");
		for (int i = 0; i < depth; i++)
			buf_puts(&text, i % 2 ? "[" : "{\"b\":");
		buf_puts(&text, "0");
		for (int i = depth; i-- > 0;)
			buf_puts(&text, i % 2 ? "]" : "}");
		buf_puts(&text, "}");
		assert_int_equal(jsonmerge_check(buf_data(&text), text.len, &e),
			depth < 64 ? 0 : -1);
	}
	buf_fini(&text);
	buf_puts(&text, "{\"a0\": 0");
	for (int i = 1; i <= JSONMERGE_KEYS; i++) {
		buf_puts(&text, "}");
		assert_int_equal(jsonmerge_check(buf_data(&text), text.len, &e), 0);
		text.len--;
		buf_printf(&text, ", \"a%d\": 0", i);
	}
	buf_puts(&text, "}");
	assert_int_equal(jsonmerge_check(buf_data(&text), text.len, &e), -1);
	assert_string_equal(e.text, "line 1: there are too many names");
	buf_fini(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(puts_in),
		cmocka_unit_test(has_all),
		cmocka_unit_test(refuses),
		cmocka_unit_test(nested),
	};

	return cmocka_run_group_tests_name("jsonmerge", tests, NULL, NULL);
}
