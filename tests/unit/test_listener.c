/* SPDX-License-Identifier: BSD-2-Clause */
#include "net.h"

#include <sys/stat.h>
#include <sys/un.h>

#include "net/sock.h"

/* Let the kernel's first choice of a port be one of ours. */
static uint16_t first_choice;

/* Numbers that another user has on ::1. */
static unsigned taken_from = 1, taken_to;

static int sock_listen_hooked(const struct sockaddr *addr, socklen_t len,
	int backlog, int reuse)
{
	struct sockaddr_storage ss = { 0 };
	unsigned port = ntohs(((const struct sockaddr_in6 *)addr)->sin6_port);

	memcpy(&ss, addr, len);
	if (ss.ss_family == AF_INET6 && port >= taken_from && port <= taken_to) {
		errno = EADDRINUSE;
		return -1;
	}
	if (first_choice != 0) {
		sock_set_port(&ss, first_choice);
		first_choice = 0;
	}
	return sock_listen((struct sockaddr *)&ss, len, backlog, reuse);
}

#define sock_listen sock_listen_hooked
#include "net/listener.c"
#undef sock_listen

#define STRANGER 65534

static int n_accepted, last_fd = -1;

static void accepted_cb(int fd, void *arg)
{
	assert_ptr_equal(arg, &n_accepted);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	n_accepted++;
	if (last_fd != -1)
		close(last_fd);
	last_fd = fd;
}

static struct listener *open_at(const char *host, uint16_t port,
	const struct listener_guard *guard, struct err *e)
{
	return listener_open(evbase, host, port, 16, guard, accepted_cb,
		&n_accepted, e);
}

static int connect_to(int family, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len;
	struct err e;
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(sock_parse_addr(family == AF_INET ? "127.0.0.1" :
		"::1", port, &ss, &len, &e), 0);
	if (connect(fd, (struct sockaddr *)&ss, len) == -1) {
		close(fd);
		return -1;
	}
	return fd;
}

static int has_ipv6(void)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = sock_listen((struct sockaddr *)&v6, sizeof v6, 1, 0);

	if (fd == -1) {
		print_message("# skipped: no IPv6 on this host\n");
		return 0;
	}
	close(fd);
	return 1;
}

static int reuses_port(int fd)
{
	int on = 1;
	socklen_t len = sizeof on;

	assert_int_equal(getsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, &len),
		0);
	return on;
}

static int setup(void **state)
{
	(void)state;
	n_accepted = 0;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (last_fd != -1)
		close(last_fd);
	last_fd = -1;
	first_choice = 0;
	return 0;
}

static void takes_both_loopbacks(void **state)
{
	struct listener *l;
	struct err e;
	int fd;

	(void)state;
	if (!has_ipv6())
		return;
	l = open_at("localhost", 0, NULL, &e);
	assert_non_null(l);
	fd = connect_to(AF_INET, listener_port(l));
	assert_int_not_equal(fd, -1);
	WAIT_FOR(n_accepted == 1);
	close(fd);
	fd = connect_to(AF_INET6, listener_port(l));
	assert_int_not_equal(fd, -1);
	WAIT_FOR(n_accepted == 2);
	close(fd);
	assert_false(reuses_port(l->fd[0]) || reuses_port(l->fd[1]));
	listener_close(l);
	listener_close(NULL);
}

/* A port whose ::1 somebody else has is not taken by half. */
static void wants_both_or_none(void **state)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct listener *l;
	uint16_t taken;
	struct err e;
	int other;

	(void)state;
	if (!has_ipv6())
		return;
	other = sock_listen((struct sockaddr *)&v6, sizeof v6, 1, 0);
	taken = sock_port(other);
	first_choice = taken;
	l = open_at("127.0.0.1", 0, NULL, &e);
	assert_non_null(l);
	assert_int_equal(first_choice, 0);
	assert_int_not_equal(listener_port(l), taken);
	listener_close(l);
	l = open_at("127.0.0.1", taken, NULL, &e);
	assert_null(l);
	assert_non_null(strstr(e.text, strerror(EADDRINUSE)));
	/* And it was given back. */
	assert_int_equal(connect_to(AF_INET, taken), -1);
	close(other);
}

