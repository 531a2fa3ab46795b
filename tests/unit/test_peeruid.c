/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

/* Let a test act in the middle of a check: after the first getpeername(). */
static void (*in_the_middle)(void);

static int getpeername_hooked(int fd, struct sockaddr *sa, socklen_t *len)
{
	int rc = getpeername(fd, sa, len);
	void (*act)(void) = in_the_middle;

	in_the_middle = NULL;
	if (act != NULL)
		act();
	return rc;
}

#define getpeername getpeername_hooked
#include "os/peeruid.c"
#undef getpeername

/*
 * Three users. As root the sockets of each are made with that effective uid,
 * which is what the kernel notes; otherwise everything is ours.
 */
#define UID_US 12345
#define UID_STRANGER 65534

static uid_t us;
static struct peeruid checker;

static int is_root(void)
{
	return getuid() == 0;
}

static void become(uid_t uid)
{
	if (is_root())
		assert_int_equal(seteuid(uid), 0);
}

/* Not skip(): cmocka 1.1 says "not ok" then, which fails a run of prove. */
#define NEED_ROOT() do { \
	if (!is_root()) { \
		print_message("# skipped: needs root to act as other users\n"); \
		return; \
	} \
} while (0)

static const struct way {
	const char *name;
	int listen_family, connect_family;
	int any;
} ways[] = {
	{ "127.0.0.1", AF_INET, AF_INET, 0 },
	{ "::1", AF_INET6, AF_INET6, 0 },
	{ "0.0.0.0", AF_INET, AF_INET, 1 },
	{ "::", AF_INET6, AF_INET6, 1 },
	{ "::, by IPv4", AF_INET6, AF_INET, 1 },
};
#define N_WAYS (sizeof ways / sizeof ways[0])

static socklen_t loopback(struct sockaddr_storage *ss, int family, int any,
	uint16_t port)
{
	struct sockaddr_in *in = (void *)ss;
	struct sockaddr_in6 *in6 = (void *)ss;

	*ss = (struct sockaddr_storage){ .ss_family = (sa_family_t)family };
	if (family == AF_INET) {
		in->sin_port = htons(port);
		in->sin_addr.s_addr = htonl(any ? INADDR_ANY :
			INADDR_LOOPBACK);
		return sizeof *in;
	}
	in6->sin6_port = htons(port);
	in6->sin6_addr = any ? in6addr_any : in6addr_loopback;
	return sizeof *in6;
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;
	unsigned char a[16];
	uint16_t port = 0;

	assert_int_equal(getsockname(fd, (struct sockaddr *)&ss, &len), 0);
	assert_int_equal(to_address(&ss, a, &port), 0);
	return port;
}

/* -1 when the host has no such address. */
static int listen_on(const struct way *w)
{
	struct sockaddr_storage ss;
	struct timeval limit = { .tv_sec = 5 };
	socklen_t len = loopback(&ss, w->listen_family, w->any, 0);
	int fd = socket(w->listen_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || bind(fd, (struct sockaddr *)&ss, len) == -1) {
		print_message("no %s on this host\n", w->name);
		if (fd != -1)
			close(fd);
		return -1;
	}
	assert_int_equal(listen(fd, 16), 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	return fd;
}

/*
 * Connect as uid, from a chosen port unless it is 0. All bind with REUSEADDR:
 * a port that connect() chose may be one that cannot be bound a second time.
 */
static int connect_as(uid_t uid, int family, uint16_t from, uint16_t to)
{
	struct sockaddr_storage ss;
	int on = 1, fd;
	socklen_t len;

	become(uid);
	fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	become(getuid());
	assert_int_not_equal(fd, -1);
	len = loopback(&ss, family, 0, from);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	assert_int_equal(bind(fd, (struct sockaddr *)&ss, len), 0);
	len = loopback(&ss, family, 0, to);
	assert_int_equal(connect(fd, (struct sockaddr *)&ss, len), 0);
	return fd;
}

static int accept_one(int l)
{
	int fd = accept(l, NULL, NULL);

	assert_int_not_equal(fd, -1);
	return fd;
}

static void reset_connection(int fd)
{
	struct linger now = { .l_onoff = 1 };

	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_LINGER, &now,
		sizeof now), 0);
	close(fd);
}

