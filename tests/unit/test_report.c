/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "proto/report.h"

static void assert_same(const struct report *a, const struct report *b)
{
	assert_string_equal(a->version, b->version);
	assert_string_equal(a->session, b->session);
	assert_string_equal(a->job, b->job);
	assert_string_equal(a->node, b->node);
	assert_string_equal(a->image, b->image);
	assert_string_equal(a->runtime, b->runtime);
	assert_memory_equal(&a->started, &b->started,
		sizeof *a - offsetof(struct report, started));
}

static void reads_what_it_writes(void **state)
{
	struct report a = { "0.1.0", "default", "17_2", "c\\1\n", "/x y.sif",
		"auto", 3600, 60, 0, 0, 7, 2, 1, 0, 0 }, b;
	struct buf out = { 0 };
	struct err e;

	(void)state;
	report_write(&out, &a);
	for (size_t len = 0; len < out.len; len++) {
		e.text[0] = '\0';
		assert_int_equal(report_parse(&b, buf_data(&out), len, &e), -1);
		assert_true(e.text[0] != '\0');
	}
	assert_int_equal(report_parse(&b, buf_data(&out), out.len, &e), 0);
	assert_same(&a, &b);
	buf_fini(&out);
}

/* An agent that knows of no time limit, one of a later version. */
static void leaves_out_what_is_unknown(void **state)
{
	struct report a = { .session = "s", .started = 1, .left = -1,
		.idle = -1, .idle_timeout = -1, .clients = -1, .fronts = -1,
		.shells = -1, .memory_used = -1, .memory_limit = -1 }, b;
	struct buf out = { 0 };
	struct err e;

	(void)state;
	report_write(&out, &a);
	assert_int_equal(out.len, strlen("session=s\nstarted=1\n\n"));
	assert_memory_equal(buf_data(&out), "session=s\nstarted=1\n\n",
		out.len);
	assert_int_equal(report_parse(&b, buf_data(&out), out.len, &e), 0);
	assert_same(&a, &b);
	buf_fini(&out);
	assert_int_equal(report_parse(&b, "new=x\nleft=0\n\n", 14, &e), 0);
	assert_int_equal(b.left, 0);
	assert_int_equal(b.clients, -1);
}

static void refuses_what_is_no_number(void **state)
{
	static const char *const rows[] = {
		"left=\n\n", "left=-1\n\n", "left= 1\n\n", "left=1x\n\n",
		"left=99999999999999999999\n\n", "started=a\nleft=1\n\n",
		"left\n\n", "",
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct report r;
		struct err e = { "" };

		if (report_parse(&r, rows[i], strlen(rows[i]), &e) != -1 ||
			e.text[0] == '\0')
			fail_msg("row %zu", i);
	}
}

static void cuts_long_texts(void **state)
{
	struct report r;
	struct buf in = { 0 };
	struct err e;

	(void)state;
	buf_puts(&in, "session=");
	for (int i = 0; i < 300; i++)
		buf_puts(&in, "s");
	buf_puts(&in, "\n\n");
	assert_int_equal(report_parse(&r, buf_data(&in), in.len, &e), 0);
	assert_int_equal(strlen(r.session), sizeof r.session - 1);
	buf_fini(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(leaves_out_what_is_unknown),
		cmocka_unit_test(refuses_what_is_no_number),
		cmocka_unit_test(cuts_long_texts),
	};

	return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
