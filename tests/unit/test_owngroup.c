/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/owngroup.h"

/* A host with so many users, of which this one has a group of his own. */
#define GROUP_ID 4711
static long users, asked;
static struct passwd ours = { .pw_name = "ours", .pw_gid = GROUP_ID };
static struct passwd other = { .pw_name = "other", .pw_uid = 4242 };
static struct group group = { .gr_name = "ours", .gr_gid = GROUP_ID };

struct passwd *getpwuid(uid_t uid)
{
	ours.pw_uid = uid;
	return &ours;
}

struct group *getgrgid(gid_t gid)
{
	return gid == GROUP_ID ? &group : NULL;
}

void setpwent(void)
{
	asked = 0;
}

void endpwent(void)
{
}

struct passwd *getpwent(void)
{
	return asked++ < users ? &other : NULL;
}

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

/* Without an end there is none to wait for, and then he may be among them. */
static void asks_so_many_at_most(void **state)
{
	const struct stat st = { .st_gid = GROUP_ID };
	const struct stat none = { .st_gid = GROUP_ID + 1 };
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);		/* has no access list */
	users = 1000;
	assert_int_equal(owngroup_only(fds[0], &st), 1);
	assert_int_equal(asked, 1001);
	/* What is known of the last group is forgotten. */
	assert_int_equal(owngroup_only(fds[0], &none), 0);
	users = 10 * 1000 * 1000;
	assert_int_equal(owngroup_only(fds[0], &st), 0);
	assert_in_range(asked, 10000, 100000);
	close(fds[0]);
	close(fds[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_who_is_named),
		cmocka_unit_test(asks_so_many_at_most),
	};

	return cmocka_run_group_tests_name("owngroup", tests, NULL, NULL);
}
