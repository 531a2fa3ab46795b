/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/gate.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/listener.h"
#include "net/loop.h"
#include "net/sock.h"
#include "net/tls/proof.h"
#include "os/clock.h"
#include "os/log.h"
#include "proto/clienthello.h"

#define BACKLOG 4096
#define HELLO_SECONDS 5
#define SOURCES 256		/* addresses are counted by a hash */

/* Somebody who has connected. */
struct guest {
	TAILQ_ENTRY(guest) next;
	struct gate *gate;
	struct room *room;	/* where it is */
	unsigned char source;
	struct link *link;	/* pending; else NULL and these: */
	int fd;
	struct event *hello;	/* silent */
	size_t seen;		/* bytes that were there */
};

/* Guests in the order in which they came. */
struct room {
	TAILQ_HEAD(, guest) guests;
	unsigned n;
	unsigned of[SOURCES];
};

struct gate {
	struct event_base *base;
	struct listener *listener;
	const struct tls_key *key;
	struct proof *proof;
	void (*up)(struct link *, const struct hello *, void *);
	void *arg;
	struct room silent, proven, pending;
	long long logged;	/* at most one line a second */
};

static void part(struct guest *g)
{
	TAILQ_REMOVE(&g->room->guests, g, next);
	g->room->n--;
	g->room->of[g->source]--;
}

static void join(struct room *r, struct guest *g)
{
	TAILQ_INSERT_TAIL(&r->guests, g, next);
	g->room = r;
	r->n++;
	r->of[g->source]++;
}

static void stop_listening(struct guest *g)
{
	if (g->hello != NULL)
		event_free(g->hello);
	g->hello = NULL;
}

static void send_away(struct guest *g)
{
	part(g);
	stop_listening(g);
	link_free(g->link);
	if (g->fd != -1)
		close(g->fd);
	free(g);
}

static void tell_log(struct gate *g, const char *why)
{
	if (clock_ms() - g->logged < 1000)
		return;
	g->logged = clock_ms();
	log_info("link port: a stranger was sent away: %s", why);
}

/*
 * Send away the oldest silent guest of the source that has most of them, so
 * that no source alone can fill the room.
 */
static void make_room(struct room *r)
{
	struct guest *g;
	unsigned most = 0;

	for (int i = 0; i < SOURCES; i++)
		if (r->of[i] > most)
			most = r->of[i];
	TAILQ_FOREACH(g, &r->guests, next)
		if (r->of[g->source] == most)
			break;
	/*
	 * By a reset: a plain close would leave the kernel a connection to wait
	 * for, for each guest that is pushed out.
	 */
	sock_reset_on_close(g->fd);
	send_away(g);
}

/* In the handshake. */

static void call_next(struct gate *gate);

static void link_up(struct link *l, const struct hello *peer, void *arg)
{
	struct guest *g = arg;
	struct gate *gate = g->gate;

	part(g);
	free(g);
	call_next(gate);
	gate->up(l, peer, gate->arg);
}

static void link_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct guest *g = arg;
	struct gate *gate = g->gate;

	(void)l;
	(void)auth;
	tell_log(gate, why->text);
	send_away(g);
	call_next(gate);
}

static const struct link_ops pending_ops = {
	.up = link_up,
	.down = link_down,
};

static void call_next(struct gate *gate)
{
	while (gate->pending.n < GATE_PENDING && gate->proven.n > 0) {
		struct guest *g = TAILQ_FIRST(&gate->proven.guests);
		int fd = g->fd;

		part(g);
		join(&gate->pending, g);
		g->fd = -1;
		g->link = link_serve(gate->base, fd, gate->key, &pending_ops,
			g);
	}
}

/* Silent, until the whole ClientHello is there. */

/*
 * Answer by a TLS alert: a plain end would look like a full room, and a front
 * with the wrong key would dial again and again.
 */
static void gate_refuse(struct guest *g)
{
	static const unsigned char handshake_failure[] = { 21, 3, 3, 0, 2, 2,
		40 };
	char data[CLIENTHELLO_MAX];

	/* With bytes unread the kernel would reset it, and drop the alert. */
	(void)!recv(g->fd, data, sizeof data, MSG_DONTWAIT);
	(void)!send(g->fd, handshake_failure, sizeof handshake_failure,
		MSG_DONTWAIT | MSG_NOSIGNAL);
	tell_log(g->gate, "it does not have the key");
	send_away(g);
}

static void judge(struct guest *g, const char *hello, size_t len)
{
	struct gate *gate = g->gate;

	switch (proof_is_given(gate->proof, hello, len)) {
	case 0:
		gate_refuse(g);
		return;
	case -1:
		send_away(g);
		return;
	}
	/*
	 * The room is full: the peer sees its connection end before any byte
	 * came, and dials again (net/link.c, DIALING).
	 */
	if (gate->proven.n == GATE_PROVEN) {
		send_away(g);
		return;
	}
	part(g);
	stop_listening(g);
	join(&gate->proven, g);
	call_next(gate);
}