/* What a check that trusts accept's address and the kernel's uid would say. */
static uid_t naive_uid(int family, uint16_t from, uint16_t to)
{
	struct diagmsg_id id = { .sport = from, .dport = to };
	struct sockaddr_storage ss;
	struct diagmsg_socket s;
	uint16_t port;

	loopback(&ss, family, 0, 0);
	to_address(&ss, id.src, &port);
	to_address(&ss, id.dst, &port);
	return lookup(&checker, &id, &s) == -1 ? (uid_t)-1 : s.uid;
}

/* One row: a connection as uid gives this verdict, every way to connect. */
static void check_all(uid_t uid, enum peeruid_verdict want)
{
	for (size_t i = 0; i < N_WAYS; i++) {
		int l = listen_on(&ways[i]), c, s;
		uid_t seen = 1;

		if (l == -1)
			continue;
		c = connect_as(uid, ways[i].connect_family, 0, port_of(l));
		s = accept_one(l);
		assert_int_equal(peeruid_connection(&checker, s, &seen), want);
		assert_int_equal(seen, uid);
		assert_int_equal(peeruid_connection(&checker, s, NULL), want);
		close(s);
		close(c);
		close(l);
	}
}

static void lets_us_in(void **state)
{
	(void)state;
	check_all(us, PEERUID_OURS);
}

static void keeps_others_out(void **state)
{
	(void)state;
	NEED_ROOT();
	check_all(UID_STRANGER, PEERUID_OTHER);
	check_all(UID_US + 1, PEERUID_OTHER);
	check_all(0, PEERUID_ROOT);
}

/* The same with a process that has nothing of root any more. */
static void keeps_another_process_out(void **state)
{
	(void)state;
	NEED_ROOT();
	for (size_t i = 0; i < N_WAYS; i++) {
		int l = listen_on(&ways[i]), s, hold[2], status;
		uid_t seen;
		pid_t pid;
		char c;

		if (l == -1)
			continue;
		assert_int_equal(pipe(hold), 0);
		pid = fork();
		if (pid == 0) {
			struct sockaddr_storage ss;
			socklen_t len = loopback(&ss, ways[i].connect_family,
				0, port_of(l));
			int fd;

			close(hold[1]);
			if (setgid(UID_STRANGER) == -1 ||
				setuid(UID_STRANGER) == -1)
				_exit(1);
			fd = socket(ways[i].connect_family, SOCK_STREAM, 0);
			if (connect(fd, (struct sockaddr *)&ss, len) == -1)
				_exit(2);
			_exit(read(hold[0], &c, 1) == 0 ? 0 : 3);
		}
		assert_true(pid > 0);
		close(hold[0]);
		s = accept_one(l);
		assert_int_equal(peeruid_connection(&checker, s, &seen),
			PEERUID_OTHER);
		assert_int_equal(seen, UID_STRANGER);
		close(hold[1]);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		close(s);
		close(l);
	}
}

/* Somebody who is gone was nobody, though the kernel says uid 0. */
static void the_gone_are_unknown(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_WAYS; i++) {
		for (int how = 0; how < 2; how++) {
			int l = listen_on(&ways[i]), c, s;
			uid_t seen = 1;

			if (l == -1)
				continue;
			c = connect_as(us, ways[i].connect_family, 0,
				port_of(l));
			s = accept_one(l);
			if (how == 0)
				close(c);
			else
				reset_connection(c);
			assert_int_equal(peeruid_connection(&checker, s, &seen),
				PEERUID_UNKNOWN);
			assert_int_equal(seen, (uid_t)-1);
			close(s);
			close(l);
		}
	}
}

/* A client may say all it has to say before we accept. */
static void a_half_closed_peer_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_WAYS; i++) {
		int l = listen_on(&ways[i]), c, s;

		if (l == -1)
			continue;
		c = connect_as(us, ways[i].connect_family, 0, port_of(l));
		shutdown(c, SHUT_WR);
		s = accept_one(l);
		assert_int_equal(peeruid_connection(&checker, s, NULL),
			PEERUID_OURS);
		close(c);
		close(s);
		close(l);
	}
}

