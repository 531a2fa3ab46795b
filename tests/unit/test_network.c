/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "base/network.h"

static void parses(void **state)
{
	static const struct {
		const char *text;
		int want;
		unsigned bits;
	} rows[] = {
		{ "10.77.0.0/16", 0, 16 },
		{ "10.77.0.21", 0, 32 },
		{ "0.0.0.0/0", 0, 0 },
		{ "2001:db8::/32", 0, 32 },
		{ "::1", 0, 128 },
		{ "10.77.0.0/33", -1, 0 },
		{ "::/129", -1, 0 },
		{ "10.77.0.0/", -1, 0 },
		{ "10.77.0.0/-1", -1, 0 },
		{ "10.77.0.0/ 8", -1, 0 },
		{ "10.77.0.0/8x", -1, 0 },
		{ "10.77", -1, 0 },
		{ "login1", -1, 0 },
		{ "", -1, 0 },
		{ "1111:2222:3333:4444:5555:6666:7777:8888:9999:0000:1111",
			-1, 0 },
	};
	struct network net;

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		int got = network_parse(&net, rows[i].text);

		if (got != rows[i].want || (got == 0 &&
			net.bits != rows[i].bits))
			fail_msg("%s: %d, /%u", rows[i].text, got, net.bits);
	}
}

static void has(void **state)
{
	static const struct {
		const char *net, *addr;
		int want;
	} rows[] = {
		{ "10.77.0.0/16", "10.77.255.1", 1 },
		{ "10.77.0.0/16", "10.78.0.1", 0 },
		{ "10.77.0.0/23", "10.77.1.255", 1 },
		{ "10.77.0.0/23", "10.77.2.0", 0 },
		{ "0.0.0.0/0", "192.0.2.1", 1 },
		{ "0.0.0.0/0", "::1", 0 },
		{ "10.77.0.21", "10.77.0.21", 1 },
		{ "10.77.0.21", "10.77.0.22", 0 },
		{ "2001:db8::/33", "2001:db8:7fff::1", 1 },
		{ "2001:db8::/33", "2001:db8:8000::1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
		struct sockaddr_in v4 = { .sin_family = AF_INET };
		struct network net;
		int is4 = inet_pton(AF_INET, rows[i].addr, &v4.sin_addr) == 1;

		assert_int_equal(network_parse(&net, rows[i].net), 0);
		if (!is4)
			assert_int_equal(inet_pton(AF_INET6, rows[i].addr,
				&v6.sin6_addr), 1);
		if (network_has(&net, is4 ? (struct sockaddr *)&v4 :
			(struct sockaddr *)&v6) != rows[i].want)
			fail_msg("%s in %s", rows[i].addr, rows[i].net);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parses),
		cmocka_unit_test(has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
