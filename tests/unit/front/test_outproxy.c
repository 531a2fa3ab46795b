/* SPDX-License-Identifier: BSD-2-Clause */
/* What the login node's variables say of its proxy, and what that is told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "front/outbound/outproxy.h"

#define NONE ""

static void reads_the_environment(void **state)
{
	static char *const words[] = {
		(char *)"HTTPS_PROXY=big", (char *)"https_proxy=small",
		(char *)"http_proxy=", (char *)"HTTP_PROXY=http-big",
		(char *)"no_proxy_x=1", (char *)"ALL_PROXY=all", NULL };
	struct outproxy_env env;

	(void)state;
	outproxy_read_env(&env, words);
	assert_string_equal(env.https_proxy, "small");
	assert_string_equal(env.http_proxy, "http-big");
	assert_string_equal(env.all_proxy, "all");
	assert_null(env.no_proxy);
}

static void chooses(void **state)
{
	static const struct {
		struct outproxy_env env;
		const char *host;
		unsigned port;
		int is_http, want;
		const char *proxy;
		unsigned at;
		const char *auth;
	} rows[] = {
		{ { NULL, NULL, NULL, NULL }, "a.org", 443, 0, 0, NONE, 0, NULL },
		{ { "http://p:3128", NULL, NULL, NULL }, "a.org", 443, 0, 0, "p",
			3128, NULL },
		{ { "http://p:3128/", NULL, NULL, NULL }, "a.org", 443, 0, 0, "p",
			3128, NULL },
		{ { "HTTP://p", NULL, NULL, NULL }, "a.org", 443, 0, 0, "p", 80,
			NULL },
		{ { "p:3128", NULL, NULL, NULL }, "a.org", 443, 0, 0, "p", 3128,
			NULL },
		{ { "http://[fd00::1]:3128", NULL, NULL, NULL }, "a.org", 443, 0,
			0, "fd00::1", 3128, NULL },
		{ { "http://u:p%40ss%@p:1", NULL, NULL, NULL }, "a.org", 443, 0,
			0, "p", 1, "u:p@ss%" },
		{ { "http://p:", NULL, NULL, NULL }, "a.org", 443, 0, 0, "p", 80,
			NULL },
		/* Each for its own. */
		{ { "s:1", "h:2", NULL, NULL }, "a.org", 80, 1, 0, "h", 2, NULL },
		{ { "s:1", "h:2", NULL, NULL }, "a.org", 80, 0, 0, "s", 1, NULL },
		{ { "s:1", NULL, NULL, NULL }, "a.org", 80, 1, 0, NONE, 0, NULL },
		{ { NULL, NULL, "all:3", NULL }, "a.org", 80, 1, 0, "all", 3,
			NULL },
		{ { NULL, NULL, "all:3", NULL }, "a.org", 443, 0, 0, "all", 3,
			NULL },
		/* Kinds that are not spoken. */
		{ { "https://p:3128", NULL, NULL, NULL }, "a.org", 443, 0, -1, NONE,
			0, NULL },
		{ { NULL, NULL, "socks5h://p:1080", NULL }, "a.org", 443, 0, -1,
			NONE, 0, NULL },
		{ { "http://", NULL, NULL, NULL }, "a.org", 443, 0, -1, NONE, 0,
			NULL },
		{ { "http://p:0", NULL, NULL, NULL }, "a.org", 443, 0, -1, NONE, 0,
			NULL },
		{ { "http://p:123456789", NULL, NULL, NULL }, "a.org", 443, 0, -1,
			NONE, 0, NULL },
		{ { "http://[::1", NULL, NULL, NULL }, "a.org", 443, 0, -1, NONE,
			0, NULL },
		{ { "http://[::1]x", NULL, NULL, NULL }, "a.org", 443, 0, -1, NONE,
			0, NULL },
		/* no_proxy */
		{ { "p:1", NULL, NULL, "*" }, "a.org", 443, 0, 0, NONE, 0, NULL },
		{ { "p:1", NULL, NULL, "b.org, a.org" }, "a.org", 443, 0, 0, NONE,
			0, NULL },
		{ { "p:1", NULL, NULL, "a.org" }, "www.A.ORG", 443, 0, 0, NONE, 0,
			NULL },
		{ { "p:1", NULL, NULL, ".a.org" }, "www.a.org", 443, 0, 0, NONE, 0,
			NULL },
		{ { "p:1", NULL, NULL, "*.a.org" }, "www.a.org", 443, 0, 0, NONE,
			0, NULL },
		{ { "p:1", NULL, NULL, "a.org" }, "ba.org", 443, 0, 0, "p", 1,
			NULL },
		{ { "p:1", NULL, NULL, "a.org:443" }, "a.org", 443, 0, 0, NONE, 0,
			NULL },
		{ { "p:1", NULL, NULL, "a.org:80" }, "a.org", 443, 0, 0, "p", 1,
			NULL },
		{ { "p:1", NULL, NULL, "10.0.0.0/8" }, "10.1.2.3", 443, 0, 0, NONE,
			0, NULL },
		{ { "p:1", NULL, NULL, "10.1.2.3" }, "10.1.2.3", 443, 0, 0, NONE,
			0, NULL },
		{ { "p:1", NULL, NULL, "10.0.0.0/8" }, "11.1.2.3", 443, 0, 0, "p",
			1, NULL },
		{ { "p:1", NULL, NULL, ",, ,." }, "a.org", 443, 0, 0, "p", 1,
			NULL },
		/* What is exempt does not mind the kind. */
		{ { "socks5://p:1", NULL, NULL, "a.org" }, "a.org", 443, 0, 0, NONE,
			0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct outproxy p;
		struct err e = { "" };
		int got = outproxy_choose(&rows[i].env, rows[i].host,
			rows[i].port, rows[i].is_http, &p, &e);

		if (got != rows[i].want)
			fail_msg("row %zu: %d %s", i, got, e.text);
		if (got == 0 && (strcmp(p.host, rows[i].proxy) != 0 ||
			p.port != rows[i].at))
			fail_msg("row %zu: %s:%u", i, p.host, p.port);
		if ((p.auth == NULL) != (rows[i].auth == NULL) ||
			(p.auth != NULL && strcmp(p.auth, rows[i].auth) != 0))
			fail_msg("row %zu: %s", i, p.auth);
		outproxy_fini(&p);
	}
}

