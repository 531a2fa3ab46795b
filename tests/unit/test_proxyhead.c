/* SPDX-License-Identifier: BSD-2-Clause */
/* Heads of requests to a proxy: by byte and whole they mean the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "proto/proxyhead.h"
#include "base/mem.h"

#define CLOSE "Connection: close\r\n"

static const struct {
	const char *in;
	int want;	/* as proxyhead_read() */
	const char *target;
	const char *request;	/* NULL: it is CONNECT */
	const char *rest;	/* what is behind the head */
} good[] = {
	{ "CONNECT a.org:443 HTTP/1.1\r\nHost: a.org:443\r\n\r\n", 1,
		"a.org:443", NULL, "" },
	{ "CONNECT a.org:443 HTTP/1.0\r\n\r\n\x16\x03\x01", 1, "a.org:443", NULL,
		"\x16\x03\x01" },
	{ "connect a.org:22 HTTP/1.1\r\n\r\n", 1, "a.org:22", NULL, "" },
	{ "CONNECT a.org.:22 HTTP/1.1\r\n\r\n", 1, "a.org:22", NULL, "" },
	{ "CONNECT [2606:4700::1]:443 HTTP/1.1\r\n\r\n", 1, "[2606:4700::1]:443",
		NULL, "" },
	{ "CONNECT 2130706433:80 HTTP/1.1\r\nProxy-Authorization: Basic eA==\r\n\r\n",
		1, "2130706433:80", NULL, "" },
	{ "GET http://a.org/x?y=z HTTP/1.1\r\nHost: other\r\nProxy-Connection: Keep-Alive\r\nAccept: */*\r\n\r\n",
		1, "a.org:80", "GET /x?y=z HTTP/1.1\r\nHost: a.org\r\n" CLOSE
		"Accept: */*\r\n\r\n", "" },
	{ "GET http://a.org HTTP/1.1\r\n\r\n", 1, "a.org:80",
		"GET / HTTP/1.1\r\nHost: a.org\r\n" CLOSE "\r\n", "" },
	{ "GET HTTP://a.org:8080?q HTTP/1.0\r\n\r\n", 1, "a.org:8080",
		"GET /?q HTTP/1.0\r\nHost: a.org:8080\r\n" CLOSE "\r\n", "" },
	{ "OPTIONS http://a.org HTTP/1.1\r\n\r\n", 1, "a.org:80",
		"OPTIONS * HTTP/1.1\r\nHost: a.org\r\n" CLOSE "\r\n", "" },
	{ "POST http://[::1]:8/p HTTP/1.1\r\nContent-Length: 2\r\nCONNECTION: x\r\nProxy-Authorization: secret\r\nKeep-Alive: 5\r\n\r\nhi",
		1, "[::1]:8", "POST /p HTTP/1.1\r\nHost: [::1]:8\r\n" CLOSE
		"Content-Length: 2\r\n\r\n", "hi" },
	{ "GET http://a.org:/ HTTP/1.1\r\nX:\r\n\r\n", 1, "a.org:80",
		"GET / HTTP/1.1\r\nHost: a.org:\r\n" CLOSE "X:\r\n\r\n", "" },
};

