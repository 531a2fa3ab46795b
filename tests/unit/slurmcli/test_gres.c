/* SPDX-License-Identifier: BSD-2-Clause */
/* GPUs in Slurm's lists of generic resources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "launch/gres.h"

/* "a100:4 v100:2", "-:4" where there is no type. */
static const char *gpus(const char *list)
{
	static char text[512];
	struct gres_gpu gpu;
	size_t len = 0;

	text[0] = '\0';
	while (gres_next(&list, &gpu))
		len += (size_t)snprintf(text + len, sizeof text - len,
			"%s%s:%lu", len > 0 ? " " : "",
			gpu.type[0] ? gpu.type : "-", gpu.count);
	return text;
}

static void reads_what_slurm_writes(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ NULL, "" },
		{ "", "" },
		{ "(null)", "" },
		{ "gpu:4", "-:4" },
		{ "gpu", "-:1" },
		{ "gpu:a100:4(S:0-1)", "a100:4" },
		{ "gpu:a100:4(S:0,1),gpu:v100:2,shard:8", "a100:4 v100:2" },
		{ "gpu:a100:3(IDX:0,2-3),gpu:v100:0(IDX:N/A)",
			"a100:3 v100:0" },
		{ "gpu:(null):2(IDX:0-1)", "-:2" },
		{ "gpu:0(IDX:N/A)", "-:0" },
		{ "craynetwork:4,gpu:mi250:8", "mi250:8" },
		{ "gpu:a100", "a100:1" },
		{ "gpu:nvidia_a100_3g.39gb:2", "nvidia_a100_3g.39gb:2" },
		{ "gpu:tesla:no_consume:4", "tesla:4" },
		{ "gpu:2K", "-:2048" },
		/* What is none, or no number that counts. */
		{ "gpux:4,gpu:a:b:4", "" },
		{ "gpu:99999999999999999999,gpu:a100:2", "99999999999999999999:1 a100:2" },
		{ "gpu:9P", "9P:1" },
		{ ",,gpu:2,,", "-:2" },
		{ "gpu:a(", "a:1" },
		{ "gpu:a)),gpu:2", "a)):1 -:2" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		assert_string_equal(gpus(rows[i].in), rows[i].want);
}

static void leaves_out_what_is_too_long(void **state)
{
	char list[600];

	(void)state;
	memset(list, 'x', 300);
	memcpy(list, "gpu:", 4);
	list[300] = '\0';
	assert_string_equal(gpus(list), "");
	list[4 + GRES_TYPE_MAX] = '\0';
	assert_string_equal(gpus(list), "");
	list[4 + GRES_TYPE_MAX - 1] = '\0';
	assert_int_equal(strlen(gpus(list)), GRES_TYPE_MAX - 1 + 2);
}

static void counts_what_is_idle(void **state)
{
	struct gres_tally t = { 0 };

	(void)state;
	gres_count(&t, "gpu:a100:4(S:0-1),gpu:v100:2", "gpu:a100:3(IDX:0-2),gpu:v100:0(IDX:N/A)", 1);
	gres_count(&t, "gpu:a100:4", "gpu:a100:0(IDX:N/A)", 0);
	gres_count(&t, "gpu:a100:4", NULL, 1);
	gres_count(&t, NULL, NULL, 1);
	assert_int_equal(t.n, 2);
	assert_string_equal(t.row[0].type, "a100");
	assert_int_equal(t.row[0].idle, 5);
	assert_int_equal(t.row[0].total, 12);
	assert_string_equal(t.row[1].type, "v100");
	assert_int_equal(t.row[1].idle, 2);
	assert_int_equal(t.row[1].total, 2);
	/* More in use than there are, and a type that stands there twice. */
	t = (struct gres_tally){ 0 };
	gres_count(&t, "gpu:2", "gpu:5", 1);
	assert_int_equal(t.row[0].idle, 0);
	t = (struct gres_tally){ 0 };
	gres_count(&t, "gpu:2(S:0),gpu:2(S:1)", "gpu:3(IDX:0-2)", 1);
	assert_int_equal(t.row[0].idle, 1);
	assert_int_equal(t.row[0].total, 4);
}

static void has_room_for_some_types(void **state)
{
	struct gres_tally t = { 0 };
	char list[64];

	(void)state;
	for (int i = 0; i < GRES_TYPES_MAX + 3; i++) {
		snprintf(list, sizeof list, "gpu:t%d:1", i);
		gres_count(&t, list, NULL, 1);
	}
	assert_int_equal(t.n, GRES_TYPES_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_slurm_writes),
		cmocka_unit_test(leaves_out_what_is_too_long),
		cmocka_unit_test(counts_what_is_idle),
		cmocka_unit_test(has_room_for_some_types),
	};

	return cmocka_run_group_tests_name("gres", tests, NULL, NULL);
}
