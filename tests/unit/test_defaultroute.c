/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "os/defaultroute.h"

#define HEAD "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
#define LAN "eth0\t000A4D0A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"
#define ZERO "00000000000000000000000000000000"

static const struct {
	const char *text;
	int want;
} v4[] = {
	{ "", 0 },
	{ HEAD, 0 },
	{ HEAD LAN, 0 },
	{ HEAD LAN "eth0\t00000000\t010A4D0A\t0003\t0\t0\t0\t00000000\t0\t0\t0  \n", 1 },
	{ HEAD "eth0\t00000000\t010A4D0A\t0003\t0\t0\t0\t00000000", 1 },
	{ HEAD "ib0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n" LAN, 1 },
	/* Half of everything, one that is down, one that refuses, one that is cut. */
	{ HEAD "eth0\t00000000\t010A4D0A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n", 0 },
	{ HEAD "eth0\t00000000\t010A4D0A\t0002\t0\t0\t0\t00000000\t0\t0\t0\n", 0 },
	{ HEAD "*\t00000000\t00000000\t0201\t0\t0\t0\t00000000\t0\t0\t0\n", 0 },
	{ HEAD "eth0\t00000000\t010A4D0A\t0003\t0\t0\t0\n", 0 },
	{ HEAD "eth0\t00000000\t010A4D0A\tzzzz\t0\t0\t0\t00000000\n", 0 },
}, v6[] = {
	{ "", 0 },
	{ "fd000000000000000000000000000000 40 " ZERO " 00 " ZERO " 00000100 00000001 00000000 00000001     eth0\n", 0 },
	{ ZERO " 00 " ZERO " 00 fe800000000000000000000000000001 00000400 00000002 00000000 00000003     eth0\n", 1 },
	/* What a kernel has that has none. */
	{ ZERO " 00 " ZERO " 00 " ZERO " ffffffff 00000001 00000000 00200200       lo\n", 0 },
	{ ZERO " 00 " ZERO " 00 " ZERO " 00000400 00000001 00000000 00000001       lo\n", 0 },
	{ ZERO " 00 " ZERO " 00 " ZERO " 00000400 00000001 00000000 00000201     eth0\n", 0 },
	{ ZERO " 01 " ZERO " 00 " ZERO " 00000400 00000001 00000000 00000001     eth0\n", 0 },
};

static void finds_routes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof v4 / sizeof *v4; i++)
		if (defaultroute_in_v4(v4[i].text, strlen(v4[i].text)) !=
			v4[i].want)
			fail_msg("IPv4, row %zu", i);
	for (size_t i = 0; i < sizeof v6 / sizeof *v6; i++)
		if (defaultroute_in_v6(v6[i].text, strlen(v6[i].text)) !=
			v6[i].want)
			fail_msg("IPv6, row %zu", i);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_routes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
