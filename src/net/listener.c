/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listener.h"

#include <errno.h>
#include <event2/event_struct.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/loop.h"
#include "net/sock.h"
#include "os/log.h"

#define ACCEPTS_A_TURN 64
#define STRANGERS_A_TURN 1	/* each costs as much as a small answer of others */
#define PORT_TRIES 32		/* of the kernel's choice, and ... */
#define OWN_TRIES 96		/* ... of ours, from these: */
#define OWN_LOWEST 1024
#define UNIX_BACKLOG 128
#define REFUSALS_LOGGED 10	/* a minute */

struct listener {
	struct event_base *base;
	int fd[2];		/* IPv4 or the only one; IPv6 loopback */
	struct event ready[2];
	struct event resume;
	int a_turn;
	uint16_t port;		/* 0 of a Unix socket */
	struct listener_guard guard;
	int is_unix;
	listener_cb *accepted;
	void *arg;
	time_t refusals_since;
	unsigned refusals;
};

static struct listener *new_listener(struct event_base *base,
	const struct listener_guard *guard, listener_cb *accepted, void *arg)
{
	struct listener *l = mem_alloc(sizeof *l);

	l->base = base;
	l->fd[0] = l->fd[1] = -1;
	l->a_turn = ACCEPTS_A_TURN;
	if (guard != NULL)
		l->guard = *guard;
	l->accepted = accepted;
	l->arg = arg;
	return l;
}

static void log_refusal(struct listener *l, const char *who, uid_t uid)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_sec - l->refusals_since >= 60) {
		l->refusals_since = now.tv_sec;
		l->refusals = 0;
	}
	if (l->refusals++ == REFUSALS_LOGGED)
		log_warning("more refused connections are not logged for a minute");
	else if (l->refusals <= REFUSALS_LOGGED && l->is_unix)
		log_warning("a Unix socket: refused a connection of %s (uid %ld)",
			who, (long)uid);
	else if (l->refusals <= REFUSALS_LOGGED)
		log_warning("port %u: refused a connection of %s (uid %ld)",
			listener_port(l), who, (long)uid);
}

/* Whether the other end of an accepted connection may talk to us. */
static int may_enter(struct listener *l, int fd)
{
	uid_t uid = (uid_t)-1;
	enum peeruid_verdict v;

	if (l->guard.peeruid == NULL)
		return 1;
	if (!l->is_unix)
		v = peeruid_connection(l->guard.peeruid, fd, &uid);
	else
		v = peeruid_unix(fd, &uid) == -1 ? PEERUID_UNKNOWN :
			uid == l->guard.peeruid->uid ? PEERUID_OURS :
			uid == 0 ? PEERUID_ROOT : PEERUID_OTHER;
	switch (v) {
	case PEERUID_OURS:
		return 1;
	case PEERUID_ROOT:
		if (l->guard.allow_root)
			return 1;
		log_refusal(l, l->guard.root_is != NULL ? l->guard.root_is :
			"root", uid);
		return 0;
	case PEERUID_OTHER:
		log_refusal(l, "another user", uid);
		return 0;
	case PEERUID_UNKNOWN:
		break;
	}
	if (!l->guard.prefer)
		log_refusal(l, "a peer that is gone or not known", uid);
	return l->guard.prefer;
}

static void listener_watch(struct listener *l, int on)
{
	for (int i = 0; i < 2; i++) {
		if (l->fd[i] == -1)
			continue;
		/* Refused: try again, or nobody is accepted any more. */
		if (on && event_add(&l->ready[i], NULL) == -1)
			event_add(&l->resume,
				&(struct timeval){ .tv_sec = 1 });
		else if (!on)
			event_del(&l->ready[i]);
	}
}

static void resume_cb(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)fd;
	(void)what;
	listener_watch(l, 1);
}