static const struct {
	const char *in;
	int status;
	const char *why;
} bad[] = {
	{ "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 400, "this is a proxy" },
	{ "OPTIONS * HTTP/1.1\r\n\r\n", 400, "this is a proxy" },
	{ "GET a.org HTTP/1.1\r\n\r\n", 400, "this is a proxy" },
	{ "GET ftp://a.org/ HTTP/1.1\r\n\r\n", 400, "this is a proxy" },
	{ "GET https://a.org/ HTTP/1.1\r\n\r\n", 400, "by CONNECT" },
	{ "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "HTTP/1.1" },
	{ "GET http://a.org/\r\n\r\n", 400, "no request" },
	{ "GET  http://a.org/ HTTP/1.1\r\n\r\n", 400, "no request" },
	{ "GET http://a.org/ x HTTP/1.1\r\n\r\n", 400, "HTTP/1.1" },
	{ "GET http://a.org/ HTTP/1.1 \r\n\r\n", 400, "HTTP/1.1" },
	{ "GET http://a.org/ HTTP/1.2\r\n\r\n", 400, "HTTP/1.1" },
	{ "G(T http://a.org/ HTTP/1.1\r\n\r\n", 400, "no request" },
	{ "\r\nGET http://a.org/ HTTP/1.1\r\n\r\n", 400, "no request" },
	{ "\x16\x03\x01\x02", 400, "no request" },
	{ "\x05\x01\x00", 400, "no request" },
	{ "CONNECT a.org HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a.org: HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a.org:0 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a.org:65536 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a.org:443/ HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a.org:+443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT :443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT ::1:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT [::1] HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT [::1]443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT [a.org]:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT [fe80::1%1]:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT u@a.org:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT http://a.org:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a%2e:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT .:443 HTTP/1.1\r\n\r\n", 400, "HOST:PORT" },
	{ "CONNECT a\xc3\xa4:443 HTTP/1.1\r\n\r\n", 400, "no request" },
	{ "GET http:///x HTTP/1.1\r\n\r\n", 400, "no host" },
	{ "GET http://u:p@a.org/ HTTP/1.1\r\n\r\n", 400, "no host" },
	{ "GET http://a.org:x/ HTTP/1.1\r\n\r\n", 400, "no host" },
	{ "GET http://a.org/#f HTTP/1.1\r\n\r\n", 400, "fragment" },
	{ "GET http://a.org/ HTTP/1.1\r\nbare\r\n\r\n", 400, "no field" },
	{ "GET http://a.org/ HTTP/1.1\r\nA : b\r\n\r\n", 400, "no field" },
	{ "GET http://a.org/ HTTP/1.1\r\nA: b\r\n c\r\n\r\n", 400, "no field" },
	{ "GET http://a.org/ HTTP/1.1\r\n: b\r\n\r\n", 400, "no field" },
	{ "GET http://a.org/ HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400, "CR LF" },
	{ "GET http://a.org/ HTTP/1.1\r\nA: b\rC: d\r\n\r\n", 400, "CR LF" },
	{ "CONNECT a.org:1 HTTP/1.1\r\nA: b\nC: d\r\n\r\n", 400, "CR LF" },
	{ "GET http://a.org/\nX: y HTTP/1.1\r\n\r\n", 400, "no request" },
};

/* The first answer that is not "more is to come", step bytes more each time. */
static int read_in_steps(struct proxyhead *h, const char *in, size_t step,
	struct err *e)
{
	size_t len = strlen(in);
	int got;

	for (size_t n = step < len ? step : len;; n += step) {
		if (n > len)
			n = len;
		got = proxyhead_read(h, in, n, e);
		if (got != 0 || n == len)
			return got;
		assert_int_equal(h->request.len, 0);
		proxyhead_fini(h);
	}
}

static void reads_what_it_takes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		for (size_t step = 1; step < 200; step += 13) {
			struct proxyhead h;
			struct err e = { "" };
			int got = read_in_steps(&h, good[i].in, step, &e);

			if (got != good[i].want ||
				strcmp(h.target, good[i].target) != 0 ||
				h.is_connect != (good[i].request == NULL))
				fail_msg("row %zu: %d %s %s", i, got, h.target,
					e.text);
			assert_string_equal(good[i].in + h.len, good[i].rest);
			buf_append(&h.request, "", 1);
			assert_string_equal(buf_data(&h.request),
				good[i].request != NULL ? good[i].request : "");
			proxyhead_fini(&h);
		}
	}
}

static void refuses_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		for (size_t step = 1; step < 200; step += 13) {
			struct proxyhead h;
			struct err e = { "" };
			int got = read_in_steps(&h, bad[i].in, step, &e);

			if (got != -1 || h.status != bad[i].status ||
				strstr(e.text, bad[i].why) == NULL)
				fail_msg("row %zu: %d %d %s", i, got, h.status,
					e.text);
			proxyhead_fini(&h);
		}
	}
}

