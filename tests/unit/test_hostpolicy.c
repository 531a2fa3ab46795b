/* SPDX-License-Identifier: BSD-2-Clause */
/* Which addresses are dialed, in every spelling and every embedding. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/err.h"
#include "base/hostpolicy.h"

/* The address that a host is by itself, which the test must know. */
static struct sockaddr_storage address(const char *host, unsigned port)
{
	struct sockaddr_storage addr;
	socklen_t len;

	if (!hostpolicy_read(host, port, &addr, &len))
		fail_msg("%s is no address", host);
	return addr;
}

static int check(const struct hostpolicy *o, const char *name, const char *host,
	unsigned port, struct err *e)
{
	struct sockaddr_storage addr = address(host, port);

	return hostpolicy_check(o, name, (struct sockaddr *)&addr, e);
}

#define OUTSIDE ""

static const struct {
	const char *host;
	const char *why;	/* what its reason has; OUTSIDE: it is dialed */
} rows[] = {
	{ "198.51.100.7", OUTSIDE },
	{ "8.8.8.8", OUTSIDE },
	{ "172.15.255.255", OUTSIDE },
	{ "172.32.0.0", OUTSIDE },
	{ "100.63.255.255", OUTSIDE },
	{ "100.128.0.0", OUTSIDE },
	{ "11.0.0.0", OUTSIDE },
	{ "192.167.0.1", OUTSIDE },
	{ "2606:4700::1111", OUTSIDE },
	{ "::ffff:198.51.100.7", OUTSIDE },
	{ "64:ff9b::198.51.100.7", OUTSIDE },
	{ "2002:c633:6407::1", OUTSIDE },
	{ "3325256711", OUTSIDE },		/* 198.51.100.7 */

	{ "127.0.0.1", "loopback" },
	{ "127.255.255.254", "loopback" },
	{ "127.1", "loopback" },
	{ "127.0.1", "loopback" },
	{ "2130706433", "loopback" },
	{ "0x7f000001", "loopback" },
	{ "0x7F.1", "loopback" },
	{ "0177.0.0.1", "loopback" },
	{ "017700000001", "loopback" },
	{ "0x7f.0x0.0x0.0x1", "loopback" },
	{ "::1", "loopback" },
	{ "0:0:0:0:0:0:0:1", "loopback" },
	{ "::ffff:127.0.0.1", "loopback" },
	{ "::ffff:7f00:1", "loopback" },
	{ "::ffff:0:127.0.0.1", "loopback" },
	{ "::127.0.0.1", "loopback" },
	{ "64:ff9b::127.0.0.1", "loopback" },
	{ "64:ff9b::7f00:1", "loopback" },
	{ "2002:7f00:1::", "loopback" },
	{ "2002:7f00:0001:1:2:3:4:5", "loopback" },
	{ "0.0.0.0", "unspecified" },
	{ "0", "unspecified" },
	{ "0.1.2.3", "unspecified" },
	{ "::", "unspecified" },
	{ "::ffff:0.0.0.0", "unspecified" },
	{ "10.0.0.1", "private" },
	{ "10.255.255.255", "private" },
	{ "167772161", "private" },
	{ "172.16.0.1", "private" },
	{ "172.31.255.255", "private" },
	{ "192.168.0.1", "private" },
	{ "192.168.257", "private" },
	{ "100.64.0.1", "private" },
	{ "100.127.255.255", "private" },
	{ "::ffff:10.77.0.11", "private" },
	{ "64:ff9b::10.77.0.11", "private" },
	{ "64:ff9b:1::10.77.0.11", "private" },
	{ "2002:0a4d:000b::1", "private" },
	{ "fc00::1", "private" },
	{ "fdff:ffff::1", "private" },
	{ "fec0::1", "private" },
	{ "169.254.1.1", "link-local" },
	{ "fe80::1", "link-local" },
	{ "febf::1", "link-local" },
	{ "169.254.169.254", "metadata" },
	{ "2852039166", "metadata" },
	{ "::ffff:169.254.169.254", "metadata" },
	{ "64:ff9b::a9fe:a9fe", "metadata" },
	{ "2002:a9fe:a9fe::", "metadata" },
	{ "100.100.100.200", "metadata" },
	{ "168.63.129.16", "metadata" },
	{ "192.0.0.192", "metadata" },
	{ "fd00:ec2::254", "metadata" },
	{ "224.0.0.1", "multicast" },
	{ "239.255.255.255", "multicast" },
	{ "ff02::1", "multicast" },
	{ "240.0.0.1", "reserved" },
	{ "255.255.255.255", "reserved" },
	{ "4294967295", "reserved" },
	{ "192.0.0.1", "reserved" },
	{ "192.88.99.1", "reserved" },
	{ "198.18.0.1", "reserved" },
	{ "198.19.255.255", "reserved" },
	{ "2001::1", "reserved" },
	{ "2001:0:102:304:5:6:7:8", "reserved" },
	{ "100::1", "reserved" },
	{ "4000::1", "reserved" },
};