static void accept_cb(evutil_socket_t fd, short what, void *arg)
{
	struct listener *l = arg;

	(void)what;
	for (int i = 0; i < l->a_turn; i++) {
		int conn = sock_accept(fd);

		if (conn == -1 && (errno == EMFILE || errno == ENFILE ||
			errno == ENOBUFS || errno == ENOMEM)) {
			log_warning("cannot accept a connection: %s",
				strerror(errno));
			listener_watch(l, 0);
			event_add(&l->resume,
				&(struct timeval){ .tv_sec = 1 });
			return;
		}
		if (conn == -1 && errno == EAGAIN)
			return;
		if (conn == -1)
			continue;
		if (may_enter(l, conn))
			l->accepted(conn, l->arg);
		else
			close(conn);
	}
}

static void listener_start(struct listener *l)
{
	evtimer_assign(&l->resume, l->base, resume_cb, l);
	for (int i = 0; i < 2; i++) {
		if (l->fd[i] == -1)
			continue;
		event_assign(&l->ready[i], l->base, l->fd[i],
			EV_READ | EV_PERSIST, accept_cb, l);
		loop_set_bulk(&l->ready[i], l->a_turn == STRANGERS_A_TURN);
	}
	listener_watch(l, 1);
}

/* The same for TCP, whose port must be known. NULL with e set, and it is gone. */
static struct listener *start_tcp(struct listener *l, struct err *e)
{
	l->port = sock_port(l->fd[0]);
	listener_start(l);
	if (l->port != 0)
		return l;
	err_set(e, "cannot tell which port was bound");
	listener_close(l);
	return NULL;
}

/*
 * Bind addr, and [::1] on the same number beside 127.0.0.1. -1 and errno, and e
 * says which of them it was; the second counts as much as the first.
 */
static int bind_both(struct listener *l, struct sockaddr_storage *addr,
	socklen_t len, int backlog, struct err *e)
{
	char text[SOCK_ADDR_MAX];
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)addr;
	int reuse = v4->sin_port != 0, error;

	l->fd[0] = sock_listen((struct sockaddr *)addr, len, backlog, reuse);
	if (l->fd[0] == -1) {
		error = errno;
		sock_host_text((struct sockaddr *)addr, text);
		if (v4->sin_port != 0)
			err_set(e, "cannot listen on %s port %u: %s", text,
				ntohs(v4->sin_port), strerror(error));
		else
			err_set(e, "cannot listen on %s: %s", text,
				strerror(error));
		errno = error;
		return -1;
	}
	if (addr->ss_family != AF_INET ||
		v4->sin_addr.s_addr != htonl(INADDR_LOOPBACK))
		return 0;
	v6.sin6_addr = in6addr_loopback;
	v6.sin6_port = htons(sock_port(l->fd[0]));
	l->fd[1] = sock_listen((struct sockaddr *)&v6, sizeof v6, backlog,
		reuse);
	/* Without IPv6 nobody else can have it either. */
	if (l->fd[1] != -1 || errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)
		return 0;
	error = errno;
	err_set(e, "cannot listen on ::1 port %u, which nobody else may have beside that of 127.0.0.1: %s",
		ntohs(v6.sin6_port), strerror(error));
	close(l->fd[0]);
	l->fd[0] = -1;
	errno = error;
	return -1;
}

/*
 * When the kernel chooses the port for 127.0.0.1 and another user has bound all
 * of those numbers at [::1], no choice ever has both free: so any number from
 * OWN_LOWEST on is tried then.
 */
static uint16_t own_choice(void)
{
	uint16_t n = 0;

	(void)!getrandom(&n, sizeof n, GRND_NONBLOCK);
	return n < OWN_LOWEST ? n + OWN_LOWEST : n;
}

struct listener *listener_open(struct event_base *base, const char *host,
	uint16_t port, int backlog, const struct listener_guard *guard,
	listener_cb *accepted, void *arg, struct err *e)
{
	struct listener *l = new_listener(base, guard, accepted, arg);
	int tries = port == 0 ? PORT_TRIES + OWN_TRIES : 1, ok = -1;
	struct sockaddr_storage addr;
	socklen_t len;

	if (sock_parse_addr(host, port, &addr, &len, e) == -1) {
		free(l);
		return NULL;
	}
	while (ok == -1 && tries-- > 0) {
		if (port == 0 && tries < OWN_TRIES)
			sock_set_port(&addr, own_choice());
		ok = bind_both(l, &addr, len, backlog, e);
		if (ok == -1 && errno != EADDRINUSE)
			break;
	}
	if (ok == -1) {
		free(l);
		return NULL;
	}
	return start_tcp(l, e);
}

