/* SPDX-License-Identifier: BSD-2-Clause */
/* client socket <-> relay <-> link <-> relay <-> server socket, in one loop */
#include "net.h"

#include "net/alarm.h"
#include "net/link.h"
#include "net/turn.h"

/* A relay never adds to a queue that is full already. */
static int overfull;

static void link_send_data_checked(struct link *l, uint8_t stream, char *data,
	size_t len)
{
	overfull |= link_is_full(l);
	link_send_data(l, stream, data, len);
}

/* Looks at half-closed ones come sooner, and are counted. */
static int impatience = 1, looks;

static void alarm_set_sooner(struct alarm *a, long long ms)
{
	looks++;
	alarm_set(a, ms / impatience);
}

#define link_send_data link_send_data_checked
#define alarm_set alarm_set_sooner
#include "net/relay.c"
#undef alarm_set
#undef link_send_data

/* The far end of a relay's socket: sends a pattern and checks another. */
struct end {
	int fd;
	struct event readable, writable;
	uint64_t to_send, sent, got;
	int corrupt, eof, error;
	int shut_when_sent;	/* 1: shutdown, 2: close */
	uint32_t seed;
};

struct pair {
	struct end client, server;
	struct link *link[2];
	struct relay *relay[2];
	int up[2], done[2];
	int again[2];		/* the link may carry another */
};

static struct tls_key key;
static struct peeruid owners;
static size_t most_queued;

static void close_end(struct end *e)
{
	if (e->fd == -1)
		return;
	event_del(&e->readable);
	event_del(&e->writable);
	close(e->fd);
	e->fd = -1;
}

static void end_read_cb(evutil_socket_t fd, short what, void *arg)
{
	static char piece[65536];
	struct end *e = arg;
	ssize_t n = read(fd, piece, 1 + rnd(&e->seed) % sizeof piece);

	(void)what;
	if (n > 0) {
		e->corrupt |= !is_pattern(piece, (size_t)n, e->got);
		e->got += (uint64_t)n;
		return;
	}
	if (n == -1 && errno == EAGAIN)
		return;
	if (n == 0)
		e->eof = 1;
	else
		e->error = errno;
	event_del(&e->readable);
}

static void end_write_cb(evutil_socket_t fd, short what, void *arg)
{
	static unsigned char piece[65536];
	struct end *e = arg;
	size_t n = 1 + rnd(&e->seed) % sizeof piece;
	ssize_t put;

	(void)what;
	if (n > e->to_send - e->sent)
		n = (size_t)(e->to_send - e->sent);
	pattern(piece, n, e->sent);
	put = write(fd, piece, n);
	if (put > 0)
		e->sent += (uint64_t)put;
	if (put == -1 && errno != EAGAIN) {
		e->error = errno;
		event_del(&e->writable);
	} else if (e->sent == e->to_send) {
		event_del(&e->writable);
		if (e->shut_when_sent == 1)
			shutdown(fd, SHUT_WR);
		else if (e->shut_when_sent == 2)
			close_end(e);
	}
}

/* Have it send on until that many bytes are sent in all. */
static void send_up_to(struct end *e, uint64_t bytes, int shut)
{
	e->to_send = bytes;
	e->shut_when_sent = shut;
	event_add(&e->writable, NULL);
}

static void begin_end(struct end *e, int fd, uint32_t seed)
{
	*e = (struct end){ .fd = fd, .seed = seed };
	set_nonblock(fd);
	event_assign(&e->readable, evbase, fd, EV_READ | EV_PERSIST,
		end_read_cb, e);
	event_assign(&e->writable, evbase, fd, EV_WRITE | EV_PERSIST,
		end_write_cb, e);
	event_add(&e->readable, NULL);
}

static void link_up(struct link *l, const struct hello *peer, void *arg)
{
	(void)l;
	(void)peer;
	*(int *)arg = 1;
}

static void no_frame(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
	fail_msg("a frame without a relay");
}

static void no_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)l;
	(void)auth;
	(void)arg;
	fail_msg("the link went down: %s", why->text);
}

