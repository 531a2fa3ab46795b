/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

static void sets_and_returns_minus_one(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, "%s: %d", "x", 7), -1);
	assert_string_equal(e.text, "x: 7");
	assert_int_equal(err_prefix(&e, "file %s: ", "f"), -1);
	assert_string_equal(e.text, "file f: x: 7");
	assert_int_equal(err_set(NULL, "x"), -1);
	assert_int_equal(err_prefix(NULL, "x"), -1);
}

static void cuts_what_is_too_long(void **state)
{
	char big[3000];
	struct {
		struct err e;
		char canary[4];
	} s = { .canary = "abc" };

	(void)state;
	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	err_set(&s.e, "%s", big);
	assert_int_equal(strlen(s.e.text), sizeof s.e.text - 1);
	err_prefix(&s.e, "%s", big);
	assert_true(strlen(s.e.text) < sizeof s.e.text);
	err_set(&s.e, "the message");
	err_prefix(&s.e, "%s: ", big);
	assert_non_null(strstr(s.e.text, "the message"));
	/* Of what was there only what cannot fit is lost. */
	err_set(&s.e, "%s", big);
	err_prefix(&s.e, "p: ");
	assert_int_equal(strlen(s.e.text), sizeof s.e.text - 1);
	assert_memory_equal(s.e.text, "p: xxx", 6);
	err_set(&s.e, "%.*s!", 900, big);
	err_prefix(&s.e, "p: ");
	assert_int_equal(strlen(s.e.text), 904);
	assert_string_equal(s.e.text + 903, "!");
	assert_string_equal(s.canary, "abc");
}

/* The prefix may quote the text. */
static void quotes_itself(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, "old");
	err_prefix(&e, "<%s> ", e.text);
	assert_string_equal(e.text, "<old> old");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_and_returns_minus_one),
		cmocka_unit_test(cuts_what_is_too_long),
		cmocka_unit_test(quotes_itself),
	};

	return cmocka_run_group_tests_name("err", tests, NULL, NULL);
}
