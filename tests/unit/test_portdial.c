/* SPDX-License-Identifier: BSD-2-Clause */
/* A connection to a listener of the user's own: net/portdial.c. */
#include "net.h"

#include "net/portdial.h"

static struct peeruid peeruid;
static struct portowner to = { .peeruid = &peeruid, .node = "node1" };

static struct {
	int calls, fd;
	struct err why;
} got;

static void done(int fd, const struct err *why, void *arg)
{
	assert_ptr_equal(arg, &got);
	got.calls++;
	got.fd = fd;
	if (fd == -1)
		got.why = *why;
}

/* A listener, and a dial of its port that is not done yet. */
static int dialed(void)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 0);
	struct err e;

	memset(&got, 0, sizeof got);
	to.port = ntohs(addr.sin_port);
	assert_non_null(portdial_new(evbase, &to, done, &got, &e));
	assert_int_equal(got.calls, 0);
	return l;
}

static void dials_what_listens(void **state)
{
	int l = dialed();
	char c;

	(void)state;
	WAIT_FOR(got.calls == 1);
	assert_int_not_equal(got.fd, -1);
	close(accept(l, NULL, NULL));
	close(l);
	set_nonblock(got.fd);
	WAIT_FOR(read(got.fd, &c, 1) == 0);
	close(got.fd);
}

/* Its listener is gone, when it is asked who has got the connection. */
static void dials_what_serves_once(void **state)
{
	int l = dialed(), s = accept(l, NULL, NULL);

	(void)state;
	assert_int_not_equal(s, -1);
	close(l);
	WAIT_FOR(got.calls == 1);
	assert_string_equal(got.why.text, "");
	assert_int_not_equal(got.fd, -1);
	close(got.fd);
	close(s);
}

static void says_that_it_is_gone(void **state)
{
	(void)state;
	close(dialed());
	WAIT_FOR(got.calls == 1);
	assert_int_equal(got.fd, -1);
	assert_true(got.why.text[0] != '\0');
}

static void says_that_nobody_listens(void **state)
{
	struct err e;

	(void)state;
	close(dialed());
	WAIT_FOR(got.calls == 1);
	assert_null(portdial_new(evbase, &to, done, &got, &e));
	assert_non_null(strstr(e.text, "nothing listens on 127.0.0.1 port "));
}

static int begin(void **state)
{
	struct err e;

	(void)state;
	loop_init();
	return peeruid_open(&peeruid, &e);
}

static int finish(void **state)
{
	(void)state;
	peeruid_close(&peeruid);
	loop_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dials_what_listens),
		cmocka_unit_test(dials_what_serves_once),
		cmocka_unit_test(says_that_it_is_gone),
		cmocka_unit_test(says_that_nobody_listens),
	};

	return cmocka_run_group_tests_name("portdial", tests, begin, finish);
}