static const struct link_ops before = { link_up, no_frame, NULL, no_down,
	NULL };

static void relay_done(struct relay *r, struct link *l, void *arg)
{
	struct pair *p = arg;
	int i = r == p->relay[1];

	assert_ptr_equal(r, p->relay[i]);
	assert_int_equal(p->done[i]++, 0);
	p->relay[i] = NULL;
	p->again[i] = l != NULL;
	if (l != NULL)
		link_free_when_sent(l);
}

static void begin(struct pair *p, int small, uint32_t seed)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, small), fd, a[2], b[2];

	*p = (struct pair){ 0 };
	p->link[0] = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &before, &p->up[0]);
	fd = accept(l, NULL, NULL);
	close(l);
	set_nonblock(fd);
	p->link[1] = link_serve(evbase, fd, &key, &before, &p->up[1]);
	WAIT_FOR(p->up[0] && p->up[1]);
	tcp_pair(a, small);
	tcp_pair(b, small);
	begin_end(&p->client, a[0], seed);
	begin_end(&p->server, b[0], seed + 1);
	set_nonblock(a[1]);
	set_nonblock(b[1]);
	p->relay[0] = relay_new(evbase, a[1], p->link[0], FRAME_MAX, "client",
		&owners, relay_done, p);
	p->relay[1] = relay_new(evbase, b[1], p->link[1], 999999, "server",
		&owners, relay_done, p);
}

static void end(struct pair *p)
{
	close_end(&p->client);
	close_end(&p->server);
	WAIT_FOR(p->done[0] && p->done[1]);
	assert_false(p->client.corrupt || p->server.corrupt);
	assert_false(overfull);
	link_fini();
}

static uint64_t moved(const struct pair *p)
{
	return p->client.sent + p->client.got + p->server.sent +
		p->server.got;
}

/*
 * Nothing has moved for longer than the kernel delays an acknowledgement: counted
 * in turns of the loop, 2 ms each when it waits, since a loaded machine may let
 * that time pass without one.
 */
#define IDLE_TURNS 50

static int is_idle(const struct pair *p)
{
	uint64_t was = moved(p);

	for (int i = 0; i < IDLE_TURNS && moved(p) == was; i++)
		event_base_loop(evbase, EVLOOP_ONCE);
	return moved(p) == was;
}

static void stop_reading(struct end *e)
{
	event_del(&e->readable);
}

/* A process closed its end, and the other never says anything. */
static void ends_what_nobody_has(void **state)
{
	struct pair p;

	(void)state;
	impatience = 1000;
	for (int who = 0; who < 2; who++)
		for (int small = 0; small < 2; small++) {
			struct end *gone, *other;
			uint64_t bytes = small ? 3 << 20 : 1000;

			begin(&p, small ? 4096 : 0, 7);
			gone = who ? &p.server : &p.client;
			other = who ? &p.client : &p.server;
			/* Slow at first, and yet all comes, and then an end. */
			stop_reading(other);
			send_up_to(gone, bytes, 2);
			WAIT_FOR(gone->fd == -1 || is_idle(&p));
			event_add(&other->readable, NULL);
			WAIT_FOR(other->eof || other->error);
			assert_int_equal(other->error, 0);
			assert_int_equal(other->got, bytes);
			WAIT_FOR(p.done[0] && p.done[1]);
			assert_false(p.again[0] || p.again[1]);
			end(&p);
		}
	impatience = 1;
}

/* What is written for it stays where it is, as does who might read. */
static void ends_what_is_stuck(void **state)
{
	struct pair p;

	(void)state;
	impatience = 1000;
	begin(&p, 4096, 3);
	stop_reading(&p.server);
	/* More than the server's buffers take, and less than all have. */
	send_up_to(&p.client, 60000, 2);
	WAIT_FOR(p.client.fd == -1);
	WAIT_FOR(p.done[0]);
	end(&p);
	impatience = 1;
}