static void a_half_closed_stranger_is_a_stranger(void **state)
{
	(void)state;
	NEED_ROOT();
	for (size_t i = 0; i < N_WAYS; i++) {
		int l = listen_on(&ways[i]), c, s;

		if (l == -1)
			continue;
		c = connect_as(UID_STRANGER, ways[i].connect_family, 0,
			port_of(l));
		shutdown(c, SHUT_WR);
		s = accept_one(l);
		assert_int_equal(peeruid_connection(&checker, s, NULL),
			PEERUID_OTHER);
		close(c);
		close(s);
		close(l);
	}
}

/*
 * A stranger connects, sends, resets; then one of us connects from the same
 * port; only then comes accept.
 */
static void the_dead_do_not_speak_for_us(void **state)
{
	(void)state;
	NEED_ROOT();
	for (size_t i = 0; i < N_WAYS; i++) {
		int l = listen_on(&ways[i]), family = ways[i].connect_family;
		int attacker, victim, first, second;
		uint16_t from, to;
		char bytes[8];

		if (l == -1)
			continue;
		to = port_of(l);
		attacker = connect_as(UID_STRANGER, family, 0, to);
		from = port_of(attacker);
		assert_int_equal(send(attacker, "evil", 4, 0), 4);
		reset_connection(attacker);
		victim = connect_as(us, family, from, to);

		first = accept_one(l);
		assert_int_equal(naive_uid(family, from, to), us);
		assert_int_equal(peeruid_connection(&checker, first, NULL),
			PEERUID_UNKNOWN);
		assert_int_equal(recv(first, bytes, sizeof bytes, 0), 4);

		second = accept_one(l);
		assert_int_equal(peeruid_connection(&checker, second, NULL),
			PEERUID_OURS);
		close(first);
		close(second);
		close(victim);
		close(l);
	}
}

/* The same, at the worst moment: after the check has asked for the address. */
static struct {
	int family, attacker, victim;
	uint16_t from, to;
} swap;

static void swap_now(void)
{
	reset_connection(swap.attacker);
	swap.victim = connect_as(us, swap.family, swap.from, swap.to);
}

static void nor_when_swapped_during_the_check(void **state)
{
	(void)state;
	NEED_ROOT();
	for (size_t i = 0; i < N_WAYS; i++) {
		int l = listen_on(&ways[i]), s;

		if (l == -1)
			continue;
		swap.family = ways[i].connect_family;
		swap.to = port_of(l);
		swap.attacker = connect_as(UID_STRANGER, swap.family, 0,
			swap.to);
		swap.from = port_of(swap.attacker);
		assert_int_equal(send(swap.attacker, "evil", 4, 0), 4);
		s = accept_one(l);
		in_the_middle = swap_now;
		assert_int_equal(peeruid_connection(&checker, s, NULL),
			PEERUID_UNKNOWN);
		assert_null(in_the_middle);
		assert_int_equal(naive_uid(swap.family, swap.from, swap.to),
			us);
		close(s);
		close(swap.victim);
		close(l);
	}
}

static void finds_listeners(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_WAYS; i++) {
		int family = ways[i].connect_family, l;
		uid_t uid = 1;
		uint16_t port;

		become(us);
		l = listen_on(&ways[i]);
		become(getuid());
		if (l == -1)
			continue;
		port = port_of(l);
		assert_int_equal(peeruid_listener(&checker, family, port,
			&uid), 1);
		assert_int_equal(uid, us);
		/* Only IPv4: the other family has nobody there. */
		if (ways[i].listen_family == AF_INET)
			assert_int_equal(peeruid_listener(&checker, AF_INET6,
				port, &uid), 0);
		close(l);
		assert_int_equal(peeruid_listener(&checker, family, port,
			&uid), 0);
	}
}