static void no_message_has_a_password(void **state)
{
	static const struct outproxy_env env = {
		"https://user:sesame@proxy:1", NULL, NULL, NULL };
	struct outproxy p;
	struct err e;

	(void)state;
	assert_int_equal(outproxy_choose(&env, "a", 443, 0, &p, &e), -1);
	assert_null(strstr(e.text, "sesame"));
	outproxy_fini(&p);
}

static void asks(void **state)
{
	struct buf b = { 0 };

	(void)state;
	outproxy_ask(&b, "a.org:443", NULL);
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b),
		"CONNECT a.org:443 HTTP/1.1\r\nHost: a.org:443\r\n\r\n");
	buf_consume(&b, b.len);
	outproxy_ask(&b, "[::1]:22", "user:open");
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b), "CONNECT [::1]:22 HTTP/1.1\r\nHost: [::1]:22\r\nProxy-Authorization: Basic dXNlcjpvcGVu\r\n\r\n");
	buf_fini(&b);
}

/* What has come so far never changes the answer, only when it is known. */
static void hears_the_answer(void **state)
{
	static const struct {
		const char *data;
		int want;
		size_t head;
		const char *why;
	} rows[] = {
		{ "HTTP/1.1 200 Connection established\r\n\r\n", 1, 39, "" },
		{ "HTTP/1.0 200 OK\r\nVia: x\r\n\r\nSSH-2.0", 1, 27, "" },
		{ "HTTP/1.1 204\r\n\r\n", 1, 16, "" },
		{ "HTTP/1.1 403 Forbidden\r\n\r\n<html>", -1, 0,
			"the proxy says 403 Forbidden" },
		{ "HTTP/1.1 407 Proxy Authentication Required\r\nA: b\r\n\r\n",
			-1, 0, "407" },
		{ "SSH-2.0-x\r\n", -1, 0, "does not speak HTTP" },
		{ "HTTP/1.1 \r\n\r\n", -1, 0, "does not speak HTTP" },
		{ "HTTP/2 200 OK\r\n\r\n", -1, 0, "does not speak HTTP" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		size_t all = strlen(rows[i].data), head = 0;
		struct err e = { "" };
		int got = 0;

		for (size_t n = 0; n <= all && got == 0; n++)
			got = outproxy_answer(rows[i].data, n, &head, &e);
		if (got != rows[i].want || head != rows[i].head ||
			strstr(e.text, rows[i].why) == NULL)
			fail_msg("row %zu: %d %zu %s", i, got, head, e.text);
	}
}

static void an_answer_has_an_end(void **state)
{
	static char long_one[OUTPROXY_ANSWER_MAX];
	struct err e;
	size_t head;

	(void)state;
	memset(long_one, 'x', sizeof long_one);
	memcpy(long_one, "HTTP/1.1 200 OK\r\nA: ", 20);
	assert_int_equal(outproxy_answer(long_one, sizeof long_one - 1, &head,
		&e), 0);
	assert_int_equal(outproxy_answer(long_one, sizeof long_one, &head, &e),
		-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_the_environment),
		cmocka_unit_test(chooses),
		cmocka_unit_test(no_message_has_a_password),
		cmocka_unit_test(asks),
		cmocka_unit_test(hears_the_answer),
		cmocka_unit_test(an_answer_has_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