/* Who only says that he says no more may be answered when it pleases. */
static void leaves_half_closed_ones(void **state)
{
	struct pair p;

	(void)state;
	impatience = 1000;
	for (int who = 0; who < 2; who++) {
		struct end *half, *other;
		int began = looks;

		begin(&p, 0, 5);
		half = who ? &p.server : &p.client;
		other = who ? &p.client : &p.server;
		send_up_to(half, 1000, 1);
		WAIT_FOR(other->eof && looks > began + 20);
		assert_false(p.done[0] || p.done[1]);
		send_up_to(other, 100000, 1);
		WAIT_FOR(p.done[0] && p.done[1]);
		WAIT_FOR(half->got == 100000);
		assert_true(p.again[0] && p.again[1]);
		end(&p);
	}
	impatience = 1;
}

/* Each half ends on its own, in both orders, behind all its bytes. */
static void ends_half_by_half(void **state)
{
	(void)state;
	for (int small = 0; small < 2; small++)
		for (int order = 0; order < 2; order++) {
			struct pair p;
			struct end *a = order ? &p.server : &p.client;
			struct end *b = order ? &p.client : &p.server;

			begin(&p, small ? 8192 : 0, 1);
			send_up_to(a, 1 << 20, 1);
			WAIT_FOR(b->eof);
			assert_int_equal(b->got, 1 << 20);
			assert_false(a->eof);
			assert_int_equal(p.done[0] + p.done[1], 0);
			send_up_to(b, 2 << 20, 1);
			WAIT_FOR(a->eof);
			assert_int_equal(a->got, 2 << 20);
			WAIT_FOR(p.done[0] && p.done[1]);
			assert_true(p.again[0] && p.again[1]);
			assert_int_equal(a->error + b->error, 0);
			end(&p);
		}
}

static void ends_both_at_once(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, 8192, 7);
	send_up_to(&p.client, 3000000, 1);
	send_up_to(&p.server, 2000000, 1);
	WAIT_FOR(p.client.eof && p.server.eof);
	assert_int_equal(p.client.got, 2000000);
	assert_int_equal(p.server.got, 3000000);
	assert_int_equal(p.client.error + p.server.error, 0);
	end(&p);
}

/* A server that closes has still said all, to a client that reads late. */
static void delivers_after_a_close(void **state)
{
	struct pair p;

	(void)state;
	begin(&p, 8192, 3);
	event_del(&p.client.readable);
	send_up_to(&p.client, 1000, 1);
	WAIT_FOR(p.server.eof);
	send_up_to(&p.server, 150000, 2);
	while (!is_idle(&p))
		;
	event_add(&p.client.readable, NULL);
	WAIT_FOR(p.client.eof);
	assert_int_equal(p.client.got, 150000);
	assert_int_equal(p.client.error, 0);
	end(&p);
}

static void passes_resets_on(void **state)
{
	struct linger now = { 1, 0 };

	(void)state;
	for (int order = 0; order < 2; order++)
		for (int half_closed = 0; half_closed < 2; half_closed++) {
			struct pair p;
			struct end *a = order ? &p.server : &p.client;
			struct end *b = order ? &p.client : &p.server;

			begin(&p, 0, 5);
			send_up_to(a, 1000, 0);
			WAIT_FOR(b->got == 1000);
			if (half_closed) {
				send_up_to(b, 1000, 1);
				WAIT_FOR(a->eof);
				event_del(&a->writable);
			}
			setsockopt(a->fd, SOL_SOCKET, SO_LINGER, &now,
				sizeof now);
			close_end(a);
			WAIT_FOR(b->eof || b->error);
			assert_int_equal(b->error, ECONNRESET);
			WAIT_FOR(p.done[0] && p.done[1]);
			assert_false(p.again[0] || p.again[1]);
			end(&p);
		}
}

