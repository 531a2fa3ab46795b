/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "opt/extname.h"

static void names(void **state)
{
	static const struct {
		const char *name;
		int is_good;
	} rows[] = {
		{ "ms-python.python", 1 },
		{ "ms-vscode.cpptools@1.20.5", 1 },
		{ "4ops.a_b.c", 1 },
		{ "A.b", 1 },
		{ "", 0 },
		{ "python", 0 },
		{ ".python", 0 },
		{ "a.", 0 },
		{ "a..b", 0 },
		{ "-a.b", 0 },
		{ "--force.b", 0 },
		{ "a.-b", 0 },
		{ "a.b@", 0 },
		{ "a.b@1@2", 0 },
		{ "a/b.c", 0 },
		{ "a.b/c", 0 },
		{ "a.b*", 0 },
		{ "a.b c", 0 },
		{ "a.b\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (extname_is_good(rows[i].name) != rows[i].is_good)
			fail_msg("'%s': not %d", rows[i].name,
				rows[i].is_good);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
