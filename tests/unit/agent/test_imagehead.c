/* SPDX-License-Identifier: BSD-2-Clause */
/* What the first bytes of programs and images say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "agent/imagehead.h"

static void names_the_machine_of_a_program(void **state)
{
	static const struct {
		const char head[20];
		const char *want;
	} rows[] = {
		{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\76\0", "x86_64" },
		{ "\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\2\0\3\0", "i686" },
		{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\267\0", "aarch64" },
		{ "\177ELF\1\1\1\0\0\0\0\0\0\0\0\0\3\0\50\0", "armv7l" },
		{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\25\0", "ppc64le" },
		{ "\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3\0\25", "ppc64" },
		{ "\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3\0\26", "s390x" },
		{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\363\0", "riscv64" },
		{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\2\1", "loongarch64" },
		{ "\177ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\0\0", NULL },
		/* The same machine, in the other order of bytes. */
		{ "\177ELF\2\2\1\0\0\0\0\0\0\0\0\0\0\3\0\76", NULL },
		{ "#!/bin/sh\n123456789", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got = imagehead_of_program(rows[i].head,
			sizeof rows[i].head);

		if (rows[i].want == NULL)
			assert_null(got);
		else
			assert_string_equal(got, rows[i].want);
		for (size_t n = 0; n < sizeof rows[i].head; n++)
			assert_null(imagehead_of_program(rows[i].head, n));
	}
}

static void runs_what_the_kernel_runs(void **state)
{
	static const struct {
		const char *node, *machine;
		int want;
	} rows[] = {
		{ "x86_64", "x86_64", 1 },
		{ "x86_64", "i686", 1 },
		{ "i686", "x86_64", 0 },
		{ "x86_64", "aarch64", 0 },
		{ "aarch64", "armv7l", 1 },
		{ "aarch64", "x86_64", 0 },
		{ "riscv64", "x86_64", 0 },
		{ "i586", "i686", 1 },
		{ "armv8l", "armv7l", 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		assert_int_equal(imagehead_runs(rows[i].node,
			rows[i].machine), rows[i].want);
}

static char head[IMAGEHEAD_SIZE];

static void put(size_t at, const char *text)
{
	memcpy(head + at, text, strlen(text));
}

static void put_eight(size_t at, unsigned long long n)
{
	for (int i = 0; i < 8; i++)
		head[at + (size_t)i] = (char)(n >> 8 * i);
}

/* What is said of the first n bytes, of size: "OK MACHINE" or why not. */
static const char *said(size_t n, unsigned long long size)
{
	static char text[1100];
	const char *machine;
	struct err e;

	if (imagehead_of_image(head, n, size, &machine, &e) == -1)
		return strcpy(text, e.text);
	return strcat(strcpy(text, "OK "), machine != NULL ? machine : "?");
}

static void reads_sif(void **state)
{
	(void)state;
	memset(head, 0, sizeof head);
	put(0, "#!/usr/bin/env run-singularity\n");
	put(32, "SIF_MAGIC");
	put(42, "01");
	put(45, "04");
	put_eight(112, 32768);
	put_eight(120, 1000000);
	assert_string_equal(said(sizeof head, 1032768), "OK aarch64");
	assert_string_equal(said(sizeof head, 1032767),
		"it is damaged: its end is missing, for as SIF it has 1032767 bytes of 1032768");
	assert_string_equal(said(100, 100),
		"it is damaged: its end is missing, for as SIF it has 100 bytes of 128");
	put(45, "02");
	assert_string_equal(said(128, 2000000), "OK x86_64");
	put(45, "07");
	assert_string_equal(said(128, 2000000), "OK ?");
	put_eight(120, ~0ULL);
	assert_string_equal(said(128, 2000000),
		"it is damaged: its header as SIF makes no sense");
}

static void reads_squashfs(void **state)
{
	(void)state;
	memset(head, 0, sizeof head);
	put(0, "hsqs");
	put_eight(40, 5000);
	assert_string_equal(said(sizeof head, 8192), "OK ?");
	assert_string_equal(said(sizeof head, 4999),
		"it is damaged: its end is missing, for as squashfs it has 4999 bytes of 5000");
	assert_string_equal(said(50, 50),
		"it is damaged: its end is missing, for as squashfs it has 50 bytes of 96");
}

static void tells_forms(void **state)
{
	(void)state;
	memset(head, 0, sizeof head);
	assert_int_equal(imagehead_form(head, sizeof head), IMAGEHEAD_OTHER);
	assert_int_equal(imagehead_form(head, 0), IMAGEHEAD_OTHER);
	put(0, "hsqs");
	assert_int_equal(imagehead_form(head, 3), IMAGEHEAD_OTHER);
	assert_int_equal(imagehead_form(head, 4), IMAGEHEAD_SQUASHFS);
	memset(head, 0, sizeof head);
	put(32, "SIF_MAGIC");
	assert_int_equal(imagehead_form(head, sizeof head), IMAGEHEAD_SIF);
}

static void reads_what_singularity_2_wrote(void **state)
{
	(void)state;
	memset(head, 0, sizeof head);
	put(0, "#!/usr/bin/env run-singularity\nhsqs");
	assert_string_equal(said(sizeof head, 8192), "OK ?");
	memset(head, 0, sizeof head);
	put(1080, "\123\357");
	assert_string_equal(said(sizeof head, 8192), "OK ?");
}

static void refuses_what_is_no_image(void **state)
{
	static const char why[] = "it is no image: neither SIF nor squashfs, or its begin is damaged";

	(void)state;
	memset(head, 0, sizeof head);
	assert_string_equal(said(0, 0), why);
	assert_string_equal(said(sizeof head, 8192), why);
	put(0, "#!/bin/sh\nhsq");
	assert_string_equal(said(13, 13), why);
	memset(head, '#', sizeof head);
	put(1, "!");
	assert_string_equal(said(sizeof head, 8192), why);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_machine_of_a_program),
		cmocka_unit_test(runs_what_the_kernel_runs),
		cmocka_unit_test(reads_sif),
		cmocka_unit_test(reads_squashfs),
		cmocka_unit_test(tells_forms),
		cmocka_unit_test(reads_what_singularity_2_wrote),
		cmocka_unit_test(refuses_what_is_no_image),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