static void resets_when_the_link_dies(void **state)
{
	(void)state;
	for (int who = 0; who < 3; who++) {
		struct pair p;

		begin(&p, 0, 9);
		send_up_to(&p.client, 5000, 0);
		WAIT_FOR(p.server.got == 5000);
		/* relay_free() itself, or what a killed peer looks like. */
		if (who < 2) {
			relay_free(p.relay[who]);
			p.done[who] = 1;
		} else {
			link_free(p.link[1]);
			sock_reset_on_close(p.relay[1]->channel->readfd);
			relay_destroy(p.relay[1]);
			p.done[1] = 1;
		}
		WAIT_FOR(p.client.error && p.server.error);
		assert_int_equal(p.client.error, ECONNRESET);
		assert_int_equal(p.server.error, ECONNRESET);
		end(&p);
	}
}

/* However much the other side has to say, little of it is stored here. */
static void stores_little(void **state)
{
	uint64_t sent;

	(void)state;
	for (int order = 0; order < 2; order++) {
		struct pair p;
		struct end *reader = order ? &p.server : &p.client;
		struct end *writer = order ? &p.client : &p.server;

		begin(&p, 65536, 11);
		event_del(&reader->readable);
		send_up_to(writer, 32 << 20, 1);
		most_queued = 0;
		do {
			for (int i = 0; i < 2; i++) {
				size_t n = outflow_queued(&p.relay[i]->channel->out);

				if (n > most_queued)
					most_queued = n;
			}
		} while (!is_idle(&p));
		sent = writer->sent;
		assert_true(most_queued > 0 && most_queued <= TURN_LONG);
		assert_true(sent < 8 << 20);
		assert_int_equal(p.relay[!order]->channel->in.paused, 1);
		event_add(&reader->readable, NULL);
		WAIT_FOR(reader->eof);
		assert_int_equal(reader->got, 32 << 20);
		end(&p);
	}
}

static void serves_many_at_once(void **state)
{
	enum { MANY = 40 };
	static struct pair p[MANY];
	uint32_t seed = 42;
	uint64_t bytes[MANY][2];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		begin(&p[i], i % 2 ? 16384 : 0, (uint32_t)i);
		bytes[i][0] = rnd(&seed) % 400000;
		bytes[i][1] = rnd(&seed) % 400000;
		send_up_to(&p[i].client, bytes[i][0], 1);
		send_up_to(&p[i].server, bytes[i][1], 1);
	}
	for (int i = 0; i < MANY; i++) {
		WAIT_FOR(p[i].client.eof && p[i].server.eof);
		assert_int_equal(p[i].server.got, bytes[i][0]);
		assert_int_equal(p[i].client.got, bytes[i][1]);
	}
	for (int i = 0; i < MANY; i++)
		end(&p[i]);
}

/* ---- stdio --------------------------------------------------------------- */

enum { IN, OUT, ERR, STREAMS };

/*
 * A front's relay and an agent's, pipes of both, and the other ends of those:
 * what the client and the program in the job have.
 */
struct stdio {
	struct link *link[2];
	int up[2];
	struct relay *front, *agent;
	struct end client[STREAMS], program[STREAMS];
	struct filters filters;
	int ended[2][STREAMS], error[2][STREAMS], down[2], frames, written;
	unsigned drop;		/* 1 + the stream at whose end relays go */
};

static struct stdio *stdio_of(struct relay *r, void *arg, int *who)
{
	struct stdio *s = arg;

	*who = r == s->agent;
	assert_true(*who || r == s->front);
	return s;
}

static void stdio_frame(struct relay *r, const struct frame *f, void *arg)
{
	int who;

	assert_int_equal(f->type, FRAME_SIGNAL);
	stdio_of(r, arg, &who)->frames++;
}

static void stdio_ended(struct relay *r, unsigned stream, int error,
	void *arg)
{
	int who;
	struct stdio *s = stdio_of(r, arg, &who);

	assert_int_equal(s->ended[who][stream]++, 0);
	s->error[who][stream] = error;
	if (s->drop == 1 + stream) {
		relay_free(r);
		*(who ? &s->agent : &s->front) = NULL;
	}
}

static void stdio_written(struct relay *r, void *arg)
{
	int who;

	stdio_of(r, arg, &who)->written++;
}

