/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>

#include "net.h"

/* The last deadline of a link, and another one to be had instead of it. */
static long asked_for, instead_us;

static int event_add_scaled(struct event *ev, const struct timeval *tv)
{
	struct timeval instead = { instead_us / 1000000, instead_us % 1000000 };

	if (tv == NULL || tv->tv_sec == 0)
		return event_add(ev, tv);
	asked_for = tv->tv_sec;
	return event_add(ev, instead_us != 0 ? &instead : tv);
}

#define event_add event_add_scaled
#include "net/link.c"
#include "net/gate.c"
#undef event_add
#include "os/log.h"

static struct tls_key key, wrong_key, forged_key;
static struct gate *gate;

/* A link that the gate let in, or the one that dialed. */
static struct link *let_in, *dialed;
static int ups, frames, dialed_ups, dialed_downs, refuse_all;

static void in_frame(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
	frames++;
}

static void in_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)why;
	(void)auth;
	(void)arg;
	link_free(l);
	let_in = NULL;
}

static const struct link_ops in_ops = { NULL, in_frame, NULL, in_down,
	NULL };

static void gate_up(struct link *l, const struct hello *peer, void *arg)
{
	assert_ptr_equal(arg, &gate);
	assert_string_equal(peer->program, "test 1.0");
	ups++;
	if (refuse_all) {
		link_send(l, FRAME_PING, 0, "01234567", 8);
		link_free_when_sent(l);
		return;
	}
	let_in = l;
	link_set_ops(l, &in_ops, NULL);
}

static void out_up(struct link *l, const struct hello *peer, void *arg)
{
	(void)l;
	(void)peer;
	(void)arg;
	dialed_ups++;
}

static void out_frame(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)arg;
	frames += f->type == FRAME_PING;
}

static void out_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)why;
	(void)auth;
	(void)arg;
	dialed_downs++;
	link_free(l);
	dialed = NULL;
}

static const struct link_ops out_ops = { out_up, out_frame, NULL, out_down,
	NULL };

static struct sockaddr_in address(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	addr.sin_port = htons(gate_port(gate));
	return addr;
}

static void dial(const struct tls_key *k)
{
	struct sockaddr_in addr = address();

	dialed = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr, k,
		&out_ops, NULL);
}

/* Somebody who connects and says nothing. */
static int stranger(void)
{
	struct sockaddr_in addr = address();
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr),
		0);
	set_nonblock(fd);
	return fd;
}

static int is_closed(int fd)
{
	char c;
	ssize_t n = recv(fd, &c, 1, MSG_PEEK);

	/* It never says anything to a stranger. */
	assert_true(n <= 0);
	return n == 0 || errno != EAGAIN;
}

static int setup(void **state)
{
	struct err e;

	(void)state;
	asked_for = instead_us = 0;
	ups = frames = dialed_ups = dialed_downs = refuse_all = 0;
	gate = gate_open(evbase, "127.0.0.1", 0, 0, &key, gate_up, &gate, &e);
	assert_non_null(gate);
	assert_int_not_equal(gate_port(gate), 0);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	link_free(dialed);
	link_free(let_in);
	dialed = let_in = NULL;
	gate_close(gate);
	gate_close(NULL);
	settle();
	link_fini();
	return 0;
}

static void lets_in_who_has_the_key(void **state)
{
	(void)state;
	dial(&key);
	/* Sent at once: who gets the link gets its frames. */
	link_send(dialed, FRAME_CONTROL, 0, NULL, 0);
	WAIT_FOR(ups == 1 && frames == 1 && dialed_ups == 1);
	link_free(dialed);
	dialed = NULL;
	WAIT_FOR(let_in == NULL);
	dial(&wrong_key);
	WAIT_FOR(dialed_downs == 1);
	assert_int_equal(ups, 1);
}

static void may_refuse_politely(void **state)
{
	(void)state;
	refuse_all = 1;
	dial(&key);
	link_send(dialed, FRAME_CONTROL, 0, NULL, 0);
	WAIT_FOR(dialed_downs == 1);
	assert_int_equal(frames, 1);
	assert_int_equal(dialed_ups, 1);
}