static void a_nul_ends_no_field(void **state)
{
	static const char in[] = "CONNECT a.org:1 HTTP/1.1\r\nA: b\0c\r\n\r\n";
	struct proxyhead h;
	struct err e;

	(void)state;
	assert_int_equal(proxyhead_read(&h, in, sizeof in - 1, &e), -1);
	proxyhead_fini(&h);
}

static void a_head_has_an_end(void **state)
{
	char *in = mem_alloc(PROXYHEAD_MAX + 8);
	int start = sprintf(in, "GET http://a.org/ HTTP/1.1\r\nA: ");
	struct proxyhead h;
	struct err e;

	(void)state;
	memset(in + start, 'x', PROXYHEAD_MAX - start);
	assert_int_equal(proxyhead_read(&h, in, PROXYHEAD_MAX - 1, &e), 0);
	proxyhead_fini(&h);
	assert_int_equal(proxyhead_read(&h, in, PROXYHEAD_MAX, &e), -1);
	assert_int_equal(h.status, 431);
	proxyhead_fini(&h);
	memcpy(in + PROXYHEAD_MAX - 2, "\r\n\r\n", 4);
	assert_int_equal(proxyhead_read(&h, in, PROXYHEAD_MAX + 2, &e), -1);
	assert_int_equal(h.status, 431);
	proxyhead_fini(&h);
	memcpy(in + PROXYHEAD_MAX - 4, "\r\n\r\n", 4);
	assert_int_equal(proxyhead_read(&h, in, PROXYHEAD_MAX, &e), 1);
	proxyhead_fini(&h);
	free(in);
}

static void a_name_has_an_end(void **state)
{
	char in[400];
	struct proxyhead h;
	struct err e;

	(void)state;
	snprintf(in, sizeof in, "CONNECT %0253d.x:65535 HTTP/1.1\r\n\r\n", 0);
	assert_int_equal(proxyhead_read(&h, in, strlen(in), &e), -1);
	proxyhead_fini(&h);
	snprintf(in, sizeof in, "CONNECT %0252dx:65535 HTTP/1.1\r\n\r\n", 0);
	assert_int_equal(proxyhead_read(&h, in, strlen(in), &e), 1);
	assert_int_equal(strlen(h.target), 253 + 6);
	proxyhead_fini(&h);
}

static void answers(void **state)
{
	static const int statuses[] = { 400, 403, 408, 431, 502, 503, 504 };
	struct buf b = { 0 };

	(void)state;
	proxyhead_refuse(&b, 503, "no front\r\nX: y");
	buf_append(&b, "", 1);
	assert_string_equal(buf_data(&b), "HTTP/1.1 503 Service Unavailable: no front??X: y\r\nContent-Type: text/plain\r\nContent-Length: 36\r\nConnection: close\r\n\r\nvscode-remote-shell: no front??X: y\n");
	assert_int_equal(strlen(strstr(buf_data(&b), "\r\n\r\n") + 4), 36);
	for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
		buf_consume(&b, b.len);
		proxyhead_refuse(&b, statuses[i], "x");
		buf_append(&b, "", 1);
		assert_null(strstr(buf_data(&b), "Failed"));
	}
	buf_consume(&b, b.len);
	proxyhead_accept(&b);
	assert_memory_equal(buf_data(&b), "HTTP/1.1 200 ", 13);
	buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_what_it_takes),
		cmocka_unit_test(refuses_the_rest),
		cmocka_unit_test(a_nul_ends_no_field),
		cmocka_unit_test(a_head_has_an_end),
		cmocka_unit_test(a_name_has_an_end),
		cmocka_unit_test(answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