static void stdio_down(struct relay *r, const struct err *why, void *arg)
{
	int who;

	(void)why;
	stdio_of(r, arg, &who)->down[who]++;
	assert_null(relay_link(r));
}

static const struct relay_ops stdio_ops = {
	stdio_frame, stdio_ended, stdio_written, stdio_down
};

static void make_pipe(int fd[2])
{
	assert_int_equal(pipe2(fd, O_CLOEXEC | O_NONBLOCK), 0);
}

/* The link of both; its relays come behind that. */
static void begin_link(struct stdio *s)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 8192), fd;

	*s = (struct stdio){ 0 };
	s->link[0] = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &before, &s->up[0]);
	fd = accept(l, NULL, NULL);
	close(l);
	set_nonblock(fd);
	s->link[1] = link_serve(evbase, fd, &key, &before, &s->up[1]);
	WAIT_FOR(s->up[0] && s->up[1]);
}

static void begin_stdio(struct stdio *s, int is_filtered)
{
	struct relay_pair front[STREAMS], agent[STREAMS];

	begin_link(s);
	for (int i = 0; i < STREAMS; i++) {
		int c[2], p[2];

		make_pipe(c);
		make_pipe(p);
		/* The first goes from the client to the program. */
		begin_end(&s->client[i], c[i == IN], i);
		begin_end(&s->program[i], p[i != IN], i + STREAMS);
		front[i] = (struct relay_pair){
			.readfd = i == IN ? c[0] : -1,
			.writefd = i == IN ? -1 : c[1],
			.outward = i == OUT && is_filtered ? &s->filters : NULL,
		};
		agent[i] = (struct relay_pair){
			.readfd = i == IN ? -1 : p[0],
			.writefd = i == IN ? p[1] : -1,
		};
		stop_reading(i == IN ? &s->client[i] : &s->program[i]);
	}
	s->front = relay_new_stdio(evbase, s->link[0], front, STREAMS, 10000,
		"front", &stdio_ops, s);
	s->agent = relay_new_stdio(evbase, s->link[1], agent, STREAMS,
		TURN_LONG, "agent", &stdio_ops, s);
}

static void end_stdio(struct stdio *s)
{
	relay_free(s->front);
	relay_free(s->agent);
	for (int i = 0; i < STREAMS; i++) {
		assert_false(s->client[i].corrupt || s->program[i].corrupt);
		close_end(&s->client[i]);
		close_end(&s->program[i]);
	}
	link_fini();
}

/* What is on its way inside both relays. */
static size_t kept(const struct stdio *s)
{
	size_t n = 0;

	for (int i = OUT; i <= ERR; i++)
		n += outflow_queued(&s->front->channel[i].out);
	return n + outflow_queued(&s->agent->channel[IN].out);
}

static int is_quiet(const struct stdio *s)
{
	unsigned long long was = s->front->moved + s->agent->moved;

	for (int i = 0; i < IDLE_TURNS &&
		s->front->moved + s->agent->moved == was; i++)
		event_base_loop(evbase, EVLOOP_ONCE);
	return s->front->moved + s->agent->moved == was;
}

static void carries_three_streams(void **state)
{
	unsigned char sig = SIGINT;
	struct stdio s;

	(void)state;
	begin_stdio(&s, 0);
	assert_true(relay_reads(s.front, IN) && !relay_writes(s.front, IN));
	assert_true(relay_writes(s.front, OUT) && !relay_reads(s.front, OUT));
	send_up_to(&s.client[IN], 1500000, 2);
	send_up_to(&s.program[OUT], 2000000, 2);
	send_up_to(&s.program[ERR], 700000, 2);
	link_send(s.link[0], FRAME_SIGNAL, 0, &sig, 1);
	WAIT_FOR(s.program[IN].eof && s.client[OUT].eof && s.client[ERR].eof);
	assert_int_equal(s.program[IN].got, 1500000);
	assert_int_equal(s.client[OUT].got, 2000000);
	assert_int_equal(s.client[ERR].got, 700000);
	for (int i = 0; i < STREAMS; i++)
		for (int who = 0; who < 2; who++) {
			assert_int_equal(s.ended[who][i], 1);
			assert_int_equal(s.error[who][i], 0);
		}
	assert_int_equal(s.frames, 1);
	assert_false(relay_reads(s.front, IN) || relay_writes(s.agent, IN));
	/* It is over when its owner says so, and the link is as good as new. */
	assert_ptr_equal(relay_release(s.agent), s.link[1]);
	s.agent = NULL;
	link_free_when_sent(s.link[1]);
	WAIT_FOR(s.down[0] == 1);
	end_stdio(&s);
}

