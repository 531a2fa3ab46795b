/* SPDX-License-Identifier: BSD-2-Clause */
/* A listener as it is typed, and the name of its socket. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "front/portword.h"

#define NAME64 "a23456789012345678901234567890123456789012345678901234567890abcd"
#define PATH107 "/23456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/123456789/1234567"

/* "HOST|PORT|PATH", or what is said of a word that is refused. */
static void means_a_listener(void **state)
{
	static const struct {
		const char *word, *want;
	} rows[] = {
		{ "8888", "|8888|" },
		{ "1", "|1|" },
		{ "65535", "|65535|" },
		{ "localhost:80", "|80|" },
		{ "127.0.0.1:80", "|80|" },
		{ "[::1]:80", "|80|" },
		{ "db1:5432", "db1|5432|" },
		{ "[2001:db8::1]:5432", "2001:db8::1|5432|" },
		{ "10.0.0.1:1", "10.0.0.1|1|" },
		{ "/tmp/x.sock", "|0|/tmp/x.sock" },
		{ "/tmp/a:1", "|0|/tmp/a:1" },
		{ PATH107, "|0|" PATH107 },
		{ PATH107 "8", "'" PATH107 "8' is longer than the 107 bytes a Unix socket's path may have" },
		{ "tmp/x", "'tmp/x' is not an absolute path" },
		{ "0", "'0' is no PORT, HOST:PORT or /path.sock: a port is a number from 1 to 65535" },
		{ "65536", "'65536' is no PORT, HOST:PORT or /path.sock: a port is a number from 1 to 65535" },
		{ "", "'' is no PORT, HOST:PORT or /path.sock: a port is a number from 1 to 65535" },
		{ "8x", "'8x' is no PORT, HOST:PORT or /path.sock: a port is a number from 1 to 65535" },
		{ "a:b", "'a:b' is no PORT, HOST:PORT or /path.sock: a port is a number from 1 to 65535" },
		{ "localhost.:80", "|80|" },
		{ "db1.:80", "db1.|80|" },
		{ ":80", "':80' names no host" },
		{ "a b:80", "'a b:80' names no host" },
		{ "a..b:80", "'a..b:80' names no host" },
		{ ".:80", "'.:80' names no host" },
		{ "10.0.0.256:80", "'10.0.0.256:80' names no host" },
		{ "u@db1:80", "'u@db1:80' names no host" },
		{ "http://db1:80", "'http://db1:80': an IPv6 address stands in brackets, as [::1]:8080" },
		{ "::1:80", "'::1:80': an IPv6 address stands in brackets, as [::1]:8080" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct portword w;
		struct err e;
		char got[sizeof e.text];

		if (portword_read(&w, rows[i].word, &e) == 0)
			snprintf(got, sizeof got, "%s|%u|%s", w.host,
				w.target.port, w.target.path);
		else
			snprintf(got, sizeof got, "%s", e.text);
		assert_string_equal(got, rows[i].want);
	}
}

static void is_told_from_a_session(void **state)
{
	static const char *const listeners[] = { "1", "8888", "a:1", "/x", "x/y" };
	static const char *const others[] = { "gpu", "8888a", "a8888", "", "a.1" };

	(void)state;
	for (size_t i = 0; i < sizeof listeners / sizeof *listeners; i++)
		assert_true(portword_is(listeners[i]));
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		assert_false(portword_is(others[i]));
}

static struct portword_name name_of(const char *session, const char *node,
	const char *word, const char *apart)
{
	struct portword w;
	struct err e;

	assert_int_equal(portword_read(&w, word, &e), 0);
	return portword_name(session, node, NULL, &w.target, apart);
}

static void sockets_have_names(void **state)
{
	static const struct {
		const char *session, *node, *word, *apart;
	} rows[] = {
		{ "default", NULL, "8888", "" },
		{ "default", NULL, "888", "" },
		{ "default", "c1", "8888", "" },
		{ "default", "c2", "8888", "" },
		{ "default", NULL, "8888", "/other" },
		{ "default", NULL, "/a", "" },
		{ "default", NULL, "/b", "" },
		{ "gpu", NULL, "8888", "" },
		{ "gpu.8", NULL, "888", "" },
		{ NAME64, NULL, "65535", "" },
		{ NAME64, "c1", "65535", "" },
		{ NAME64, NULL, "/a", "" },
		{ "b" NAME64, NULL, "65535", "" },
	};
	size_t n = sizeof rows / sizeof *rows;

	(void)state;
	assert_string_equal(name_of("default", NULL, "8888", "").s,
		"default.8888.sock");
	for (size_t i = 0; i < n; i++) {
		struct portword_name a = name_of(rows[i].session, rows[i].node,
			rows[i].word, rows[i].apart);
		size_t len = strlen(a.s);

		/* It stays so, is whole, and no other one's. */
		assert_string_equal(a.s, name_of(rows[i].session, rows[i].node,
			rows[i].word, rows[i].apart).s);
		assert_string_equal(a.s + len - 5, ".sock");
		assert_null(strchr(a.s, '/'));
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(a.s, name_of(rows[k].session,
				rows[k].node, rows[k].word, rows[k].apart).s);
	}
}

static void labels_stay(void **state)
{
	const struct target here = { .port = 1 }, there = { .path = "/a" };

	(void)state;
	assert_string_equal(portword_name("a", NULL, "lab", &here, "").s,
		"a.lab.sock");
	assert_string_equal(portword_name("a", NULL, "lab", &there, "").s,
		"a.lab.sock");
	assert_string_equal(portword_name("a", "c1", "lab", &here, "").s,
		portword_name("a", "c1", "lab", &there, "").s);
	assert_string_not_equal(portword_name("a", NULL, "b.c", &here, "").s,
		portword_name("a.b", NULL, "c", &here, "").s);
	assert_string_not_equal(portword_name("a", NULL, "x", &there, "").s,
		portword_name("a", NULL, NULL, &there, "").s);
	assert_string_equal(portword_name(NAME64, NULL, "123456789.123456789.1234",
		&here, "").s + 16, ".123456789.123456789.1234.sock");
}

static void proposes_a_port(void **state)
{
	(void)state;
	assert_int_equal(portword_own(8888), 8888);
	assert_int_equal(portword_own(80), 8080);
	assert_int_equal(portword_own(443), 8443);
	assert_int_equal(portword_own(0), 8888);
}

static void says_which(void **state)
{
	struct portword w;
	struct err e;

	(void)state;
	assert_int_equal(portword_read(&w, "80", &e), 0);
	assert_string_equal(portword_text(&w.target).s, "port 80");
	assert_int_equal(portword_read(&w, "/x.sock", &e), 0);
	assert_string_equal(portword_text(&w.target).s, "/x.sock");
	assert_string_equal(portword_host_text(&(struct reach){ .port = 80,
		.host = "db1" }).s, "db1:80");
	assert_string_equal(portword_host_text(&(struct reach){ .port = 80,
		.host = "fd00::1" }).s, "[fd00::1]:80");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(means_a_listener),
		cmocka_unit_test(is_told_from_a_session),
		cmocka_unit_test(sockets_have_names),
		cmocka_unit_test(labels_stay),
		cmocka_unit_test(proposes_a_port),
		cmocka_unit_test(says_which),
	};

	return cmocka_run_group_tests_name("portword", tests, NULL, NULL);
}
