/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

#include "base/hostpattern.h"

static void parses(void **state)
{
	static const struct {
		const char *text;
		int want;
		const char *name;
		unsigned port;
	} rows[] = {
		{ "10.1.0.0/16", 0, "", 0 },
		{ "10.1.2.3", 0, "", 0 },
		{ "10.1.2.3:443", 0, "", 443 },
		{ "10.0.0.0/8:1", 0, "", 1 },
		{ "fd00::/8", 0, "", 0 },
		{ "fd00::1", 0, "", 0 },
		{ "[fd00::/8]:443", 0, "", 443 },
		{ "[::1]", 0, "", 0 },
		{ "git.example.org", 0, "git.example.org", 0 },
		{ "git.example.org:22", 0, "git.example.org", 22 },
		{ "git.example.org.", 0, "git.example.org", 0 },
		{ "build-7", 0, "build-7", 0 },
		{ "3com.example", 0, "3com.example", 0 },
		{ "", -1, NULL, 0 },
		{ ":443", -1, NULL, 0 },
		{ ".", -1, NULL, 0 },
		{ "git:0", -1, NULL, 0 },
		{ "git:", -1, NULL, 0 },
		{ "git:65536", -1, NULL, 0 },
		{ "git:22x", -1, NULL, 0 },
		{ "git..org", -1, NULL, 0 },
		{ ".example.org", -1, NULL, 0 },
		{ "-git", -1, NULL, 0 },
		{ "*.example.org", -1, NULL, 0 },
		{ "git org", -1, NULL, 0 },
		{ "http://git", -1, NULL, 0 },
		/* What a resolver takes for an address is no name. */
		{ "2130706433", -1, NULL, 0 },
		{ "10.1", -1, NULL, 0 },
		{ "0x7f.1", -1, NULL, 0 },
		{ "10.1.0.0/33", -1, NULL, 0 },
		{ "[10.1.0.0/16]", 0, "", 0 },
		{ "[git]:22", -1, NULL, 0 },
		{ "[::1", -1, NULL, 0 },
		{ "[::1]22", -1, NULL, 0 },
		{ "fe80::1%eth0", -1, NULL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hostpattern p;
		struct err e = { "" };
		int got = hostpattern_parse(&p, rows[i].text, &e);

		if (got != rows[i].want || (got == -1) != (e.text[0] != '\0'))
			fail_msg("%s: %d, %s", rows[i].text, got, e.text);
		if (got == 0 && (strcmp(p.name, rows[i].name) != 0 ||
			p.port != rows[i].port))
			fail_msg("%s: '%s' %u", rows[i].text, p.name, p.port);
	}
}

static void has_addresses_with_their_port(void **state)
{
	static const struct {
		const char *text, *addr;
		uint16_t port;
		int want;
	} rows[] = {
		{ "10.1.0.0/16", "10.1.9.9", 80, 1 },
		{ "10.1.0.0/16", "10.2.9.9", 80, 0 },
		{ "10.1.0.0/16:443", "10.1.9.9", 443, 1 },
		{ "10.1.0.0/16:443", "10.1.9.9", 80, 0 },
		{ "git.example.org", "10.1.9.9", 80, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sockaddr_in a = { .sin_family = AF_INET,
			.sin_port = htons(rows[i].port) };
		struct hostpattern p;

		assert_int_equal(inet_pton(AF_INET, rows[i].addr, &a.sin_addr), 1);
		assert_int_equal(hostpattern_parse(&p, rows[i].text, NULL), 0);
		if (hostpattern_has(&p, (struct sockaddr *)&a) != rows[i].want)
			fail_msg("row %zu", i);
	}
}

static void has_ports_of_ipv6(void **state)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6,
		.sin6_port = htons(443), .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct hostpattern p;

	(void)state;
	assert_int_equal(hostpattern_parse(&p, "[::1]:443", NULL), 0);
	assert_true(hostpattern_has(&p, (struct sockaddr *)&a));
	a.sin6_port = htons(80);
	assert_false(hostpattern_has(&p, (struct sockaddr *)&a));
}

static void names_a_host(void **state)
{
	static const struct {
		const char *text, *name;
		unsigned port;
		int want;
	} rows[] = {
		{ "git.example.org", "git.example.org", 22, 1 },
		{ "git.example.org", "GIT.Example.ORG.", 22, 1 },
		{ "git.example.org:22", "git.example.org", 22, 1 },
		{ "git.example.org:22", "git.example.org", 80, 0 },
		{ "git.example.org", "x.git.example.org", 22, 0 },
		{ "git.example.org", "git.example.or", 22, 0 },
		{ "git.example.org", "", 22, 0 },
		{ "10.1.2.3", "", 22, 0 },
		{ "10.1.2.3", "10.1.2.3", 22, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct hostpattern p;

		assert_int_equal(hostpattern_parse(&p, rows[i].text, NULL), 0);
		if (hostpattern_names(&p, rows[i].name, rows[i].port) !=
			rows[i].want)
			fail_msg("row %zu", i);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(has_addresses_with_their_port),
		cmocka_unit_test(has_ports_of_ipv6),
		cmocka_unit_test(names_a_host),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