/* One that nobody reads has the others wait, sooner or later, and fills nothing. */
static void stops_who_is_not_read(void **state)
{
	struct stdio s;

	(void)state;
	begin_stdio(&s, 0);
	stop_reading(&s.client[OUT]);
	stop_reading(&s.program[IN]);
	send_up_to(&s.program[OUT], 32 << 20, 2);
	send_up_to(&s.client[IN], 32 << 20, 2);
	most_queued = 0;
	do {
		if (kept(&s) > most_queued)
			most_queued = kept(&s);
	} while (!is_quiet(&s));
	/* On a loaded machine quiet may be but a pause of the kernel. */
	WAIT_FOR(relay_is_writing(s.front) &&
		s.agent->channel[OUT].in.paused);
	assert_true(most_queued <= 2 * (QUEUE_FULL + TURN_LONG));
	assert_true(s.program[OUT].sent < 8 << 20);
	assert_true(s.client[IN].sent < 8 << 20);
	event_add(&s.client[OUT].readable, NULL);
	WAIT_FOR(s.client[OUT].eof);
	assert_int_equal(s.client[OUT].got, 32 << 20);
	assert_false(relay_is_writing(s.front));
	event_add(&s.program[IN].readable, NULL);
	WAIT_FOR(s.program[IN].eof);
	assert_int_equal(s.program[IN].got, 32 << 20);
	assert_true(s.written > 0);
	end_stdio(&s);
}

/* A program that closes its stdin still says something. */
static void loses_one_direction(void **state)
{
	struct stdio s;

	(void)state;
	begin_stdio(&s, 0);
	close_end(&s.program[IN]);
	send_up_to(&s.client[IN], 3 << 20, 2);
	WAIT_FOR(s.ended[1][IN]);
	assert_int_equal(s.error[1][IN], EPIPE);
	WAIT_FOR(s.ended[0][IN]);
	assert_int_equal(s.error[0][IN], 0);
	send_up_to(&s.program[OUT], 1 << 20, 2);
	WAIT_FOR(s.client[OUT].eof);
	assert_int_equal(s.client[OUT].got, 1 << 20);
	end_stdio(&s);
}

/* Holds the byte of that place until it is released. */
struct gate_at {
	struct filter filter;
	uint64_t at, seen;
};

static size_t gate_data(struct filter *f, const char *data, size_t len)
{
	struct gate_at *g = (struct gate_at *)f;
	size_t n = len;

	if (g->at >= g->seen && g->at - g->seen < len) {
		n = (size_t)(g->at - g->seen);
		g->at = UINT64_MAX;
		filter_hold(f);
	}
	if (n > 0)
		filter_pass(f, data, n);
	g->seen += n;
	return n;
}

static const struct filter_ops gate_ops = { .data = gate_data };

/* What waits for a filter waits in the job, and behind it comes all. */
static void waits_for_a_filter(void **state)
{
	struct gate_at gate = { .at = 50000 };
	struct stdio s;

	(void)state;
	begin_stdio(&s, 1);
	filters_add(&s.filters, &gate.filter, &gate_ops);
	send_up_to(&s.program[OUT], 16 << 20, 2);
	WAIT_FOR(s.client[OUT].got == 50000);
	while (!is_quiet(&s))
		;
	assert_int_equal(s.client[OUT].got, 50000);
	assert_true(relay_is_writing(s.front));
	assert_true(gate.filter.waiting.len < FRAME_MAX);
	assert_true(s.program[OUT].sent < 8 << 20);
	/* Order holds between streams no less. */
	send_up_to(&s.program[ERR], 10, 0);
	assert_true(is_quiet(&s));
	assert_int_equal(s.client[ERR].got, 0);
	filter_release(&gate.filter);
	WAIT_FOR(s.client[OUT].eof && s.client[ERR].got == 10);
	assert_int_equal(s.client[OUT].got, 16 << 20);
	assert_int_equal(s.ended[0][OUT], 1);
	filter_fini(&gate.filter);
	end_stdio(&s);
}

