/* SPDX-License-Identifier: BSD-2-Clause */
/* What the tests of src/net/ share: a loop with a limit, and sockets. */
#ifndef TESTS_UNIT_NET_H
#define TESTS_UNIT_NET_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <event2/event.h>
#include <event2/event_struct.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "net/loop.h"

#ifndef WAIT_SECONDS
#define WAIT_SECONDS 20
#endif

static struct event_base *evbase;
static struct event tick;

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void tick_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	(void)arg;
}

/* Run the loop until the condition holds; the test fails when it never does. */
#define WAIT_FOR(condition) do { \
	double until = seconds() + WAIT_SECONDS; \
	while (!(condition)) { \
		if (seconds() > until) \
			fail_msg("line %d: never: %s", __LINE__, #condition); \
		event_base_loop(evbase, EVLOOP_ONCE); \
	} \
} while (0)

/* Everything that can happen without anybody's help has happened. */
static inline void settle(void)
{
	for (int i = 0; i < 10; i++)
		event_base_loop(evbase, EVLOOP_ONCE);
}

static inline void loop_init(void)
{
	signal(SIGPIPE, SIG_IGN);
	evbase = loop_new();
	event_assign(&tick, evbase, -1, EV_PERSIST, tick_cb, NULL);
	event_add(&tick, &(struct timeval){ .tv_usec = 2000 });
}

static inline void loop_fini(void)
{
	event_del(&tick);
	event_base_free(evbase);
	libevent_global_shutdown();
}

static inline void set_nonblock(int fd)
{
	assert_int_equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK),
		0);
}

/* A listener on 127.0.0.1, with small buffers when asked for. */
static inline int tcp_listen(struct sockaddr_in *addr, int small)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof *addr;

	*addr = (struct sockaddr_in){ .sin_family = AF_INET };
	addr->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (small > 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	}
	assert_int_equal(bind(fd, (struct sockaddr *)addr, len), 0);
	assert_int_equal(listen(fd, 128), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)addr, &len), 0);
	return fd;
}

/* Two connected TCP sockets, the accepted one in fd[1]. */
static inline void tcp_pair(int fd[2], int small)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, small);

	fd[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (small > 0) {
		setsockopt(fd[0], SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
		setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
	}
	assert_int_equal(connect(fd[0], (struct sockaddr *)&addr,
		sizeof addr), 0);
	fd[1] = accept(l, NULL, NULL);
	assert_int_not_equal(fd[1], -1);
	close(l);
}

/* A simple generator, the same each run. */
static inline uint32_t rnd(uint32_t *seed)
{
	return (*seed = *seed * 1664525 + 1013904223) >> 8;
}

/* The bytes of a test transfer: a function of their place. */
static inline void pattern(unsigned char *p, size_t len, uint64_t at)
{
	for (size_t i = 0; i < len; i++, at++)
		p[i] = (unsigned char)(at * 167 ^ at >> 8 ^ at >> 16);
}

/* Whether p holds the bytes of that place. */
static inline int is_pattern(const char *p, size_t len, uint64_t at)
{
	unsigned char want[1024];

	while (len > 0) {
		size_t n = len < sizeof want ? len : sizeof want;

		pattern(want, n, at);
		if (memcmp(p, want, n) != 0)
			return 0;
		p += n;
		at += n;
		len -= n;
	}
	return 1;
}

#endif
