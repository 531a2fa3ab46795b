/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "salloc/begintime.h"

/* 28 November 2026, 14:30. */
static const struct begintime_now now = { 126, 10, 28, 14, 30 };

static void show(char *out, size_t size, const char *text)
{
	struct begintime b;

	if (begintime_parse(&b, text) == -1) {
		snprintf(out, size, "none");
		return;
	}
	begintime_complete(&b, &now);
	if (b.kind == BEGINTIME_AFTER)
		snprintf(out, size, "now%+ld", b.seconds);
	else if (b.kind == BEGINTIME_EPOCH)
		snprintf(out, size, "@%ld", b.seconds);
	else
		snprintf(out, size, "%d-%d-%d %d:%02d:%02d", b.year + 1900,
			b.month + 1, b.day, b.hour, b.minute, b.second);
}

static void reads(void **state)
{
	static const struct {
		const char *in, *want;
	} rows[] = {
		{ "now", "now+0" }, { "NOW+5", "now+5" },
		{ "now+2hours", "now+7200" }, { "now + 3 days", "now+259200" },
		{ "now-1minute", "now-60" }, { "now+1week", "now+604800" },
		{ "uts1000000", "@1000000" },
		/* the clock alone: the next time */
		{ "16:00", "2026-11-28 16:00:00" },
		{ "14:30", "2026-11-29 14:30:00" },
		{ "14:31", "2026-11-28 14:31:00" },
		{ "8:05:09", "2026-11-29 8:05:09" },
		{ "4:00pm", "2026-11-28 16:00:00" },
		{ "4:00 PM", "2026-11-28 16:00:00" },
		{ "12:00am", "2026-11-29 0:00:00" },
		{ "12:10pm", "2026-11-29 12:10:00" },
		{ "midnight", "2026-11-29 0:00:00" },
		{ "noon", "2026-11-29 12:00:00" },
		{ "teatime", "2026-11-28 16:00:00" },
		{ "fika", "2026-11-28 15:00:00" },
		/* days */
		{ "today", "2026-11-28 0:00:00" },
		{ "tomorrow", "2026-11-29 0:00:00" },
		{ "tomorrow 8:00", "2026-11-29 8:00:00" },
		{ "noon tomorrow", "2026-11-29 12:00:00" },
		{ "2027-01-02", "2027-1-2 0:00:00" },
		{ "2027-01-02T03:04", "2027-1-2 3:04:00" },
		{ "2027-01-02-03:04:05", "2027-1-2 3:04:05" },
		{ "1231", "2026-12-31 0:00:00" },
		{ "12/31", "2026-12-31 0:00:00" },
		{ "12.31 10:00", "2026-12-31 10:00:00" },
		{ "1/2", "2027-1-2 0:00:00" },
		{ "11/28", "2027-11-28 0:00:00" },
		{ "11/28 15:00", "2026-11-28 15:00:00" },
		{ "123127", "2027-12-31 0:00:00" },
		{ "12/31/28", "2028-12-31 0:00:00" },
		/* none */
		{ "", "none" }, { " ", "none" }, { "-", "none" },
		{ "soon", "none" }, { "Today", "none" }, { "now+", "none" },
		{ "now+x", "none" }, { "now+5x", "none" }, { "nowx", "none" },
		{ "now+99999999999999999999", "none" },
		{ "uts5", "none" }, { "uts1000000x", "none" },
		{ "24:00", "none" }, { "1:60", "none" }, { "1:2", "none" },
		{ "1:02:60", "none" }, { "13:00pm", "none" },
		{ "14:00am", "none" }, { "13/1", "none" }, { "0/1", "none" },
		{ "1/32", "none" }, { "1", "none" }, { "2027-13-01", "none" },
		{ "2027-01-00", "none" }, { "1/2/3", "none" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		char got[64];

		show(got, sizeof got, rows[i].in);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("'%s': %s, not %s", rows[i].in, got,
				rows[i].want);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads),
	};

	return cmocka_run_group_tests_name("begintime", tests, NULL, NULL);
}