/* What came before the link died is still written, by who has it. */
static void writes_what_it_has(void **state)
{
	struct stdio s;

	(void)state;
	begin_stdio(&s, 0);
	stop_reading(&s.client[OUT]);
	send_up_to(&s.program[OUT], 100000, 0);
	WAIT_FOR(s.front->moved == 100000);
	relay_free(s.agent);
	s.agent = NULL;
	WAIT_FOR(s.down[0] == 1);
	assert_true(relay_is_writing(s.front));
	/* Nobody takes it any more, and yet it does not stay in the pipe. */
	send_up_to(&s.client[IN], 300000, 2);
	WAIT_FOR(s.ended[0][IN]);
	event_add(&s.client[OUT].readable, NULL);
	WAIT_FOR(s.client[OUT].got == 100000 && !relay_is_writing(s.front));
	assert_false(s.ended[0][OUT]);
	end_stdio(&s);
}

static void may_go_at_an_end(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct stdio s;

		begin_stdio(&s, i == OUT);
		s.drop = 1 + i;
		send_up_to(i == IN ? &s.client[i] : &s.program[i], 1000, 2);
		WAIT_FOR(s.front == NULL || s.agent == NULL);
		settle();
		end_stdio(&s);
	}
}

/* A terminal ends with its program, though others have it open. */
static void drains_what_is_lent(void **state)
{
	struct stdio s;
	int p[2];
	struct relay_pair pair = { .readfd = -1, .writefd = -1, .is_lent = 1 };

	(void)state;
	begin_link(&s);
	make_pipe(p);
	pair.readfd = p[0];
	begin_end(&s.program[OUT], p[1], 1);
	stop_reading(&s.program[OUT]);
	s.agent = relay_new_stdio(evbase, s.link[1], &pair, 1, 1000, "agent",
		&stdio_ops, &s);
	send_up_to(&s.program[OUT], 60000, 0);
	while (s.program[OUT].sent < 60000)
		end_write_cb(p[1], 0, &s.program[OUT]);
	relay_drain(s.agent, 0);
	assert_int_equal(relay_moved(s.agent), 60000);
	assert_int_equal(s.ended[1][0], 1);
	relay_drain(s.agent, 0);
	assert_int_equal(s.ended[1][0], 1);
	/* It is still open. */
	assert_int_equal(write(p[1], "x", 1), 1);
	relay_free(s.agent);
	assert_int_equal(fcntl(p[0], F_GETFD), FD_CLOEXEC);
	close(p[0]);
	close_end(&s.program[OUT]);
	link_free(s.link[0]);
}

/* Nobody has the descriptors any more; the program goes on as if somebody had. */
static void goes_on_without_descriptors(void **state)
{
	struct gate_at gate = { .at = 50000 };

	(void)state;
	for (int held = 0; held < 2; held++) {
		struct stdio s;

		begin_stdio(&s, held);
		gate.at = 50000;
		gate.seen = 0;
		if (held) {
			gate.filter = (struct filter){ 0 };
			filters_add(&s.filters, &gate.filter, &gate_ops);
		}
		stop_reading(&s.client[OUT]);
		send_up_to(&s.program[OUT], 16 << 20, 2);
		send_up_to(&s.client[IN], 1000, 0);
		WAIT_FOR(s.program[IN].got == 1000);
		while (!is_quiet(&s))
			;
		assert_true(s.program[OUT].sent < 8 << 20);
		relay_detach(s.front);
		assert_false(relay_is_writing(s.front));
		WAIT_FOR(s.ended[1][OUT]);
		assert_int_equal(s.program[OUT].sent, 16 << 20);
		/* Its stdin has not ended, and has nothing more to say. */
		settle();
		assert_int_equal(s.ended[1][IN], 0);
		assert_int_equal(s.ended[0][OUT], 0);
		assert_int_equal(s.down[0] + s.down[1], 0);
		if (held) {
			filter_release(&gate.filter);
			filter_fini(&gate.filter);
		}
		end_stdio(&s);
	}
}