static void only_the_internet_is_dialed(void **state)
{
	static const struct hostpolicy nothing = { .list = "--outbound-allow" };

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct err e = { "" };
		int got = check(&nothing, "a.name", rows[i].host, 80, &e);

		if (got != (rows[i].why[0] == '\0' ? 0 : -1) ||
			strstr(e.text, rows[i].why) == NULL)
			fail_msg("%s: %d, %s", rows[i].host, got, e.text);
	}
}

static void what_is_no_address_is_a_name(void **state)
{
	static const char *const names[] = { "localhost", "login1", "1.2.3.4.5",
		"256.0.0.1", "4294967296", "", "127.0.0.1 x", "fe80::1%lo",
		"[::1]", "0x", "1..2", "127.0.0.1." };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct sockaddr_storage addr;
		socklen_t len;

		/* glibc takes "0x" for 0, which is refused as well. */
		if (hostpolicy_read(names[i], 1, &addr, &len) &&
			strcmp(names[i], "0x") != 0)
			fail_msg("%s", names[i]);
	}
}

static void says_what_was_asked_for(void **state)
{
	static const struct hostpolicy nothing = { .list = "--outbound-allow" };
	struct err e;

	(void)state;
	assert_int_equal(check(&nothing, "10.1.2.3", "10.1.2.3", 80, &e), -1);
	assert_string_equal(e.text, "10.1.2.3 is a private address: --outbound-allow=10.1.2.3:80 allows it");
	assert_int_equal(check(&nothing, "evil.example", "127.0.0.1", 80, &e),
		-1);
	assert_string_equal(e.text, "evil.example is 127.0.0.1, a loopback address: --outbound-allow=127.0.0.1:80 allows it");
	assert_int_equal(check(&nothing, "git.lan", "10.1.2.3", 22, &e), -1);
	assert_string_equal(e.text, "git.lan is 10.1.2.3, a private address: --outbound-allow=git.lan:22 allows it");
	assert_int_equal(check(&nothing, "fd12::1", "fd12::1", 22, &e), -1);
	assert_string_equal(e.text, "fd12::1 is a private address: --outbound-allow=[fd12::1]:22 allows it");
}

/* What the user is told to add is enough, and allows no other port. */
static void says_what_would_allow_it(void **state)
{
	static const char option[] = "--outbound-allow=";
	static const struct hostpolicy nothing = { .list = "--outbound-allow" };
	char *names[] = { "a.name", "a.name.", NULL,
		"a.name.that.is.so.long.that.it.would.not.come.whole.to.the.program.which.has.asked.for.it" };

	(void)state;
	for (size_t i = 0; i < 4 * (sizeof rows / sizeof *rows); i++) {
		const char *host = rows[i / 4].host;
		const char *name = names[i % 4] ? names[i % 4] : host;
		struct hostpattern p;
		struct hostpolicy o = { .list = nothing.list,
			.allow = &p, .n = 1 };
		struct err e = { "" };
		char *word;

		if (check(&nothing, name, host, 8443, &e) == 0)
			continue;
		assert_true(strlen(e.text) < 256);
		word = strstr(e.text, option);
		assert_non_null(word);
		word += strlen(option);
		word[strcspn(word, " ")] = '\0';
		assert_int_equal(hostpattern_parse(&p, word, NULL), 0);
		if (check(&o, name, host, 8443, NULL) == -1)
			fail_msg("%s, %s: %s does not allow it", name, host,
				word);
		assert_int_equal(check(&o, name, host, 8444, NULL), -1);
	}
}

