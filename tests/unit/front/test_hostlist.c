/* SPDX-License-Identifier: BSD-2-Clause */
/* What of a site's list an agent is told about a host, and whether it is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "front/hostlist.h"

static int allow(struct reach *r, const char *host, unsigned port,
	const struct opt_list *l, struct err *e)
{
	*r = (struct reach){ .port = (uint16_t)port };
	snprintf(r->host, sizeof r->host, "%s", host);
	return hostlist_allow(r, l, e);
}

static void tells_what_may_have_it(void **state)
{
	static char *const words[] = { (char *)"db1:5432", (char *)"10.0.0.0/8",
		(char *)"[fd00::/8]:443", (char *)"ray.example", (char *)"127.0.0.2" };
	const struct opt_list list = { 5, (char **)words };
	static const struct {
		const char *host;
		unsigned port;
		const char *want;	/* NULL: refused */
	} rows[] = {
		{ "db1", 5432, "db1:5432,10.0.0.0/8,127.0.0.2" },
		{ "DB1.", 5432, "db1:5432,10.0.0.0/8,127.0.0.2" },
		/* By any name it may be in a network. */
		{ "db1", 80, "10.0.0.0/8,127.0.0.2" },
		{ "other", 443, "10.0.0.0/8,[fd00::/8]:443,127.0.0.2" },
		{ "ray.example", 8265, "10.0.0.0/8,ray.example,127.0.0.2" },
		{ "10.1.2.3", 1, "10.0.0.0/8" },
		{ "167838211", 1, "10.0.0.0/8" },	/* 10.1.2.3 */
		{ "11.1.2.3", 1, NULL },
		{ "fd12::1", 443, "[fd00::/8]:443" },
		{ "fd12::1", 80, NULL },
		{ "127.0.0.2", 80, "127.0.0.2" },
		{ "127.1", 80, NULL },
		{ "x.localhost", 80, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct reach r;
		struct err e = { "" };
		int got = allow(&r, rows[i].host, rows[i].port, &list, &e);

		if (rows[i].want == NULL ? got != -1 :
			got != 0 || strcmp(r.allow, rows[i].want) != 0)
			fail_msg("%s:%u: %d, %s, %s", rows[i].host,
				rows[i].port, got, r.allow, e.text);
	}
}

static void without_a_list_there_is_nobody(void **state)
{
	const struct opt_list none = { 0 };
	struct reach r;
	struct err e;

	(void)state;
	assert_int_equal(allow(&r, "db1", 5432, &none, &e), -1);
	assert_string_equal(e.text, "'db1' port 5432 is on another host than the job's node, and no forward-hosts of the site's settings names it");
}

/* What does not fit a frame is not cut: the rest might be what refuses nothing. */
static void a_list_that_is_too_long_is_refused(void **state)
{
	char *words[300];
	const struct opt_list list = { 300, words };
	struct reach r;
	struct err e;

	(void)state;
	for (size_t i = 0; i < 300; i++)
		words[i] = (char *)"255.255.255.255/1";
	assert_int_equal(allow(&r, "db1", 5432, &list, &e), -1);
	assert_string_equal(e.text, "forward-hosts of the site's settings has too many words for 'db1'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_what_may_have_it),
		cmocka_unit_test(without_a_list_there_is_nobody),
		cmocka_unit_test(a_list_that_is_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("hostlist", tests, NULL, NULL);
}
