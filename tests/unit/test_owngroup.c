/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "os/owngroup.h"

#define ENTRY "\0\0\0\0" "\0\0\0\0" "\0\x16\0\x87"
#define OWNER ENTRY "\0\0\0\x06" "OWNER@\0\0"
#define GROUP ENTRY "\0\0\0\x06" "GROUP@\0\0"
#define EVERYONE ENTRY "\0\0\0\x09" "EVERYONE@\0\0\0"
#define BOB ENTRY "\0\0\0\x05" "bob@x\0\0\0"
#define PREFIX ENTRY "\0\0\0\x05" "OWNER\0\0\0"
#define LONGER ENTRY "\0\0\0\x07" "GROUP@x\0"
#define HUGE_NAME ENTRY "\xff\xff\xff\xff" "OWNER@\0\0"
#define ACL(n, s) { "\0\0\0" n s, sizeof n s + 2 }

static const struct {
	struct {
		const char *bytes;
		size_t len;
	} acl;
	int names;
} rows[] = {
	{ ACL("\0", ""), 0 },
	{ ACL("\1", OWNER), 0 },
	{ ACL("\3", OWNER GROUP EVERYONE), 0 },
	{ ACL("\3", OWNER BOB GROUP), 1 },
	{ ACL("\3", OWNER GROUP BOB), 1 },
	{ ACL("\1", PREFIX), 1 },
	{ ACL("\1", LONGER), 1 },
	{ ACL("\1", HUGE_NAME), 1 },
	{ ACL("\4", OWNER GROUP EVERYONE), 1 },
};

/* Also when it is cut anywhere: not known is yes. */
static void knows_who_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		for (size_t len = 0; len < rows[i].acl.len; len++)
			assert_int_equal(owngroup_nfs4_names(
				rows[i].acl.bytes, len), 1);
		if (owngroup_nfs4_names(rows[i].acl.bytes, rows[i].acl.len) !=
			rows[i].names)
			fail_msg("row %zu: not %d", i, rows[i].names);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_who_is_named),
	};

	return cmocka_run_group_tests_name("owngroup", tests, NULL, NULL);
}
