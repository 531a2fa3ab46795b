/* SPDX-License-Identifier: BSD-2-Clause */
/* What the job says to a proxy of ours, whole and by bytes: front/outbound/outhead.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "front/outbound/outhead.h"
#include "proto/proxyhead.h"

#define TARGET "out.example:80"

static char heard[2048];
static int pair[2];

static void hear(const char *data, size_t len, void *arg)
{
	(void)arg;
	strncat(heard, data, len);
}

static const struct filter_target target = { .data = hear };

static struct relay_filters *begin(const char *auth)
{
	struct relay_filters *f;

	heard[0] = '\0';
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
		SOCK_NONBLOCK, 0, pair), 0);
	f = outhead_new(pair[0], TARGET, auth);
	filters_set_target(&f->filters, &target, NULL);
	return f;
}

/* Whether the connection to the proxy was ended. */
static int is_ended(void)
{
	char c;

	return recv(pair[1], &c, 1, 0) == 0;
}

static void end(struct relay_filters *f)
{
	f->free(f->arg);
	close(pair[0]);
	close(pair[1]);
}

static const struct {
	const char *in, *auth;
	const char *out;	/* NULL: it is refused */
} rows[] = {
	{ "GET http://out.example/a HTTP/1.1\r\nHost: 10.0.0.1\r\nCookie: x\r\n"
		"Proxy-Authorization: Basic other\r\n\r\nbody", NULL,
		"GET http://out.example:80/a HTTP/1.1\r\nHost: out.example\r\n"
		"Connection: close\r\nCookie: x\r\n\r\nbody" },
	{ "POST http://out.example:80 HTTP/1.0\r\n\r\n", "user:sesame",
		"POST http://out.example:80/ HTTP/1.0\r\n"
		"Proxy-Authorization: Basic dXNlcjpzZXNhbWU=\r\n"
		"Host: out.example:80\r\nConnection: close\r\n\r\n" },
	/* It was not judged. */
	{ "GET http://10.0.0.1/ HTTP/1.1\r\n\r\n", NULL, NULL },
	{ "GET http://out.example:81/ HTTP/1.1\r\n\r\n", NULL, NULL },
	{ "GET http://out.example.evil/ HTTP/1.1\r\n\r\n", NULL, NULL },
	{ "CONNECT out.example:80 HTTP/1.1\r\n\r\n", NULL, NULL },
	{ "GET /a HTTP/1.1\r\nHost: out.example\r\n\r\n", NULL, NULL },
	{ "GET http://out.example/ HTTP/1.1\nHost: 10.0.0.1\r\n\r\n", NULL, NULL },
	{ "\x16\x03\x01\r\n\r\n", NULL, NULL },
};

static void check_row(size_t i, size_t at_once)
{
	struct relay_filters *f = begin(rows[i].auth);
	const char *in = rows[i].in;
	size_t len = strlen(in), n;

	for (; len > 0; in += n, len -= n) {
		n = len < at_once ? len : at_once;
		filters_put(&f->filters, in, n);
	}
	assert_string_equal(heard, rows[i].out != NULL ? rows[i].out : "");
	assert_int_equal(is_ended(), rows[i].out == NULL);
	/* What comes behind is of no concern to whom was refused. */
	filters_put(&f->filters, "!", 1);
	assert_int_equal(strlen(heard), rows[i].out != NULL ?
		strlen(rows[i].out) + 1 : 0);
	end(f);
}

static void says_it_anew(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		for (size_t at_once = 1; at_once < 300; at_once += 37)
			check_row(i, at_once);
}

static void takes_no_endless_head(void **state)
{
	struct relay_filters *f = begin(NULL);
	char line[64];

	(void)state;
	filters_put(&f->filters, "GET http://out.example/ HTTP/1.1\r\n", 34);
	memset(line, 'x', sizeof line);
	memcpy(line, "A:", 2);
	memcpy(line + sizeof line - 2, "\r\n", 2);
	for (size_t n = 0; n < PROXYHEAD_MAX; n += sizeof line) {
		assert_false(is_ended());
		filters_put(&f->filters, line, sizeof line);
	}
	assert_true(is_ended());
	assert_string_equal(heard, "");
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_it_anew),
		cmocka_unit_test(takes_no_endless_head),
	};

	return cmocka_run_group_tests_name("outhead", tests, NULL, NULL);
}