/* One that connects from another address of the loopback. */
static int stranger_from(const char *host)
{
	struct sockaddr_in addr = address(), own = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	inet_pton(AF_INET, host, &own.sin_addr);
	assert_int_equal(bind(fd, (struct sockaddr *)&own, sizeof own), 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&addr, sizeof addr),
		0);
	set_nonblock(fd);
	return fd;
}

static void sends_the_oldest_away(void **state)
{
	static int fd[GATE_SILENT + 4];

	(void)state;
	/* A busy machine needs more than 5 s for so many. */
	instead_us = 600000000;
	for (int i = 0; i < GATE_SILENT; i++) {
		/* All of 127/8 is one source. */
		fd[i] = i % 2 ? stranger() : stranger_from("127.3.2.1");
		if (i % 32 == 31)
			event_base_loop(evbase, EVLOOP_NONBLOCK);
	}
	WAIT_FOR(gate->silent.n == GATE_SILENT);
	for (int i = 0; i < GATE_SILENT; i++)
		assert_false(is_closed(fd[i]));
	for (int i = 0; i < 4; i++) {
		fd[GATE_SILENT + i] = stranger();
		WAIT_FOR(is_closed(fd[i]));
		/* The others stay, this one too. */
		settle();
		for (int k = i + 1; k <= GATE_SILENT + i; k++)
			assert_false(is_closed(fd[k]));
	}
	/* The owner is let in although it is full. */
	dial(&key);
	WAIT_FOR(ups == 1);
	for (int i = 0; i < GATE_SILENT + 4; i++)
		close(fd[i]);
}

/* Of which of them an address is; the rest are hashed. */
static void knows_sources(void **state)
{
	static const struct {
		const char *one, *other;
		int same;
	} rows[] = {
		{ "127.0.0.1", "127.255.3.2", 1 },
		{ "127.0.0.1", "::ffff:127.9.9.9", 1 },
		{ "127.0.0.1", "::1", 1 },
		{ "10.0.0.1", "::ffff:10.0.0.1", 1 },
		{ "10.0.0.1", "10.0.0.2", 0 },
		{ "10.0.0.1", "127.0.0.1", 0 },
		{ "::ffff:10.0.0.1", "::ffff:10.0.0.2", 0 },
		{ "2001:db8::1", "2001:db8::ffff:1:2:3", 1 },
		{ "2001:db8:0:1::1", "2001:db8:0:2::1", 0 },
		{ "2001:db8::1", "::1", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct sockaddr_storage a, b;
		socklen_t len;
		struct err e;

		assert_int_equal(sock_parse_addr(rows[i].one, 1, &a, &len, &e),
			0);
		assert_int_equal(sock_parse_addr(rows[i].other, 1, &b, &len,
			&e), 0);
		if ((hash_source(&a) == hash_source(&b)) != rows[i].same)
			fail_msg("%s and %s", rows[i].one, rows[i].other);
	}
}

/* The bytes that a client of TLS with that key says first. */
static size_t hello_of(const struct tls_key *k, char *data, size_t size)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 0), fd;
	struct link *link = link_dial(evbase, (struct sockaddr *)&addr,
		sizeof addr, k, &out_ops, NULL);
	ssize_t n = -1;

	fd = accept(l, NULL, NULL);
	set_nonblock(fd);
	WAIT_FOR((n = recv(fd, data, size, 0)) > 0);
	link_free(link);
	close(fd);
	close(l);
	return (size_t)n;
}

static ssize_t answer_to(const char *data, size_t len, char *out, size_t size)
{
	int fd = stranger();
	ssize_t n = -1;

	assert_int_equal(write(fd, data, len), len);
	WAIT_FOR((n = recv(fd, out, size, 0)) != -1 || errno != EAGAIN);
	close(fd);
	return n;
}

/*
 * Who has no key takes no place in a handshake: not with the right identity, nor
 * with a hello that was seen on the network.
 */