/* Another user has the kernel's whole range on ::1, or all of it. */
static void chooses_a_port_of_its_own(void **state)
{
	struct listener *l;
	struct err e;
	FILE *f = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r");

	(void)state;
	if (f == NULL || fscanf(f, "%u %u", &taken_from, &taken_to) != 2) {
		print_message("# skipped: the kernel's range is not known\n");
		return;
	}
	fclose(f);
	l = open_at("127.0.0.1", 0, NULL, &e);
	if (l == NULL)
		fail_msg("%s", e.text);
	assert_true(listener_port(l) >= 1024 && (listener_port(l) < taken_from ||
		listener_port(l) > taken_to));
	assert_int_equal(sock_port(l->fd[0]), sock_port(l->fd[1]));
	listener_close(l);
	taken_from = 1;
	taken_to = 65535;
	assert_null(open_at("127.0.0.1", 0, NULL, &e));
	/* Of one that is tried another program may have the other address. */
	assert_non_null(strstr(e.text, "cannot listen on "));
	taken_to = 0;
}

static void says_when_a_port_is_busy(void **state)
{
	struct listener *l, *second;
	struct err e = { "" };
	char number[8];

	(void)state;
	l = open_at("127.0.0.1", 0, NULL, &e);
	assert_non_null(l);
	second = open_at("127.0.0.1", listener_port(l), NULL, &e);
	assert_null(second);
	snprintf(number, sizeof number, "%u", listener_port(l));
	assert_non_null(strstr(e.text, number));
	assert_non_null(strstr(e.text, strerror(EADDRINUSE)));
	assert_null(open_at("example.org", 0, NULL, &e));
	listener_close(l);
}

/* A port of the user's own choice can be had again at once. */
static void takes_its_port_again(void **state)
{
	struct listener *l;
	struct err e;
	uint16_t port;
	int fd;
	char c;

	(void)state;
	l = open_at("127.0.0.1", 0, NULL, &e);
	port = listener_port(l);
	listener_close(l);
	l = open_at("127.0.0.1", port, NULL, &e);
	assert_non_null(l);
	fd = connect_to(AF_INET, port);
	WAIT_FOR(n_accepted == 1);
	/* We close first, so that our end is in TIME_WAIT. */
	close(last_fd);
	last_fd = -1;
	assert_int_equal(read(fd, &c, 1), 0);
	close(fd);
	listener_close(l);
	l = open_at("127.0.0.1", port, NULL, &e);
	if (l == NULL)
		fail_msg("%s", e.text);
	assert_int_equal(listener_port(l), port);
	listener_close(l);
}

static void chooses_from_a_range(void **state)
{
	struct listener *a, *b;
	struct err e;
	uint16_t port;
	int fd;

	(void)state;
	a = listener_open_range(evbase, NULL, 0, 0, 16, accepted_cb,
		&n_accepted, &e);
	assert_non_null(a);
	port = listener_port(a);
	fd = connect_to(AF_INET, port);
	assert_int_not_equal(fd, -1);
	WAIT_FOR(n_accepted == 1);
	close(fd);
	assert_false(reuses_port(a->fd[0]));
	assert_null(listener_open_range(evbase, NULL, port, port, 16,
		accepted_cb, &n_accepted, &e));
	assert_null(listener_open_range(evbase, "127.0.0.1", port, port, 16,
		accepted_cb, &n_accepted, &e));
	if (port < 65000) {
		b = listener_open_range(evbase, "127.0.0.1", port,
			(uint16_t)(port + 50), 16, accepted_cb, &n_accepted,
			&e);
		assert_non_null(b);
		assert_in_range(listener_port(b), port + 1, port + 50);
		listener_close(b);
	}
	listener_close(a);
}