static void sees_foreign_listeners(void **state)
{
	(void)state;
	NEED_ROOT();
	for (size_t i = 0; i < N_WAYS; i++) {
		uid_t uid = us;
		int l;

		become(UID_STRANGER);
		l = listen_on(&ways[i]);
		become(getuid());
		if (l == -1)
			continue;
		assert_int_equal(peeruid_listener(&checker,
			ways[i].connect_family, port_of(l), &uid), 1);
		assert_int_equal(uid, UID_STRANGER);
		close(l);
	}
}

/* A listener whose port may be had while connections to it last. */
static int listen_again(const struct way *way, uid_t uid, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len = loopback(&ss, way->listen_family, way->any, port);
	int fd, on = 1, off = 0;

	become(uid);
	fd = socket(way->listen_family, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (way->listen_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
	if (bind(fd, (struct sockaddr *)&ss, len) == -1 && port == 0) {
		close(fd);
		fd = -1;
	}
	become(getuid());
	assert_true(fd == -1 || listen(fd, 8) == 0);
	return fd;
}

/* A port that changes hands between the question who listens and the dial. */
static void knows_who_got_the_dial(void **state)
{
	(void)state;
	NEED_ROOT();
	for (size_t i = 0; i < N_WAYS; i++) {
		int family = ways[i].connect_family, l, c, s, thief;
		uint32_t inode;
		uint16_t port;
		uid_t uid;

		l = listen_again(&ways[i], us, 0);
		if (l == -1)
			continue;
		port = port_of(l);
		assert_int_equal(peeruid_listener_inode(&checker, family, port,
			&uid, &inode), 1);
		c = connect_as(us, family, 0, port);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 1);
		/* One that serves once. */
		become(us);
		s = accept_one(l);
		become(getuid());
		close(l);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 1);
		/* Whoever comes then was not it. */
		thief = listen_again(&ways[i], UID_STRANGER, port);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 1);
		close(s);
		close(c);
		c = connect_as(us, family, 0, port);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 0);
		become(UID_STRANGER);
		s = accept_one(thief);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 0);
		close(thief);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 0);
		close(s);
		assert_int_equal(peeruid_was_ours(&checker, c, family, port,
			inode, 0), 0);
		become(getuid());
		close(c);
	}
}

/* Bound is not listening, and a connection on the port is no listener. */
static void bound_is_not_listening(void **state)
{
	int l = listen_on(&ways[0]), c, s;
	struct sockaddr_storage ss;
	socklen_t len;
	uint16_t port = port_of(l);
	uid_t uid;

	(void)state;
	c = connect_as(us, AF_INET, 0, port);
	s = accept_one(l);
	close(l);
	assert_int_equal(peeruid_listener(&checker, AF_INET, port, &uid), 0);
	close(c);
	close(s);

	l = socket(AF_INET, SOCK_STREAM, 0);
	len = loopback(&ss, AF_INET, 0, 0);
	assert_int_equal(bind(l, (struct sockaddr *)&ss, len), 0);
	assert_int_equal(peeruid_listener(&checker, AF_INET, port_of(l), &uid),
		0);
	close(l);
}

/* Answers to earlier questions wait in the queue; they must not be taken. */
static void skips_stale_answers(void **state)
{
	int other = listen_on(&ways[0]), l = listen_on(&ways[0]), c, s;
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	unsigned char q[DIAGMSG_QUERY_LEN];
	struct diagmsg_id id = { .sport = port_of(other) };
	uid_t uid;

	(void)state;
	diagmsg_map4(id.src, "\177\0\0\1");
	diagmsg_map4(id.dst, "\0\0\0\0");
	for (uint32_t i = 0; i < 5; i++) {
		diagmsg_query(q, &id, checker.seq - i);
		assert_int_equal(sendto(checker.fd, q, sizeof q, 0,
			(const struct sockaddr *)&kernel, sizeof kernel),
			sizeof q);
	}
	c = connect_as(us, AF_INET, 0, port_of(l));
	s = accept_one(l);
	assert_int_equal(peeruid_connection(&checker, s, NULL), PEERUID_OURS);
	assert_int_equal(peeruid_listener(&checker, AF_INET, port_of(l), &uid),
		1);
	close(c);
	close(s);
	close(l);
	close(other);
}