static void begins_tls_with_a_proof_only(void **state)
{
	static const struct tls_key *const keys[] = { &wrong_key,
		&forged_key };
	char hello[CLIENTHELLO_MAX], answer[64];
	size_t n;

	(void)state;
	for (int i = 0; i < 2; i++) {
		n = hello_of(keys[i], hello, sizeof hello);
		assert_int_equal(answer_to(hello, n, answer, sizeof answer),
			7);
		assert_memory_equal(answer, "\x15\x03\x03\0\2\2\x28", 7);
		assert_int_equal(gate->proven.n + gate->pending.n, 0);
	}
	n = hello_of(&key, hello, sizeof hello);
	/* A ServerHello, but no more without the next step. */
	assert_true(answer_to(hello, n, answer, sizeof answer) > 7);
	WAIT_FOR(gate->pending.n == 0);
	assert_int_equal(answer_to(hello, n, answer, sizeof answer), 7);
	for (size_t i = 5; i < n; i++) {
		hello[i] ^= 1;
		assert_int_not_equal(proof_is_given(gate->proof, hello, n), 1);
		hello[i] ^= 1;
	}
	assert_int_equal(ups, 0);
}

/* More who have the key than can be served at once: they wait. */
static void lets_the_proven_wait(void **state)
{
	enum { N = 3 * GATE_PENDING };
	static char hello[CLIENTHELLO_MAX];
	int fd[N + 8], n = 0;

	(void)state;
	for (; n < N; n++) {
		size_t len = hello_of(&key, hello, sizeof hello);

		fd[n] = stranger();
		assert_int_equal(write(fd[n], hello, len), len);
	}
	WAIT_FOR(gate->pending.n == GATE_PENDING &&
		gate->proven.n == N - GATE_PENDING);
	/* Those who have not proved anything change nothing about that. */
	for (; n < N + 8; n++) {
		size_t len = hello_of(&forged_key, hello, sizeof hello);

		fd[n] = stranger();
		assert_int_equal(write(fd[n], hello, len), len);
		WAIT_FOR(gate->silent.n == 0);
	}
	settle();
	assert_int_equal(gate->pending.n, GATE_PENDING);
	assert_int_equal(gate->proven.n, N - GATE_PENDING);
	dial(&key);
	WAIT_FOR(gate->proven.n == N - GATE_PENDING + 1);
	/* Its turn comes when those before it are gone. */
	for (int i = 0; i < N + 8; i++)
		close(fd[i]);
	WAIT_FOR(ups == 1);
	assert_int_equal(dialed_downs, 0);
}

/* TLS does not begin with less than a whole ClientHello. */
static void wants_a_whole_hello(void **state)
{
	static const unsigned char begin[] = { 22, 3, 1, 1, 0, 1, 0, 0 };
	int fd = stranger(), one = stranger();

	(void)state;
	assert_int_equal(write(fd, begin, sizeof begin), sizeof begin);
	assert_int_equal(write(one, begin, 1), 1);
	settle();
	assert_int_equal(gate->silent.n, 2);
	assert_int_equal(gate->pending.n, 0);
	assert_false(is_closed(fd));
	/* It says no more: nobody spins on that. */
	shutdown(fd, SHUT_WR);
	WAIT_FOR(gate->silent.n == 1);
	assert_int_equal(write(one, begin + 1, sizeof begin - 1),
		sizeof begin - 1);
	settle();
	assert_int_equal(gate->silent.n, 1);
	/* TLS answers that with an alert. */
	for (int i = 0; i < 256; i++)
		(void)!write(one, "", 1);
	WAIT_FOR(gate->silent.n + gate->proven.n + gate->pending.n == 0);
	close(fd);
	close(one);
	/* Another protocol is seen by its first byte. */
	fd = stranger();
	(void)!write(fd, "SSH-2.0-x\r\n", 11);
	WAIT_FOR(is_closed(fd));
	close(fd);
}

