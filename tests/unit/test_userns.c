/* SPDX-License-Identifier: BSD-2-Clause */
/* Which setting of the kernel is named where there are no user namespaces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "os/userns.h"

static void names_the_setting(void **state)
{
	static const struct {
		struct userns_found found;
		const char *want;	/* NULL: all is well */
	} rows[] = {
		{ { 0, "15000\n", NULL, NULL }, NULL },
		{ { 0, "15000\n", "1\n", "0\n" }, NULL },
		{ { 0, NULL, NULL, NULL }, NULL },
		{ { ENOSPC, "0\n", NULL, NULL },
			"(sysctl user.max_user_namespaces is 0)" },
		{ { EPERM, "15000\n", "0\n", NULL },
			"(sysctl kernel.unprivileged_userns_clone is 0)" },
		/* One is made there, but nothing can be done in it. */
		{ { 0, "15000\n", "1\n", "1\n" },
			"(sysctl kernel.apparmor_restrict_unprivileged_userns is 1)" },
		{ { EPERM, "15000\n", NULL, NULL },
			"as in a chroot or another container: Operation not permitted" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { "" };
		int ret = userns_judge(&rows[i].found, &e);

		assert_int_equal(ret, rows[i].want == NULL ? 0 : -1);
		if (rows[i].want != NULL)
			assert_non_null(strstr(e.text, rows[i].want));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_the_setting),
	};

	return cmocka_run_group_tests_name("userns", tests, NULL, NULL);
}
