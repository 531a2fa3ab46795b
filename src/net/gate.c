/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/gate.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <unistd.h>

#include "net/listener.h"
#include "os/clock.h"
#include "os/log.h"
#include "pure/clienthello.h"
#include "pure/mem.h"

#define BACKLOG 1024
#define HELLO_SECONDS 5
#define BURST 64		/* taken at once, then ... */
#define BURST_MS 20		/* ... the rest of this is a pause */
#define SOURCES 256		/* addresses are counted by a hash */

/* Somebody who has connected, silent or in the handshake. */
struct guest {
	TAILQ_ENTRY(guest) next;
	struct gate *gate;
	struct crowd *crowd;	/* of which it is one */
	unsigned char source;
	struct link *link;	/* in the handshake; else NULL and these: */
	int fd;
	struct event *hello;
	size_t seen;		/* bytes that were there */
};

/* Guests in the order in which they came. */
struct crowd {
	TAILQ_HEAD(, guest) guests;
	unsigned n, max;
	unsigned of[SOURCES];
};

struct gate {
	struct event_base *base;
	struct listener *listener;
	const struct tls_key *key;
	void (*up)(struct link *, const struct hello *, void *);
	void *arg;
	struct crowd waiting, pending;
	struct event *pause;	/* pending while nobody is let in */
	unsigned burst;		/* how many came since: */
	long long since;
	long long logged;	/* at most one line a second */
};

static void part(struct guest *g)
{
	TAILQ_REMOVE(&g->crowd->guests, g, next);
	g->crowd->n--;
	g->crowd->of[g->source]--;
}

static void join(struct crowd *c, struct guest *g)
{
	TAILQ_INSERT_TAIL(&c->guests, g, next);
	g->crowd = c;
	c->n++;
	c->of[g->source]++;
}

static void stop_waiting(struct guest *g)
{
	if (g->hello != NULL)
		event_free(g->hello);
	g->hello = NULL;
}

static void send_away(struct guest *g)
{
	part(g);
	stop_waiting(g);
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

/* The oldest of the address that has the most here. */
static void make_room(struct crowd *c)
{
	struct guest *g;
	unsigned most = 0;

	if (c->n < c->max)
		return;
	for (int i = 0; i < SOURCES; i++)
		if (c->of[i] > most)
			most = c->of[i];
	TAILQ_FOREACH(g, &c->guests, next)
		if (c->of[g->source] == most)
			break;
	send_away(g);
}

/* In the handshake. */

static void link_up(struct link *l, const struct hello *peer, void *arg)
{
	struct guest *g = arg;
	struct gate *gate = g->gate;

	part(g);
	free(g);
	gate->up(l, peer, gate->arg);
}

static void link_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct guest *g = arg;

	(void)l;
	(void)auth;
	tell_log(g->gate, why->text);
	send_away(g);
}

static const struct link_ops pending_ops = {
	.up = link_up,
	.down = link_down,
};

/* Silent, until the whole ClientHello is there. */

static void begin_tls(struct guest *g)
{
	struct crowd *c = &g->gate->pending;
	int fd = g->fd;

	part(g);
	stop_waiting(g);
	g->fd = -1;
	make_room(c);
	join(c, g);
	g->link = link_serve(g->gate->base, fd, g->gate->key, &pending_ops, g);
}

/* Nothing is taken from the socket. -1: it is over with this one. */
static int look(struct guest *g)
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
	/* Woken up for no more bytes: it has said all that it will. */
	if (want == 0 || (want > (size_t)n && (size_t)n == g->seen))
		return -1;
	g->seen = (size_t)n;
	low = want > (size_t)n ? (int)want : 1;
	if (setsockopt(g->fd, SOL_SOCKET, SO_RCVLOWAT, &low, sizeof low) == -1)
		return -1;
	if (want <= (size_t)n)
		begin_tls(g);
	return 0;
}

static void hello_cb(evutil_socket_t fd, short what, void *arg)
{
	struct guest *g = arg;
	struct gate *gate = g->gate;

	(void)fd;
	if ((what & EV_TIMEOUT) || look(g) == -1) {
		send_away(g);
		tell_log(gate, what & EV_TIMEOUT ? "it said nothing" :
			"it does not speak TLS");
	}
}

static unsigned char hash_source(int fd)
{
	struct sockaddr_storage addr = { 0 };
	socklen_t len = sizeof addr;
	const unsigned char *bytes;
	unsigned hash = 5381;
	size_t n;

	(void)getpeername(fd, (struct sockaddr *)&addr, &len);
	if (addr.ss_family == AF_INET) {
		bytes = (void *)&((struct sockaddr_in *)&addr)->sin_addr;
		n = sizeof(struct in_addr);
	} else {
		bytes = (void *)&((struct sockaddr_in6 *)&addr)->sin6_addr;
		n = sizeof(struct in6_addr);
	}
	for (size_t i = 0; i < n; i++)
		hash = hash * 33 + bytes[i];
	return (unsigned char)(hash ^ hash >> 8);
}

static void pause_cb(evutil_socket_t fd, short what, void *arg)
{
	struct gate *g = arg;

	(void)fd;
	(void)what;
	listener_pause(g->listener, 0);
}

static void count_burst(struct gate *g)
{
	long long now = clock_ms();

	if (now - g->since >= BURST_MS) {
		g->since = now;
		g->burst = 0;
	}
	if (++g->burst < BURST)
		return;
	listener_pause(g->listener, 1);
	event_add(g->pause, &(struct timeval){
		.tv_usec = (g->since + BURST_MS - now) * 1000 });
}

static void accepted(int fd, void *arg)
{
	struct gate *gate = arg;
	struct guest *g = mem_alloc(sizeof *g);

	make_room(&gate->waiting);
	g->gate = gate;
	g->fd = fd;
	g->source = hash_source(fd);
	join(&gate->waiting, g);
	count_burst(gate);
	/* It is woken up a few times at most: its timeout is a deadline. */
	g->hello = event_new(gate->base, fd, EV_READ | EV_PERSIST, hello_cb,
		g);
	event_add(g->hello, &(struct timeval){ .tv_sec = HELLO_SECONDS });
	if (look(g) == -1)
		send_away(g);
}

static void open_crowd(struct crowd *c, unsigned max)
{
	TAILQ_INIT(&c->guests);
	c->max = max;
}

static void close_crowd(struct crowd *c)
{
	while (!TAILQ_EMPTY(&c->guests))
		send_away(TAILQ_FIRST(&c->guests));
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
	open_crowd(&g->waiting, GATE_WAITING);
	open_crowd(&g->pending, GATE_PENDING);
	g->listener = listener_open_range(base, host, low, high, BACKLOG,
		accepted, g, e);
	if (g->listener == NULL) {
		free(g);
		return NULL;
	}
	g->pause = evtimer_new(base, pause_cb, g);
	return g;
}

void gate_close(struct gate *g)
{
	if (g == NULL)
		return;
	close_crowd(&g->waiting);
	close_crowd(&g->pending);
	listener_close(g->listener);
	event_free(g->pause);
	free(g);
}

uint16_t gate_port(const struct gate *g)
{
	return listener_port(g->listener);
}