/* The wildcard of IPv6 takes IPv4 too; without IPv6 that of IPv4. */
static int listen_everywhere(uint16_t port, int backlog, int reuse)
{
	struct sockaddr_in6 v6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(port),
	};
	struct sockaddr_in v4 = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		0);
	int off = 0;

	if (fd == -1)
		return sock_listen((struct sockaddr *)&v4, sizeof v4, backlog,
			reuse);
	if (reuse)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
	if (setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0 &&
		bind(fd, (struct sockaddr *)&v6, sizeof v6) == 0 &&
		listen(fd, backlog) == 0)
		return fd;
	off = errno;
	close(fd);
	if (off == EADDRNOTAVAIL || off == EAFNOSUPPORT)
		return sock_listen((struct sockaddr *)&v4, sizeof v4, backlog,
			reuse);
	errno = off;
	return -1;
}

struct listener *listener_open_range(struct event_base *base,
	const char *host, uint16_t low, uint16_t high, int backlog,
	listener_cb *accepted, void *arg, struct err *e)
{
	struct listener *l = new_listener(base, NULL, accepted, arg);
	struct sockaddr_storage addr;
	socklen_t len;
	/*
	 * Connections that were closed here a minute ago keep nobody from a
	 * number of a range, which may have one only. What another user has
	 * bound in the same way fails to listen, or makes us fail.
	 */
	int error = 0, reuse = low != 0;

	l->a_turn = STRANGERS_A_TURN;
	for (unsigned port = low; port <= high && l->fd[0] == -1; port++) {
		if (host == NULL) {
			l->fd[0] = listen_everywhere(port, backlog, reuse);
		} else if (sock_parse_addr(host, port, &addr, &len, e) == -1) {
			free(l);
			return NULL;
		} else {
			l->fd[0] = sock_listen((struct sockaddr *)&addr, len,
				backlog, reuse);
		}
		error = errno;
		if (l->fd[0] == -1 && error != EADDRINUSE)
			break;
	}
	if (l->fd[0] == -1) {
		err_set(e, "no port of %u-%u to listen on at %s: %s", low,
			high, host ? host : "any address", strerror(error));
		free(l);
		return NULL;
	}
	return start_tcp(l, e);
}

struct listener *listener_take_unix(struct event_base *base, int fd,
	const struct listener_guard *guard, listener_cb *accepted, void *arg)
{
	struct listener *l = new_listener(base, guard, accepted, arg);

	l->fd[0] = fd;
	l->is_unix = 1;
	listener_start(l);
	return l;
}

struct listener *listener_open_unix(struct event_base *base, const char *path,
	const struct listener_guard *guard, listener_cb *accepted, void *arg,
	struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof addr.sun_path) {
		err_set(e, "%.200s: a socket's path has at most %zu bytes",
			path, sizeof addr.sun_path - 1);
		return NULL;
	}
	strcpy(addr.sun_path, path);
	(void)unlink(path);
	fd = sock_listen((struct sockaddr *)&addr, sizeof addr, UNIX_BACKLOG,
		0);
	if (fd != -1 && chmod(path, 0600) == 0)
		return listener_take_unix(base, fd, guard, accepted, arg);
	err_set(e, "%s: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	return NULL;
}

void listener_close(struct listener *l)
{
	if (l == NULL)
		return;
	listener_watch(l, 0);
	event_del(&l->resume);
	for (int i = 0; i < 2; i++)
		if (l->fd[i] != -1)
			close(l->fd[i]);
	free(l);
}

uint16_t listener_port(const struct listener *l)
{
	return l->port;
}
