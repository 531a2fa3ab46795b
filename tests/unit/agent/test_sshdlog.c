/* SPDX-License-Identifier: BSD-2-Clause */
/* What is read from an sshd's lines, in whatever pieces they come. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "agent/sshdlog.h"

static unsigned n_ends;

static void nothing(const char *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	(void)arg;
	fail_msg("a byte of sshd's stderr goes on to the client");
}

static void ended(void *arg)
{
	(void)arg;
	n_ends++;
}

static const struct filter_target target = { .data = nothing, .end = ended };

static void reads_lines(void **state)
{
	static const struct {
		const char *text, *reason;
		int is_in, is_closed;	/* 2: and without a key */
	} rows[] = {
		{ "Attempt to write login records by non-root user (aborting)\r\n",
			"", 0, 0 },
		{ "Accepted publickey for ann from UNKNOWN port 65535 ssh2\r\n",
			"", 1, 0 },
		{ "Connection closed by UNKNOWN port 65535 [preauth]\r\n", "",
			0, 1 },
		{ "Connection closed by authenticating user ann UNKNOWN port 65535 [preauth]\r\n",
			"", 0, 2 },
		{ "one\r\n\ntwo\r\n", "two", 0, 0 },
		{ "no end of the line", "no end of the line", 0, 0 },
		{ "x\r\nlastlog_openseek: Couldn't stat /var/log/lastlog\r\n",
			"x", 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		size_t len = strlen(rows[i].text);

		for (size_t cut = 0; cut <= len; cut++) {
			struct sshdlog s = { 0 };
			struct filters all = { 0 };

			sshdlog_init(&s, &all);
			filters_set_target(&all, &target, NULL);
			filters_put(&all, rows[i].text, cut);
			filters_put(&all, rows[i].text + cut, len - cut);
			filters_end(&all);
			assert_string_equal(s.reason, rows[i].reason);
			assert_int_equal(s.is_in, rows[i].is_in);
			assert_int_equal(s.is_closed, rows[i].is_closed > 0);
			assert_int_equal(s.is_keyless, rows[i].is_closed == 2);
			filter_fini(&s.filter);
		}
	}
	assert_true(n_ends > 0);
}

/* More than a line of ours holds goes on in the next, and none is lost. */
static void long_lines(void **state)
{
	struct sshdlog s = { 0 };
	struct filters all = { 0 };
	char text[5 * sizeof s.line];

	(void)state;
	memset(text, 'x', sizeof text);
	sshdlog_init(&s, &all);
	filters_set_target(&all, &target, NULL);
	filters_put(&all, text, sizeof text);
	assert_int_equal(strlen(s.reason), sizeof s.line - 1);
	filters_put(&all, "\nend\0\n", 6);
	assert_string_equal(s.reason, "end?");
	filter_fini(&s.filter);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),
		cmocka_unit_test(long_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