/* Whoever connects all the time holds up nobody. */
static void lets_in_during_a_flood(void **state)
{
	static int fd[4096];
	int n = 0, begun = 0;

	(void)state;
	while (ups < 5 && n < 4096) {
		if (begun == ups) {
			begun++;
			dial(&key);
		}
		fd[n++] = stranger();
		fd[n++] = stranger();
		event_base_loop(evbase, EVLOOP_NONBLOCK);
		if (let_in != NULL) {
			link_free(dialed);
			dialed = NULL;
			WAIT_FOR(let_in == NULL);
		}
	}
	assert_int_equal(ups, 5);
	assert_int_equal(dialed_downs, 0);
	while (n > 0)
		close(fd[--n]);
}

static void waits_five_seconds(void **state)
{
	double t = seconds();
	int fd;

	(void)state;
	instead_us = 100000;
	fd = stranger();
	WAIT_FOR(is_closed(fd));
	assert_true(seconds() - t > 0.08);
	assert_int_equal(asked_for, 5);
	assert_int_equal(gate->silent.n, 0);
	assert_int_equal(ups, 0);
	close(fd);
}

/* It is closed with all kinds of links in it. */
static void closes_with_strangers_inside(void **state)
{
	int fd[3];

	(void)state;
	for (int i = 0; i < 3; i++)
		fd[i] = stranger();
	settle();
	gate_close(gate);
	gate = NULL;
	for (int i = 0; i < 3; i++) {
		WAIT_FOR(is_closed(fd[i]));
		close(fd[i]);
	}
}

/* A scan leaves nothing behind, and disturbs nobody. */
static void survives_a_scan(void **state)
{
	(void)state;
	dial(&key);
	WAIT_FOR(ups == 1);
	for (int i = 0; i < 200; i++) {
		int fd = stranger();

		if (i % 2)
			(void)!write(fd, "GET / HTTP/1.0\r\n\r\n", 18);
		close(fd);
		if (i % 8 == 0)
			event_base_loop(evbase, EVLOOP_NONBLOCK);
	}
	settle();
	link_send(dialed, FRAME_CONTROL, 0, NULL, 0);
	WAIT_FOR(frames == 1);
	assert_int_equal(dialed_downs, 0);
	assert_non_null(let_in);
}

static void takes_a_port_of_its_range(void **state)
{
	struct gate *second;
	struct err e = { "" };
	uint16_t port = gate_port(gate);

	(void)state;
	second = gate_open(evbase, "127.0.0.1", port, port, &key, gate_up,
		&gate, &e);
	assert_null(second);
	assert_non_null(strstr(e.text, strerror(EADDRINUSE)));
	second = gate_open(evbase, "no-address", 0, 0, &key, gate_up, &gate,
		&e);
	assert_null(second);
	if (port > 65000)
		return;
	second = gate_open(evbase, "127.0.0.1", port, (uint16_t)(port + 50),
		&key, gate_up, &gate, &e);
	assert_non_null(second);
	assert_true(gate_port(second) > port &&
		gate_port(second) <= port + 50);
	gate_close(second);
}

static int group_setup(void **state)
{
	static const unsigned char secret[TLS_SECRET_SIZE] = "secret";
	struct err e;

	(void)state;
	loop_init();
	log_init("test_gate");
	link_set_hello("test 1.0", "here");
	tls_key_derive(&key, secret, "tag", "front");
	tls_key_derive(&wrong_key, secret, "tag", "home");
	forged_key = wrong_key;
	strcpy(forged_key.identity, key.identity);
	return tls_init(&e);
}

static int group_teardown(void **state)
{
	(void)state;
	tls_fini();
	loop_fini();
	return 0;
}

int main(void)
{
#define TEST(t) cmocka_unit_test_setup_teardown(t, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(lets_in_who_has_the_key),
		TEST(may_refuse_politely),
		TEST(sends_the_oldest_away),
		TEST(knows_sources),
		TEST(wants_a_whole_hello),
		TEST(begins_tls_with_a_proof_only),
		TEST(lets_the_proven_wait),
		TEST(lets_in_during_a_flood),
		TEST(waits_five_seconds),
		TEST(closes_with_strangers_inside),
		TEST(survives_a_scan),
		TEST(takes_a_port_of_its_range),
	};

	return cmocka_run_group_tests_name("gate", tests, group_setup,
		group_teardown);
}
