/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "proto/endpoint.h"

static void reads_what_it_writes(void **state)
{
	struct endpoint a = { .port = 65535, .node = "c\\1\n" }, b;
	struct buf out = { 0 };
	struct err e;

	(void)state;
	endpoint_add_host(&a, "10.77.0.21");
	endpoint_add_host(&a, "fd00::1");
	endpoint_add_host(&a, "10.77.0.21");
	assert_int_equal(a.n, 2);
	endpoint_write(&out, &a);
	for (size_t len = 0; len < out.len; len++)
		assert_int_equal(endpoint_parse(&b, buf_data(&out), len, &e),
			-1);
	assert_int_equal(endpoint_parse(&b, buf_data(&out), out.len, &e), 0);
	assert_int_equal(b.port, 65535);
	assert_int_equal(b.n, 2);
	assert_string_equal(b.host[0], "10.77.0.21");
	assert_string_equal(b.host[1], "fd00::1");
	assert_string_equal(b.node, "c\\1\n");
	buf_fini(&out);
}

static void drops_what_does_not_fit(void **state)
{
	struct endpoint ep = { 0 };
	char host[80];

	(void)state;
	memset(host, 'h', sizeof host);
	host[64] = '\0';
	endpoint_add_host(&ep, host);
	assert_int_equal(ep.n, 0);
	host[63] = '\0';
	endpoint_add_host(&ep, host);
	assert_int_equal(ep.n, 1);
	for (int i = 0; i < 20; i++) {
		snprintf(host, sizeof host, "10.0.0.%d", i);
		endpoint_add_host(&ep, host);
	}
	assert_int_equal(ep.n, ENDPOINT_HOSTS);
	assert_string_equal(ep.host[ENDPOINT_HOSTS - 1], "10.0.0.6");
}

static const struct {
	const char *in;
	int ok;
} rows[] = {
	{ "port=1\nhost=::1\n\n", 1 },
	{ "host=::1\nport=65535\nnode=n\nnew-key=x\n\n", 1 },
	{ "port=0\nhost=::1\n\n", 0 },
	{ "port=65536\nhost=::1\n\n", 0 },
	{ "port=-1\nhost=::1\n\n", 0 },
	{ "port=99999999999999999999\nhost=::1\n\n", 0 },
	{ "port=\nhost=::1\n\n", 0 },
	{ "port=12x\nhost=::1\n\n", 0 },
	{ "host=::1\n\n", 0 },
	{ "port=1\n\n", 0 },
	{ "port=1\nhost=::1\n", 0 },
	{ "port=1\nhost\n\n", 0 },
	{ "\n", 0 },
	{ "", 0 },
};

static void refuses_what_is_no_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct err e = { "" };
		struct endpoint ep;
		int rc = endpoint_parse(&ep, rows[i].in, strlen(rows[i].in),
			&e);

		if (rc != (rows[i].ok ? 0 : -1) ||
			(rc == -1) != (e.text[0] != '\0'))
			fail_msg("row %zu: %d '%s'", i, rc, e.text);
	}
}

static void has_maxima(void **state)
{
	struct buf in = { 0 };
	struct endpoint ep;
	struct err e;

	(void)state;
	buf_puts(&in, "port=1\nnode=");
	for (int i = 0; i < 300; i++)
		buf_puts(&in, "n");
	for (int i = 0; i < 30; i++)
		buf_printf(&in, "\nhost=%0*d", i + 50, i);
	buf_puts(&in, "\n\n");
	assert_int_equal(endpoint_parse(&ep, buf_data(&in), in.len, &e), 0);
	assert_int_equal(strlen(ep.node), sizeof ep.node - 1);
	assert_int_equal(ep.n, ENDPOINT_HOSTS);
	buf_fini(&in);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_writes),
		cmocka_unit_test(drops_what_does_not_fit),
		cmocka_unit_test(refuses_what_is_no_record),
		cmocka_unit_test(has_maxima),
	};

	return cmocka_run_group_tests_name("endpoint", tests, NULL, NULL);
}
