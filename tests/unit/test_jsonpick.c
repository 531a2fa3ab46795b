/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/jsonpick.h"

#define N(rows) (sizeof rows / sizeof *rows)

static enum jsonpick pick(const char *text, const char *path, char out[8])
{
	char words[32], *save = NULL;
	const char *keys[8] = { NULL };
	size_t n = 0;

	strcpy(words, path);
	for (char *w = strtok_r(words, "/", &save); w != NULL;
		w = strtok_r(NULL, "/", &save))
		keys[n++] = w;
	/* a copy that ends where it ends, for the sanitizers */
	char *copy = malloc(strlen(text) + 1);
	enum jsonpick ret;

	memcpy(copy, text, strlen(text));
	ret = jsonpick(copy, strlen(text), keys, out, 8);
	free(copy);
	return ret;
}

static void picks(void **state)
{
	static const struct {
		const char *text, *path;
		enum jsonpick want;
		const char *value;
	} rows[] = {
		{ "{\"pid\":47}", "pid", JSONPICK_FOUND, "47" },
		{ " { \"a\" : [1,{\"pid\":3},\"}\"] ,\n\"pid\" : -4.7e+1 } \n",
			"pid", JSONPICK_FOUND, "-4.7e+1" },
		{ "{\"a\":{\"b\":\"x\"},\"b\":\"y\"}", "a/b", JSONPICK_FOUND,
			"x" },
		{ "{\"a\":{\"b\":\"x\"},\"b\":\"y\"}", "b", JSONPICK_FOUND,
			"y" },
		{ "{\"a\":\"\"}", "a", JSONPICK_FOUND, "" },
		{ "{\"a\":\"1234567\"}", "a", JSONPICK_FOUND, "1234567" },
		/* the first counts, as it would not in JavaScript */
		{ "{\"a\":1,\"a\":2}", "a", JSONPICK_FOUND, "1" },
		{ "{\"a\":\"12345678\"}", "a", JSONPICK_ABSENT, NULL },
		{ "{\"a\":\"x\\\"y\"}", "a", JSONPICK_ABSENT, NULL },
		{ "{\"\\u0061\":1}", "a", JSONPICK_ABSENT, NULL },
		{ "{\"a\":{\"b\":1}}", "a", JSONPICK_ABSENT, NULL },
		{ "{\"a\":[{\"b\":1}]}", "a/b", JSONPICK_ABSENT, NULL },
		{ "{\"a\":1}", "a/b", JSONPICK_ABSENT, NULL },
		{ "{}", "a", JSONPICK_ABSENT, NULL },
		{ "{\"a\":[]}", "b", JSONPICK_ABSENT, NULL },
		{ "", "a", JSONPICK_BAD, NULL },
		{ "47", "a", JSONPICK_BAD, NULL },
		{ "[{\"a\":1}]", "a", JSONPICK_BAD, NULL },
		{ "{\"a\":1", "a", JSONPICK_BAD, NULL },
		{ "{\"a\":1}x", "a", JSONPICK_BAD, NULL },
		{ "{\"a\":}", "a", JSONPICK_BAD, NULL },
		{ "{\"a\" 1}", "a", JSONPICK_BAD, NULL },
		{ "{\"a\":1,}", "a", JSONPICK_BAD, NULL },
		{ "{\"a\":\"x", "a", JSONPICK_BAD, NULL },
		{ "{\"a\":\"x\\", "a", JSONPICK_BAD, NULL },
		{ "{a:1}", "a", JSONPICK_BAD, NULL },
	};
	char out[8];

	(void)state;
	for (size_t i = 0; i < N(rows); i++) {
		enum jsonpick got = pick(rows[i].text, rows[i].path, out);

		if (got != rows[i].want)
			print_message("# %s\n", rows[i].text);
		assert_int_equal(got, rows[i].want);
		if (rows[i].value != NULL)
			assert_string_equal(out, rows[i].value);
	}
}

/* However deep somebody nests it. */
static void deep(void **state)
{
	static const char *const keys[] = { "a", NULL };
	char text[4096], out[8];

	(void)state;
	memset(text, '[', sizeof text);
	memcpy(text, "{\"a\":", 5);
	assert_int_equal(jsonpick(text, sizeof text, keys, out, sizeof out),
		JSONPICK_BAD);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(picks),
		cmocka_unit_test(deep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