/* Nor does somebody who was sent away keep a range of one number busy. */
static void takes_its_range_again(void **state)
{
	static const char *const hosts[] = { NULL, "127.0.0.1" };
	struct listener *l;
	uint16_t port;
	struct err e;
	int fd;
	char c;

	(void)state;
	for (int i = 0; i < 2; i++) {
		l = listener_open_range(evbase, hosts[i], 0, 0, 16, accepted_cb,
			&n_accepted, &e);
		port = listener_port(l);
		listener_close(l);
		l = listener_open_range(evbase, hosts[i], port, port, 16,
			accepted_cb, &n_accepted, &e);
		assert_non_null(l);
		fd = connect_to(AF_INET, port);
		WAIT_FOR(n_accepted == i + 1);
		close(last_fd);
		last_fd = -1;
		assert_int_equal(read(fd, &c, 1), 0);
		close(fd);
		listener_close(l);
		l = listener_open_range(evbase, hosts[i], port, port, 16,
			accepted_cb, &n_accepted, &e);
		if (l == NULL)
			fail_msg("%s", e.text);
		listener_close(l);
	}
}

/* 1: a byte came, 0: closed without one. Another process, as that user. */
static pid_t connect_as(uid_t uid, int family, uint16_t port)
{
	pid_t pid = fork();
	char c;
	int fd;

	if (pid != 0)
		return pid;
	alarm(10);
	if (uid != getuid() && setresuid(uid, uid, uid) == -1)
		_exit(9);
	fd = connect_to(family, port);
	if (fd == -1)
		_exit(8);
	/* What a stranger sends is not read either. */
	(void)!write(fd, "x", 1);
	_exit(read(fd, &c, 1) == 1 ? 1 : 0);
}

static int waited(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static int is_let_in(uid_t uid, int family, struct listener *l)
{
	int status = -1, before = n_accepted;
	pid_t pid = connect_as(uid, family, listener_port(l));

	WAIT_FOR(n_accepted > before || waited(pid, &status));
	if (n_accepted > before) {
		assert_int_equal(write(last_fd, "y", 1), 1);
		WAIT_FOR(waited(pid, &status));
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), n_accepted - before);
	return n_accepted - before;
}

static void guards_against_others(void **state)
{
	struct listener_guard guard = { 0 };
	struct peeruid us, somebody;
	struct listener *l;
	struct err e;

	(void)state;
	if (getuid() != 0) {
		print_message("# skipped: needs root to act as other users\n");
		return;
	}
	assert_int_equal(peeruid_open(&us, &e), 0);
	assert_int_equal(seteuid(12345), 0);
	assert_int_equal(peeruid_open(&somebody, &e), 0);
	assert_int_equal(seteuid(0), 0);

	guard.peeruid = &us;
	l = open_at("127.0.0.1", 0, &guard, &e);
	assert_true(is_let_in(0, AF_INET, l));
	assert_false(is_let_in(STRANGER, AF_INET, l));
	if (has_ipv6()) {
		assert_true(is_let_in(0, AF_INET6, l));
		assert_false(is_let_in(STRANGER, AF_INET6, l));
	}
	listener_close(l);

	/* Of a listener of somebody who is not root. */
	guard.peeruid = &somebody;
	l = open_at("127.0.0.1", 0, &guard, &e);
	assert_true(is_let_in(12345, AF_INET, l));
	assert_false(is_let_in(0, AF_INET, l));
	assert_false(is_let_in(STRANGER, AF_INET, l));
	listener_close(l);
	guard.allow_root = 1;
	guard.prefer = 1;
	l = open_at("127.0.0.1", 0, &guard, &e);
	assert_true(is_let_in(0, AF_INET, l));
	assert_false(is_let_in(STRANGER, AF_INET, l));
	listener_close(l);

	/* Without a guard everybody comes in. */
	l = open_at("127.0.0.1", 0, NULL, &e);
	assert_true(is_let_in(STRANGER, AF_INET, l));
	listener_close(l);
	peeruid_close(&us);
	peeruid_close(&somebody);
}