/*
 * Nothing is taken from the socket. 0: it is silent still, -1: it is over with
 * this one, 1: it is not ours any more.
 */
static int gate_look(struct guest *g)
{
	char data[CLIENTHELLO_MAX];
	ssize_t n = recv(g->fd, data, sizeof data, MSG_PEEK | MSG_DONTWAIT);
	size_t want;
	int low;

	if (n == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n <= 0)
		return -1;
	want = clienthello_length(data, (size_t)n);
	/*
	 * Woken up without new bytes: the peer has ended its side, and the
	 * hello will never be whole.
	 */
	if (want == 0 || (want > (size_t)n && (size_t)n == g->seen))
		return -1;
	low = want > (size_t)n ? (int)want : 1;
	if ((g->seen > 0 || low > 1) && setsockopt(g->fd, SOL_SOCKET,
		SO_RCVLOWAT, &low, sizeof low) == -1)
		return -1;
	g->seen = (size_t)n;
	if (want > (size_t)n)
		return 0;
	judge(g, data, want);
	return 1;
}

static void hello_cb(evutil_socket_t fd, short what, void *arg)
{
	struct guest *g = arg;
	struct gate *gate = g->gate;

	(void)fd;
	if ((what & EV_TIMEOUT) || gate_look(g) == -1) {
		send_away(g);
		tell_log(gate, what & EV_TIMEOUT ? "it said nothing" :
			"it does not speak TLS");
	}
}

/*
 * Whoever has one address of 127/8 has them all, and so it is with the /64 that
 * a host of IPv6 gets.
 */
static unsigned char hash_source(const struct sockaddr_storage *addr)
{
	const struct sockaddr_in *v4 = (const void *)addr;
	const struct sockaddr_in6 *v6 = (const void *)addr;
	const unsigned char *bytes = v6->sin6_addr.s6_addr;
	unsigned hash = 5381;
	size_t n = 8;

	if (addr->ss_family == AF_INET) {
		bytes = (const void *)&v4->sin_addr;
		n = 4;
	} else if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
		bytes += 12;
		n = 4;
	} else if (IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr)) {
		n = 0;
	}
	if (n == 4 && bytes[0] == 127)
		n = 0;
	for (size_t i = 0; i < n; i++)
		hash = hash * 33 + bytes[i];
	return (unsigned char)(hash ^ hash >> 8);
}

static void accepted(int fd, void *arg)
{
	struct gate *gate = arg;
	struct guest *g = mem_alloc(sizeof *g);
	struct sockaddr_storage peer = { 0 };
	socklen_t len = sizeof peer;
	int said;

	(void)getpeername(fd, (struct sockaddr *)&peer, &len);
	g->gate = gate;
	g->fd = fd;
	g->source = hash_source(&peer);
	join(&gate->silent, g);
	said = gate_look(g);
	if (said == -1)
		send_away(g);
	if (said != 0)
		return;
	if (gate->silent.n > GATE_SILENT)
		make_room(&gate->silent);
	/* It is woken up a few times at most: its timeout is a deadline. */
	g->hello = event_new(gate->base, fd, EV_READ | EV_PERSIST, hello_cb,
		g);
	loop_set_bulk(g->hello, 1);
	event_add(g->hello, &(struct timeval){ .tv_sec = HELLO_SECONDS });
}

static void empty(struct room *r)
{
	while (!TAILQ_EMPTY(&r->guests))
		send_away(TAILQ_FIRST(&r->guests));
}

struct gate *gate_open(struct event_base *base, const char *host,
	uint16_t low, uint16_t high, const struct tls_key *key,
	void (*up)(struct link *, const struct hello *, void *), void *arg,
	struct err *e)
{
	struct gate *g = mem_alloc(sizeof *g);

	g->base = base;
	g->key = key;
	g->up = up;
	g->arg = arg;
	TAILQ_INIT(&g->silent.guests);
	TAILQ_INIT(&g->proven.guests);
	TAILQ_INIT(&g->pending.guests);
	g->listener = listener_open_range(base, host, low, high, BACKLOG,
		accepted, g, e);
	if (g->listener == NULL) {
		free(g);
		return NULL;
	}
	g->proof = proof_new(key);
	return g;
}

void gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	empty(&g->silent);
	empty(&g->proven);
	empty(&g->pending);
	proof_free(g->proof);
	listener_close(g->listener);
	free(g);
}

uint16_t gate_port(const struct gate *g)
{
	return listener_port(g->listener);
}
