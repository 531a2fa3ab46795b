/* SPDX-License-Identifier: BSD-2-Clause */
/* Of several addresses the first that answers, however the others fail. */
#include "fake.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>

#include "net/dialer.h"
#include "net/sock.h"

static struct outcome {
	int calls, fd, error;
} outcome;

static void dialed(int fd, int error, void *arg)
{
	(void)arg;
	outcome.calls++;
	outcome.fd = fd;
	outcome.error = error;
}

static struct sockaddr_storage loopback(int family)
{
	struct sockaddr_storage addr;
	struct err e;
	socklen_t len;

	if (sock_parse_addr(family == AF_INET ? "127.0.0.1" : "::1", 0, &addr,
		&len, &e) == -1)
		fail_msg("%s", e.text);
	return addr;
}

/* A listener there, and its address with the port. */
static int listen_at(struct sockaddr_storage *addr, int backlog)
{
	int fd;

	*addr = loopback(AF_INET);
	fd = sock_listen((struct sockaddr *)addr, sizeof(struct sockaddr_in),
		backlog, 0);
	assert_true(fd != -1);
	sock_set_port(addr, sock_port(fd));
	return fd;
}

/* One that nobody listens at. */
static struct sockaddr_storage closed_port(void)
{
	struct sockaddr_storage addr;

	close(listen_at(&addr, 1));
	return addr;
}

/* A listener that lets nobody in any more: who dials it waits. */
static int listen_full(struct sockaddr_storage *addr, int filler[8])
{
	int fd = listen_at(addr, 0);

	for (int i = 0; i < 8; i++) {
		filler[i] = sock_dial((struct sockaddr *)addr,
			sizeof(struct sockaddr_in));
		assert_true(filler[i] != -1);
	}
	return fd;
}

static struct dialer *dial_all(const struct sockaddr_storage *addrs, size_t n)
{
	outcome = (struct outcome){ .fd = -1 };
	return dialer_new(front.inv.base, addrs, n, dialed, NULL);
}

static void dials_one(void **state)
{
	struct sockaddr_storage addr;
	int fd = listen_at(&addr, 8);

	(void)state;
	dial_all(&addr, 1);
	assert_int_equal(outcome.calls, 0);
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_equal(sock_error(outcome.fd), 0);
	close(outcome.fd);
	close(fd);
}

static void tells_the_first_error(void **state)
{
	struct sockaddr_storage addrs[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		addrs[i] = closed_port();
	/* Nobody can be dialed there, which connect(2) says itself. */
	((struct sockaddr_in *)&addrs[2])->sin_addr.s_addr = 0xffffffff;
	dial_all(addrs, 3);
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_equal(outcome.fd, -1);
	assert_int_equal(outcome.error, ECONNREFUSED);
	dial_all(&addrs[2], 1);
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_equal(outcome.fd, -1);
	assert_int_not_equal(outcome.error, 0);
}

static void goes_on_when_one_fails(void **state)
{
	struct sockaddr_storage addrs[2] = { closed_port() };
	int fd = listen_at(&addrs[1], 8);

	(void)state;
	dial_all(addrs, 2);
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_not_equal(outcome.fd, -1);
	close(outcome.fd);
	close(fd);
}

static void goes_on_when_one_is_silent(void **state)
{
	struct sockaddr_storage addrs[2];
	int filler[8], full = listen_full(&addrs[0], filler);
	int fd = listen_at(&addrs[1], 8);

	(void)state;
	dial_all(addrs, 2);
	fakeclock_pass(front.inv.base, 249);
	assert_int_equal(outcome.calls, 0);
	fakeclock_pass(front.inv.base, 1);
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_not_equal(outcome.fd, -1);
	close(outcome.fd);
	for (int i = 0; i < 8; i++)
		close(filler[i]);
	close(full);
	close(fd);
}

static void families_take_turns(void **state)
{
	struct sockaddr_storage addrs[DIALER_MAX + 2];
	int fd;

	(void)state;
	for (int i = 0; i <= DIALER_MAX; i++) {
		addrs[i] = loopback(AF_INET6);
		sock_set_port(&addrs[i], 1);
	}
	/* In their order it would be beyond those that are tried. */
	fd = listen_at(&addrs[DIALER_MAX + 1], 8);
	dial_all(addrs, DIALER_MAX + 2);
	FAKECLOCK_WAIT(front.inv.base, outcome.calls == 1);
	assert_int_not_equal(outcome.fd, -1);
	close(outcome.fd);
	close(fd);
}

static void is_given_up(void **state)
{
	struct sockaddr_storage addr;
	int fd = listen_at(&addr, 8);
	struct dialer *d = dial_all(&addr, 1);

	(void)state;
	dialer_free(d);
	d = dial_all(&addr, 1);
	fakeclock_turn(front.inv.base);
	if (outcome.calls == 0)
		dialer_free(d);
	else
		close(outcome.fd);
	fakeclock_pass(front.inv.base, 10000);
	assert_true(outcome.calls <= 1);
	dialer_free(NULL);
	close(fd);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_front_begin, \
	fake_front_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dials_one),
		TEST(tells_the_first_error),
		TEST(goes_on_when_one_fails),
		TEST(goes_on_when_one_is_silent),
		TEST(families_take_turns),
		TEST(is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