static int connect_unix(const char *path, uid_t uid)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	pid_t pid = fork();
	int fd, status = -1, before = n_accepted;
	char c;

	if (pid == 0) {
		alarm(10);
		if (uid != getuid() && setresuid(uid, uid, uid) == -1)
			_exit(9);
		strcpy(addr.sun_path, path);
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&addr, sizeof addr) == -1)
			_exit(7);
		_exit(read(fd, &c, 1) == 1 ? 1 : 0);
	}
	WAIT_FOR(n_accepted > before || waited(pid, &status));
	if (n_accepted > before) {
		assert_int_equal(write(last_fd, "y", 1), 1);
		WAIT_FOR(waited(pid, &status));
	}
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void lets_its_user_into_unix_sockets(void **state)
{
	char dir[] = "/tmp/test_listener.XXXXXX", path[200];
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct listener_guard guard = { 0 };
	struct listener *l;
	struct peeruid us;
	struct err e;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_int_equal(peeruid_open(&us, &e), 0);
	guard.peeruid = &us;
	snprintf(path, sizeof path, "%s/s", dir);
	strcpy(addr.sun_path, path);
	assert_int_equal(bind(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	assert_int_equal(listen(fd, 16), 0);
	l = listener_take_unix(evbase, fd, &guard, accepted_cb, &n_accepted);
	assert_int_equal(listener_port(l), 0);
	assert_int_equal(connect_unix(path, getuid()), 1);
	if (getuid() == 0) {
		/* Even when the modes let them. */
		chmod(dir, 0755);
		chmod(path, 0666);
		assert_int_equal(connect_unix(path, STRANGER), 0);
	}
	listener_close(l);
	assert_int_equal(connect_unix(path, getuid()), 7);
	peeruid_close(&us);
	/* The name is not the listener's. */
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

/* Somebody who is there already and always has something to do. */
static int n_turns, turns_seen;

static void turn_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
	n_turns++;
}

static void stranger_cb(int fd, void *arg)
{
	close(fd);
	assert_ptr_equal(arg, &n_accepted);
	assert_true(n_turns > turns_seen);
	turns_seen = n_turns;
	if (++n_accepted == 10)
		event_base_loopbreak(evbase);
}

/* Between two strangers whoever is there has a turn. */
static void lets_strangers_wait(void **state)
{
	struct listener *l;
	struct event *busy;
	struct err e;
	int ends[2], fd[10];

	(void)state;
	n_turns = turns_seen = 0;
	l = listener_open_range(evbase, "127.0.0.1", 0, 0, 16, stranger_cb,
		&n_accepted, &e);
	assert_non_null(l);
	for (int i = 0; i < 10; i++)
		fd[i] = connect_to(AF_INET, listener_port(l));
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], "x", 1), 1);
	busy = event_new(evbase, ends[0], EV_READ, turn_cb, NULL);
	/* It is there again whenever the loop looks. */
	for (int i = 0; i < 1000 && n_accepted < 10; i++) {
		event_add(busy, NULL);
		event_base_loop(evbase, EVLOOP_ONCE);
	}
	assert_int_equal(n_accepted, 10);
	event_free(busy);
	close(ends[0]);
	close(ends[1]);
	for (int i = 0; i < 10; i++)
		close(fd[i]);
	listener_close(l);
}

static int group_setup(void **state)
{
	(void)state;
	loop_init();
	log_init("test_listener");
	log_set_level(LOG_LEVEL_CRITICAL);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	loop_fini();
	return 0;
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(takes_both_loopbacks),
		TEST(wants_both_or_none),
		TEST(chooses_a_port_of_its_own),
		TEST(says_when_a_port_is_busy),
		TEST(takes_its_port_again),
		TEST(chooses_from_a_range),
		TEST(takes_its_range_again),
		TEST(guards_against_others),
		TEST(lets_its_user_into_unix_sockets),
		TEST(lets_strangers_wait),
	};

	return cmocka_run_group_tests_name("listener", tests, group_setup,
		group_teardown);
}