static void other_descriptors_are_unknown(void **state)
{
	int sv[2], fds[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(peeruid_connection(&checker, sv[0], NULL),
		PEERUID_UNKNOWN);
	assert_int_equal(peeruid_connection(&checker, fds[0], NULL),
		PEERUID_UNKNOWN);
	assert_int_equal(peeruid_connection(&checker, -1, NULL),
		PEERUID_UNKNOWN);
	close(sv[0]);
	close(sv[1]);
	close(fds[0]);
	close(fds[1]);
}

static void selftest_tells(void **state)
{
	struct peeruid p;
	struct err e = { "" };

	(void)state;
	assert_int_equal(peeruid_open(&p, &e), 0);
	assert_int_equal(peeruid_selftest(&p, &e), 0);
	p.uid++;
	assert_int_equal(peeruid_selftest(&p, &e), -1);
	assert_non_null(strstr(e.text, "does not tell"));
	peeruid_close(&p);
	assert_int_equal(p.fd, -1);
	assert_int_equal(peeruid_selftest(&p, &e), -1);
}

/* Unmapped in a user namespace we look like everybody else who is unmapped. */
static void refuses_to_be_nobody_in_particular(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		struct peeruid p;
		struct err e = { "" };

		if (unshare(CLONE_NEWUSER) == -1)
			_exit(77);
		_exit(peeruid_open(&p, &e) == -1 && p.fd == -1 &&
			strstr(e.text, "user namespace") != NULL ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77) {
		print_message("# skipped: no user namespaces here\n");
		return;
	}
	assert_int_equal(status, 0);
}

static void unix_peers(void **state)
{
	char dir[] = "/tmp/test_peeruid.XXXXXX";
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	uid_t uid = 1;
	int l, c, s, fds[2];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(un.sun_path, sizeof un.sun_path, "%s/s", dir);
	l = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(l, (struct sockaddr *)&un, sizeof un), 0);
	assert_int_equal(listen(l, 1), 0);
	if (is_root()) {
		assert_int_equal(chmod(dir, 0755), 0);
		assert_int_equal(chmod(un.sun_path, 0777), 0);
	}
	become(us);
	c = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(connect(c, (struct sockaddr *)&un, sizeof un), 0);
	become(getuid());
	s = accept_one(l);
	assert_int_equal(peeruid_unix(s, &uid), 0);
	assert_int_equal(uid, us);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(peeruid_unix(fds[0], &uid), -1);
	assert_int_equal(peeruid_unix(l, &uid), 0);	/* who made it */
	assert_int_equal(uid, getuid());
	close(fds[0]);
	close(fds[1]);
	close(s);
	close(c);
	close(l);
	unlink(un.sun_path);
	rmdir(dir);
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	alarm(60);	/* whatever hangs, hangs no longer than this */
	us = is_root() ? UID_US : getuid();
	become(us);
	if (peeruid_open(&checker, &e) == -1) {
		print_error("%s\n", e.text);
		return -1;
	}
	become(getuid());
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	peeruid_close(&checker);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lets_us_in),
		cmocka_unit_test(keeps_others_out),
		cmocka_unit_test(keeps_another_process_out),
		cmocka_unit_test(the_gone_are_unknown),
		cmocka_unit_test(a_half_closed_peer_is_known),
		cmocka_unit_test(a_half_closed_stranger_is_a_stranger),
		cmocka_unit_test(the_dead_do_not_speak_for_us),
		cmocka_unit_test(nor_when_swapped_during_the_check),
		cmocka_unit_test(finds_listeners),
		cmocka_unit_test(sees_foreign_listeners),
		cmocka_unit_test(knows_who_got_the_dial),
		cmocka_unit_test(bound_is_not_listening),
		cmocka_unit_test(skips_stale_answers),
		cmocka_unit_test(other_descriptors_are_unknown),
		cmocka_unit_test(selftest_tells),
		cmocka_unit_test(refuses_to_be_nobody_in_particular),
		cmocka_unit_test(unix_peers),
	};

	return cmocka_run_group_tests_name("peeruid", tests, setup, teardown);
}