/* One stream both ways over a socket, as a program has its stdin and stdout. */
static void shuts_a_socket_down(void **state)
{
	(void)state;
	for (int order = 0; order < 2; order++) {
		struct stdio s;
		struct end end[2];
		int a[2], b[2];

		begin_link(&s);
		tcp_pair(a, 0);
		tcp_pair(b, 8192);
		for (int i = 0; i < 2; i++) {
			int *fd = i == 0 ? a : b;
			struct relay_pair pair = {
				.readfd = fd[1], .writefd = fd[1]
			};
			struct relay **r = i == 0 ? &s.front : &s.agent;

			set_nonblock(fd[1]);
			begin_end(&end[i], fd[0], 20 + i);
			*r = relay_new_stdio(evbase, s.link[i], &pair, 1, 70000,
				"socket", &stdio_ops, &s);
			s.drop = 0;
		}
		send_up_to(&end[order], 1 << 20, 1);
		WAIT_FOR(end[!order].eof);
		assert_int_equal(end[!order].got, 1 << 20);
		assert_false(end[order].eof);
		/* Each half is told; the second of both would be one too many. */
		memset(s.ended, 0, sizeof s.ended);
		send_up_to(&end[!order], 2 << 20, 1);
		WAIT_FOR(end[order].eof);
		assert_int_equal(end[order].got, 2 << 20);
		assert_int_equal(s.ended[0][0], 1);
		WAIT_FOR(s.ended[1][0] == 1);
		assert_false(relay_reads(s.front, 0) || relay_writes(s.front, 0));
		relay_free(s.front);
		relay_free(s.agent);
		for (int i = 0; i < 2; i++) {
			assert_false(end[i].corrupt || end[i].error);
			close_end(&end[i]);
		}
	}
}

static int group_setup(void **state)
{
	static const unsigned char secret[TLS_SECRET_SIZE] = "secret";
	struct err e;

	(void)state;
	loop_init();
	log_init("test_relay");
	link_set_hello("test 1.0", "here");
	tls_key_derive(&key, secret, "tag", "front");
	if (peeruid_open(&owners, &e) == -1)
		return -1;
	return tls_init(&e);
}

static int group_teardown(void **state)
{
	(void)state;
	peeruid_close(&owners);
	tls_fini();
	loop_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends_half_by_half),
		cmocka_unit_test(ends_what_nobody_has),
		cmocka_unit_test(ends_what_is_stuck),
		cmocka_unit_test(leaves_half_closed_ones),
		cmocka_unit_test(ends_both_at_once),
		cmocka_unit_test(delivers_after_a_close),
		cmocka_unit_test(passes_resets_on),
		cmocka_unit_test(resets_when_the_link_dies),
		cmocka_unit_test(stores_little),
		cmocka_unit_test(serves_many_at_once),
		cmocka_unit_test(carries_three_streams),
		cmocka_unit_test(stops_who_is_not_read),
		cmocka_unit_test(loses_one_direction),
		cmocka_unit_test(waits_for_a_filter),
		cmocka_unit_test(writes_what_it_has),
		cmocka_unit_test(may_go_at_an_end),
		cmocka_unit_test(drains_what_is_lent),
		cmocka_unit_test(goes_on_without_descriptors),
		cmocka_unit_test(shuts_a_socket_down),
	};

	return cmocka_run_group_tests_name("relay", tests, group_setup,
		group_teardown);
}
