/* SPDX-License-Identifier: BSD-2-Clause */
/* What a copy is called, and which images are copied where. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "agent/imagekey.h"

static struct imagekey_of image_of(const char *image)
{
	return (struct imagekey_of){ .image = image, .size = 7,
		.changed = 1700000000, .nanoseconds = 5 };
}

static void names_a_copy(void **state)
{
	static const struct {
		const char *image, *end;
		const char *begin, *want_end;	/* of its name */
	} rows[] = {
		{ "/p/tools.sqsh", NULL, "tools-", ".sqsh" },
		{ "/p/a b'c.sif", NULL, "a-b-c-", ".sif" },
		{ "/p/debian.12/", NULL, "debian-", ".12" },
		{ "/p/root", NULL, "root-", "" },
		{ "/p/.hidden", NULL, "-hidden-", "" },
		{ "/p/x.A-0123456789abcdef", NULL, "x.A-0123456789abcdef-", "" },
		{ "docker://lab/tools:1.2", ".sif", "tools-1.2-", ".sif" },
		{ "docker://nvcr.io#nvidia/pytorch", ".sqsh", "pytorch-", ".sqsh" },
		{ "/p/0123456789012345678901234567890123456789012345678901234567890123456789.sif", NULL,
			"0123456789012345678901234567890123456789012345678901234567890123-", ".sif" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct imagekey_of of = image_of(rows[i].image);
		struct imagekey k, back;
		size_t n = strlen(rows[i].begin);
		int is_part;

		of.end = rows[i].end;
		imagekey_make(&k, &of);
		assert_int_equal(strncmp(k.name, rows[i].begin, n), 0);
		assert_int_equal(strspn(k.name + n, "0123456789abcdef"), 16);
		assert_string_equal(k.name + n + 16, rows[i].want_end);
		assert_in_range(k.lock, 0, 0x7fffffff);
		assert_int_equal(imagekey_read(&back, k.name, &is_part), 0);
		assert_int_equal(is_part, 0);
		assert_string_equal(back.part, k.part);
		assert_int_equal(back.lock, k.lock);
		assert_int_equal(imagekey_read(&back, k.part, &is_part), 0);
		assert_int_equal(is_part, 1);
		assert_string_equal(back.name, k.name);
		assert_int_equal(back.lock, k.lock);
	}
}

static void another_content_is_another_copy(void **state)
{
	struct imagekey_of of = image_of("/p/x.sif");
	struct imagekey first, k;

	(void)state;
	imagekey_make(&first, &of);
	of.size++;
	imagekey_make(&k, &of);
	assert_string_not_equal(k.name, first.name);
	of = image_of("/p/x.sif");
	of.nanoseconds++;
	imagekey_make(&k, &of);
	assert_string_not_equal(k.name, first.name);
	of = image_of("/q/x.sif");
	imagekey_make(&k, &of);
	assert_string_not_equal(k.name, first.name);
	of = image_of("/p/x.sif");
	imagekey_make(&k, &of);
	assert_string_equal(k.name, first.name);
}

static void knows_its_own_names(void **state)
{
	static const char *const others[] = { "", ".", "..", ".lock", "x",
		"x.sif", "x-0123456789abcde.sif", "x-0123456789abcdeg.sif",
		"x-0123456789abcdef0", ".x-0123456789abcdef", ".part",
		"..part", "x-0123456789ABCDEF.sif" };
	struct imagekey k;
	int is_part;

	(void)state;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_int_equal(imagekey_read(&k, others[i], &is_part), -1);
}

static void says_which_are_copied_where(void **state)
{
	static const struct {
		const char *value, *image;
		const char *want;	/* NULL: none */
	} rows[] = {
		{ "/local", "/p/x.sif", "/local" },
		{ "/local", "docker://x", "/local" },
		{ "/p:/local", "/p/x.sif", "/local" },
		{ "/p/:/local", "/p/x.sif", "/local" },
		{ "/p:/local", "/pq/x.sif", NULL },
		{ "/p:/local", "/home/a/x.sif", NULL },
		{ "/p:/local", "docker://x", "/local" },
		{ "/p:~/images", "/p/x.sif", "/home/a/images" },
		/* A copy is not copied. */
		{ "/local", "/local/a/x-0123456789abcdef.sif", NULL },
	};
	static const char *const bad[] = { "", "x", "x:/y", "/x:y", "/x:/y:/z",
		"/x:", "~/x:/y" };
	struct err e;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char *got = imagekey_place(rows[i].value, rows[i].image,
			"/home/a", &e);

		assert_string_equal(e.text, "");
		if (rows[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].want);
		free(got);
	}
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_null(imagekey_place(bad[i], "/p/x.sif", "/home/a", &e));
		assert_non_null(strstr(e.text, "is not an absolute path"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_a_copy),
		cmocka_unit_test(another_content_is_another_copy),
		cmocka_unit_test(knows_its_own_names),
		cmocka_unit_test(says_which_are_copied_where),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