static void what_is_allowed_is_dialed(void **state)
{
	static const struct {
		const char *allow, *name, *host;
		unsigned port;
		int want;
	} cells[] = {
		{ "10.77.0.0/16", "x", "10.77.1.1", 80, 0 },
		{ "10.77.0.0/16", "x", "10.78.1.1", 80, -1 },
		{ "10.77.0.0/16:443", "x", "10.77.1.1", 443, 0 },
		{ "10.77.0.0/16:443", "x", "10.77.1.1", 80, -1 },
		{ "10.77.0.0/16", "x", "::ffff:10.77.1.1", 80, 0 },
		{ "127.0.0.1:8080", "localhost", "127.0.0.1", 8080, 0 },
		{ "127.0.0.1:8080", "localhost", "127.0.0.1", 8081, -1 },
		{ "fd00::/8", "x", "fd12::1", 80, 0 },
		{ "64:ff9b::/96", "x", "64:ff9b::10.1.1.1", 80, 0 },
		{ "git.lan", "git.lan", "10.77.1.1", 80, 0 },
		{ "git.lan", "GIT.lan.", "fd12::1", 80, 0 },
		{ "git.lan:22", "git.lan", "10.77.1.1", 22, 0 },
		{ "git.lan:22", "git.lan", "10.77.1.1", 80, -1 },
		{ "git.lan", "other.lan", "10.77.1.1", 80, -1 },
		/* A name that leads to this host, or to what serves hosts. */
		{ "git.lan", "git.lan", "127.0.0.1", 80, -1 },
		{ "git.lan", "git.lan", "::1", 80, -1 },
		{ "git.lan", "git.lan", "169.254.169.254", 80, -1 },
		{ "git.lan", "git.lan", "0.0.0.0", 80, -1 },
		{ "git.lan", "git.lan", "224.0.0.1", 80, -1 },
		{ "git.lan", "git.lan", "10.77.0.11", 80, -1 },
		{ "10.77.0.11", "git.lan", "10.77.0.11", 80, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct hostpattern p;
		struct hostpolicy o = { .list = "--outbound-allow",
			.allow = &p, .n = 1 };

		assert_int_equal(hostpattern_parse(&p, cells[i].allow, NULL), 0);
		assert_int_equal(hostpolicy_add(&o.own, "10.77.0.11"), 0);
		if (check(&o, cells[i].name, cells[i].host, cells[i].port,
			NULL) != cells[i].want)
			fail_msg("cell %zu", i);
		hostpolicy_clear(&o.own);
	}
}

static void networks_of_hosts_are_refused(void **state)
{
	struct hostpolicy o = { .list = "--outbound-allow" };
	struct hostpattern p;
	struct err e;

	(void)state;
	assert_int_equal(hostpolicy_add(&o.own, "198.51.100.1"), 0);
	assert_int_equal(hostpolicy_add(&o.own, "2606:4700::1"), 0);
	assert_int_equal(hostpolicy_add_list(&o.cluster,
		"203.0.113.0/24,2606:4700:1::/64"), 0);
	assert_int_equal(check(&o, "x", "198.51.100.1", 80, &e), -1);
	assert_non_null(strstr(e.text, "the login node"));
	assert_int_equal(check(&o, "x", "2606:4700::1", 80, &e), -1);
	assert_int_equal(check(&o, "x", "::ffff:198.51.100.1", 80, &e), -1);
	assert_int_equal(check(&o, "x", "198.51.100.2", 80, &e), 0);
	assert_int_equal(check(&o, "x", "203.0.113.9", 80, &e), -1);
	assert_non_null(strstr(e.text, "the compute node"));
	assert_int_equal(check(&o, "x", "2002:cb00:7109::1", 80, &e), -1);
	assert_int_equal(check(&o, "x", "2606:4700:1::5", 80, &e), -1);
	assert_int_equal(hostpattern_parse(&p, "x", NULL), 0);
	o.allow = &p;
	o.n = 1;
	assert_int_equal(check(&o, "x", "203.0.113.9", 80, &e), 0);
	assert_int_equal(check(&o, "x", "198.51.100.1", 80, &e), -1);
	hostpolicy_clear(&o.own);
	hostpolicy_clear(&o.cluster);
}

/* Where a list is all that there is, the internet is as any other host. */
static void a_closed_list_is_all(void **state)
{
	struct hostpattern p;
	struct hostpolicy o = { .list = "forward-hosts", .is_closed = 1 };
	struct err e;

	(void)state;
	assert_int_equal(check(&o, "8.8.8.8", "8.8.8.8", 80, &e), -1);
	assert_string_equal(e.text, "8.8.8.8 is another host, which forward-hosts does not name");
	assert_int_equal(check(&o, "db1", "8.8.8.8", 80, &e), -1);
	assert_string_equal(e.text, "db1 is 8.8.8.8, another host, which forward-hosts does not name");
	assert_int_equal(check(&o, "db1", "10.1.1.1", 80, &e), -1);
	assert_int_equal(hostpattern_parse(&p, "db1:80", NULL), 0);
	o.allow = &p;
	o.n = 1;
	assert_int_equal(check(&o, "db1", "8.8.8.8", 80, &e), 0);
	assert_int_equal(check(&o, "db1", "10.1.1.1", 80, &e), 0);
	assert_int_equal(check(&o, "db1", "10.1.1.1", 81, &e), -1);
	assert_int_equal(check(&o, "db1", "127.0.0.2", 80, &e), -1);
	assert_int_equal(check(&o, "db2", "8.8.8.8", 80, &e), -1);
}

/* In their order; and the reason is the first one's. */
static void picks_those_that_may_be_dialed(void **state)
{
	static const struct hostpolicy o = { .list = "--outbound-allow" };
	const struct sockaddr_storage addrs[] = {
		address("8.8.8.8", 80), address("127.0.0.1", 80),
		address("9.9.9.9", 80), address("10.0.0.1", 80),
	};
	struct sockaddr_storage good[4];
	struct err e;

	(void)state;
	assert_int_equal(hostpolicy_pick(&o, "x", addrs, 4, good, &e), 2);
	assert_memory_equal(&good[0], &addrs[0], sizeof good[0]);
	assert_memory_equal(&good[1], &addrs[2], sizeof good[0]);
	assert_non_null(strstr(e.text, "x is 127.0.0.1, a loopback address"));
	assert_int_equal(hostpolicy_pick(&o, "x", addrs, 1, good, &e), 1);
	assert_string_equal(e.text, "");
	assert_int_equal(hostpolicy_pick(&o, "x", addrs, 0, good, &e), 0);
}

static void localhost_is_loopback(void **state)
{
	const struct sockaddr_storage one = address("127.0.0.1", 22);
	struct sockaddr_storage addr;
	socklen_t len;

	(void)state;
	assert_true(hostpolicy_find("x.localhost.", 22, &addr, &len));
	assert_memory_equal(&addr, &one, sizeof one);
	assert_true(hostpolicy_find("127.0.0.1", 22, &addr, &len));
	assert_memory_equal(&addr, &one, sizeof one);
	assert_false(hostpolicy_find("db1", 22, &addr, &len));
	assert_true(hostpolicy_is_localhost("localhost"));
	assert_true(hostpolicy_is_localhost("x.LocalHost."));
	assert_false(hostpolicy_is_localhost("xlocalhost"));
	assert_false(hostpolicy_is_localhost("localhost.x"));
	assert_false(hostpolicy_is_localhost(""));
}

/* None of many is left out. */
static void lists_are_read(void **state)
{
	struct hostpolicy_nets nets = { 0 };

	(void)state;
	assert_int_equal(hostpolicy_add_list(&nets, ""), 0);
	assert_int_equal(nets.n, 0);
	assert_int_equal(hostpolicy_add_list(&nets, "10.0.0.0/8,x,fd00::/8"), -1);
	assert_int_equal(nets.n, 2);
	assert_int_equal(hostpolicy_add_list(&nets,
		"1111111111111111111111111111111111111111111111111111111111111111111"),
		-1);
	for (int i = 0; i < 100; i++)
		assert_int_equal(hostpolicy_add(&nets, "10.0.0.1"), 0);
	assert_int_equal(nets.n, 102);
	hostpolicy_clear(&nets);
	assert_int_equal(nets.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_internet_is_dialed),
		cmocka_unit_test(what_is_no_address_is_a_name),
		cmocka_unit_test(says_what_was_asked_for),
		cmocka_unit_test(says_what_would_allow_it),
		cmocka_unit_test(what_is_allowed_is_dialed),
		cmocka_unit_test(networks_of_hosts_are_refused),
		cmocka_unit_test(lists_are_read),
		cmocka_unit_test(a_closed_list_is_all),
		cmocka_unit_test(picks_those_that_may_be_dialed),
		cmocka_unit_test(localhost_is_loopback),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
