/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/envlist.h"

/* Each name once, and the NULL that exec needs. */
static void check(const struct envlist *env, size_t n)
{
	assert_int_equal(env->n, n);
	if (env->list == NULL) {
		assert_int_equal(n, 0);
		return;
	}
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++) {
			size_t len = strcspn(env->list[i], "=") + 1;

			assert_true(strncmp(env->list[i], env->list[k], len));
		}
	assert_null(env->list[n]);
}

static void keeps_each_name_once(void **state)
{
	struct envlist env = { 0 };

	(void)state;
	check(&env, 0);
	assert_null(envlist_get(&env, "A"));
	envlist_unset(&env, "A");
	envlist_put(&env, "A=1");
	envlist_put(&env, "AB=2");
	envlist_put(&env, "A=3");
	check(&env, 2);
	assert_string_equal(envlist_get(&env, "A"), "3");
	assert_string_equal(envlist_get(&env, "AB"), "2");
	assert_null(envlist_get(&env, "B"));
	assert_null(envlist_get(&env, "ABC"));
	assert_null(envlist_get(&env, ""));
	envlist_set(&env, "A", "");
	envlist_set(&env, "C", "x=y");
	check(&env, 3);
	assert_string_equal(envlist_get(&env, "A"), "");
	assert_string_equal(envlist_get(&env, "C"), "x=y");
	envlist_unset(&env, "A");
	check(&env, 2);
	assert_null(envlist_get(&env, "A"));
	assert_string_equal(envlist_get(&env, "AB"), "2");
	assert_string_equal(envlist_get(&env, "C"), "x=y");
	envlist_unset(&env, "C");
	envlist_unset(&env, "AB");
	check(&env, 0);
	envlist_put(&env, "Z=1");
	check(&env, 1);
	envlist_fini(&env);
	check(&env, 0);
	envlist_fini(&env);
}

static void ignores_what_is_no_variable(void **state)
{
	struct envlist env = { 0 };

	(void)state;
	envlist_put(&env, "NAME");
	envlist_put(&env, "");
	envlist_put(&env, "=value");
	check(&env, 0);
	envlist_put(&env, "E=");
	check(&env, 1);
	assert_string_equal(envlist_get(&env, "E"), "");
	envlist_fini(&env);
}

static void takes_out_a_bare_name(void **state)
{
	struct envlist env = { 0 };

	(void)state;
	envlist_change(&env, "NAME=1");
	envlist_change(&env, "OTHER=2");
	envlist_change(&env, "NAM");
	check(&env, 2);
	envlist_change(&env, "NAME");
	check(&env, 1);
	assert_null(envlist_get(&env, "NAME"));
	envlist_change(&env, "NAME=");
	assert_string_equal(envlist_get(&env, "NAME"), "");
	envlist_change(&env, "");
	check(&env, 2);
	envlist_fini(&env);
}

static void changes_by_words_that_nuls_end(void **state)
{
	static const char words[] = "A=1\0B=2\0A\0C=";
	struct envlist env = { 0 };

	(void)state;
	envlist_put(&env, "D=4");
	envlist_change_all(&env, words, sizeof words);
	check(&env, 3);
	assert_null(envlist_get(&env, "A"));
	assert_string_equal(envlist_get(&env, "B"), "2");
	assert_string_equal(envlist_get(&env, "C"), "");
	envlist_change_all(&env, "", 0);
	check(&env, 3);
	envlist_fini(&env);
}

static void takes_a_whole_list(void **state)
{
	static char a[] = "A=1", b[] = "junk", c[] = "B=2", d[] = "A=9";
	char *const words[] = { a, b, c, d, NULL };
	struct envlist env = { 0 };

	(void)state;
	envlist_put_all(&env, NULL);
	check(&env, 0);
	envlist_put_all(&env, words);
	check(&env, 2);
	assert_string_equal(envlist_get(&env, "A"), "9");
	/* They are copies. */
	a[2] = d[2] = '0';
	assert_string_equal(envlist_get(&env, "A"), "9");
	envlist_fini(&env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keeps_each_name_once),
		cmocka_unit_test(ignores_what_is_no_variable),
		cmocka_unit_test(takes_out_a_bare_name),
		cmocka_unit_test(changes_by_words_that_nuls_end),
		cmocka_unit_test(takes_a_whole_list),
	};

	return cmocka_run_group_tests_name("envlist", tests, NULL, NULL);
}
