/* SPDX-License-Identifier: BSD-2-Clause */
/* Each row also byte by byte: how it is cut changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "editor/greeting.h"

/* '>' before what is typed, '<' before what is printed. */
static int run(const char *talk, size_t piece)
{
	struct greeting g = { .state = GREETING_UNKNOWN };
	void (*side)(struct greeting *, const char *, size_t) = greeting_in;

	while (*talk != '\0') {
		size_t len = strcspn(talk, "<>");

		if (len == 0) {
			side = *talk == '>' ? greeting_in : greeting_out;
			talk++;
			continue;
		}
		len = len < piece ? len : piece;
		side(&g, talk, len);
		talk += len;
	}
	return greeting_is_due(&g);
}

static void talks(void **state)
{
	static const struct {
		const char *in;
		int due;
	} rows[] = {
		{ "", 0 },
		{ ">echo \"ready: ac2909cc9efc\"\n", 1 },
		{ ">echo \"ready: a1\"\n<Welcome\nready: a1\n", 0 },
		{ ">echo \"ready: a1\"\n<Welcome\n", 1 },
		{ "<ready: no\n>echo \"ready: a1\"\n", 1 },
		{ ">echo \"ready: a1\"\nuname -rsv\n<readyready: a1\n", 0 },
		{ ">echo \"$u: running\"\n<a1: running\n", 0 },
		{ ">echo \"$u: running\"\n<a1: runnin\n", 1 },
		{ ">hostname\nexit\n<c1\n", 0 },
		{ ">read\n", 0 },
		{ ">ready\n", 0 },
		{ "<Last login: today\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (run(rows[i].in, 1000) != rows[i].due)
			fail_msg("'%s' is not %d", rows[i].in, rows[i].due);
		if (run(rows[i].in, 1) != rows[i].due)
			fail_msg("'%s' by byte is not %d", rows[i].in,
				rows[i].due);
	}
}

/* Bulk is no client's first word, and no silence. */
static void bounds(void **state)
{
	struct greeting g = { .state = GREETING_UNKNOWN };
	char *bulk = mem_alloc(1 << 20);

	(void)state;
	memset(bulk, 'x', 1 << 20);
	greeting_in(&g, bulk, 5000);
	greeting_in(&g, "ready: ", 7);
	assert_false(greeting_is_due(&g));
	g = (struct greeting){ .state = GREETING_UNKNOWN };
	greeting_in(&g, "ready: ", 7);
	greeting_out(&g, bulk, (1 << 20) - 1);
	assert_true(greeting_is_due(&g));
	greeting_out(&g, bulk, 1);
	assert_false(greeting_is_due(&g));
	free(bulk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(talks),
		cmocka_unit_test(bounds),
	};

	return cmocka_run_group_tests_name("greeting", tests, NULL, NULL);
}
