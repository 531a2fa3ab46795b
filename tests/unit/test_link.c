/* SPDX-License-Identifier: BSD-2-Clause */
#include "net.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

/* The deadlines of a link, made shorter: how long one of its seconds is. */
static long second_us = 1000000;

static int event_add_scaled(struct event *ev, const struct timeval *tv)
{
	struct timeval scaled;
	long us;

	if (tv == NULL || tv->tv_sec == 0)
		return event_add(ev, tv);
	us = tv->tv_sec * second_us;
	scaled = (struct timeval){ us / 1000000, us % 1000000 };
	return event_add(ev, &scaled);
}

#define event_add event_add_scaled
#include "net/link.c"
#undef event_add

#define PIECE_MAX (5 * FRAME_MAX)

enum callback { NONE, UP_CB, FRAME_CB, ROOM_CB, DOWN_CB };

/* One side of a link and what was told to it. */
struct side {
	struct link *link;
	enum callback free_in;		/* free the link there */
	int ups, frames, rooms, downs, auth;
	char why[1024];
	struct hello peer;
	uint64_t got, to_send, sent;	/* bytes of the pattern */
	int corrupt, pause_after_first;
	size_t most_out, most_in;	/* longest queues */
	uint32_t seed;
};

static struct tls_key key;
static struct side front, agent;

static void maybe_free(struct side *s, enum callback here)
{
	if (s->free_in != here)
		return;
	link_free(s->link);
	s->link = NULL;
}

static void notice_queues(struct side *s)
{
	if (s->link == NULL)
		return;
	if (s->link->q.out.len > s->most_out)
		s->most_out = s->link->q.out.len;
	if (s->link->q.in.len > s->most_in)
		s->most_in = s->link->q.in.len;
}

/* Send on in pieces of any size until it is enough or too much. */
static void pump(struct side *s)
{
	static unsigned char space[FRAME_HEADER + PIECE_MAX];
	unsigned char *piece = space + FRAME_HEADER;

	while (s->sent < s->to_send && !link_is_full(s->link)) {
		int how = rnd(&s->seed) % 3;
		size_t n = 1 + rnd(&s->seed) % (how == 0 ? FRAME_MAX : PIECE_MAX);

		if (n > s->to_send - s->sent)
			n = (size_t)(s->to_send - s->sent);
		pattern(piece, n, s->sent);
		s->sent += n;
		if (how == 0)
			link_send(s->link, FRAME_DATA, 0, piece, n);
		else if (how == 1)
			link_send_copy(s->link, 0, (char *)piece, n);
		else
			link_send_data(s->link, 0, (char *)piece, n);
		notice_queues(s);
	}
}

static void up_cb(struct link *l, const struct hello *peer, void *arg)
{
	struct side *s = arg;

	assert_ptr_equal(l, s->link);
	assert_true(link_is_up(l));
	assert_int_equal(s->ups++, 0);
	s->peer = *peer;
	maybe_free(s, UP_CB);
	if (s->link != NULL)
		pump(s);
}

static void frame_cb(struct link *l, const struct frame *f, void *arg)
{
	struct side *s = arg;

	assert_ptr_equal(l, s->link);
	assert_false(l->q.paused);
	assert_int_equal(s->ups, 1);
	s->frames++;
	if (f->type == FRAME_DATA) {
		s->corrupt |= !is_pattern(f->data, f->len, s->got);
		s->got += f->len;
	}
	notice_queues(s);
	if (s->frames == 1 && s->pause_after_first)
		link_pause(l, 1);
	maybe_free(s, FRAME_CB);
}

static void room_cb(struct link *l, void *arg)
{
	struct side *s = arg;

	assert_ptr_equal(l, s->link);
	assert_false(link_is_full(l));
	s->rooms++;
	maybe_free(s, ROOM_CB);
	if (s->link != NULL)
		pump(s);
}

static void down_cb(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct side *s = arg;

	assert_ptr_equal(l, s->link);
	assert_int_equal(s->downs++, 0);
	s->auth = auth;
	snprintf(s->why, sizeof s->why, "%s", why->text);
	maybe_free(s, DOWN_CB);
	/* Neither of these does any harm to a dead link. */
	if (s->link != NULL) {
		link_send(l, FRAME_DATA, 0, "x", 1);
		link_pause(l, 1);
		link_pause(l, 0);
	}
}

static const struct link_ops side_ops = { up_cb, frame_cb, room_cb, down_cb,
	NULL };

static void begin(void)
{
	front = agent = (struct side){ .seed = 1 };
}

static void end(void)
{
	link_free(front.link);
	link_free(agent.link);
	settle();
	link_fini();
	front.link = agent.link = NULL;
	second_us = 1000000;
}

static void connect_sides(const struct tls_key *front_key,
	const struct tls_key *agent_key, int small)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, small), fd;

	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		front_key, &side_ops, &front);
	fd = accept(l, NULL, NULL);
	assert_int_not_equal(fd, -1);
	set_nonblock(fd);
	close(l);
	agent.link = link_serve(evbase, fd, agent_key, &side_ops, &agent);
	assert_false(link_is_up(front.link));
	assert_int_equal(front.ups + agent.ups, 0);
}

static void bring_up(void)
{
	begin();
	connect_sides(&key, &key, 0);
	WAIT_FOR(front.ups && agent.ups);
}

/* All pairs of states; a link that is dead stays so, and nothing is new again. */
static void changes_state_as_written(void **state)
{
	static const char *const legal[] = {
		"new dialing", "new handshake", "dialing dialing",
		"dialing handshake", "dialing dead", "handshake dialing",
		"handshake hello", "handshake dead", "hello up", "hello dead",
		"up dead",
	};
	size_t seen = 0;

	(void)state;
	for (int s = NEW; s <= DEAD; s++)
		for (int next = NEW; next <= DEAD; next++) {
			char pair[64];
			int want = 0;

			snprintf(pair, sizeof pair, "%s %s", state_name(s),
				state_name(next));
			for (size_t i = 0; i < sizeof legal / sizeof legal[0];
				i++)
				want |= strcmp(pair, legal[i]) == 0;
			if (may_become(s, next) != want)
				fail_msg("%s: %d", pair, !want);
			seen += (size_t)want;
		}
	assert_int_equal(seen, sizeof legal / sizeof legal[0]);
}

static void says_hello(void **state)
{
	struct buf b = { 0 };

	(void)state;
	begin();
	connect_sides(&key, &key, 0);
	/* Sent at once, they wait for the handshake, behind the hello. */
	link_send(front.link, FRAME_PING, 0, "01234567", 8);
	link_send(agent.link, FRAME_PONG, 0, "01234567", 8);
	WAIT_FOR(front.frames == 1 && agent.frames == 1);
	assert_int_equal(front.ups, 1);
	assert_string_equal(front.peer.program, "test 1.0");
	assert_string_equal(agent.peer.host, "here");
	assert_int_equal(agent.peer.version, PROTOCOL_VERSION);
	text_put(&b, FRAME_NOTICE, "a");
	text_put(&b, FRAME_NOTICE, "b");
	link_send_buf(agent.link, &b);
	assert_null(b.mem);
	WAIT_FOR(front.frames == 3);
	/* The deadline of the hello is over. */
	assert_false(event_pending(&front.link->ev.deadline, EV_TIMEOUT, NULL));
	assert_false(event_pending(&agent.link->ev.deadline, EV_TIMEOUT, NULL));
	assert_int_equal(front.downs + agent.downs, 0);
	end();
}

static void carries_both_ways(void **state)
{
	enum { SIZE = 64 << 20 };

	(void)state;
	begin();
	front.to_send = SIZE;
	agent.to_send = SIZE / 8;
	connect_sides(&key, &key, 0);
	WAIT_FOR(agent.got == SIZE && front.got == SIZE / 8);
	assert_false(front.corrupt || agent.corrupt);
	assert_true(front.rooms > 0);
	assert_true(front.most_out < QUEUE_FULL + PIECE_MAX +
		6 * FRAME_HEADER);
	assert_true(agent.most_in <= READ_MAX);
	assert_int_equal(front.downs + agent.downs, 0);
	end();
}

/* A reader that takes nothing stops the writer, and little is stored. */
static void presses_back(void **state)
{
	enum { SIZE = 16 << 20 };
	uint64_t sent;

	(void)state;
	begin();
	front.to_send = SIZE;
	agent.pause_after_first = 1;
	connect_sides(&key, &key, 65536);
	WAIT_FOR(agent.frames == 1);
	do {
		sent = front.sent;
		settle();
	} while (sent != front.sent);
	assert_true(sent < SIZE);
	assert_int_equal(agent.frames, 1);
	assert_true(agent.link->q.in.len <= READ_MAX);
	link_pause(agent.link, 0);
	WAIT_FOR(agent.got == SIZE);
	assert_false(agent.corrupt);
	end();
}

/*
 * The last bytes may be inside TLS already, where epoll does not see them: after
 * a pause they must come without any more from the peer.
 */
static void goes_on_after_a_pause(void **state)
{
	static const size_t sizes[] = { 1, 100, FRAME_MAX, FRAME_MAX + 1,
		3 * FRAME_MAX, 65536, 65537, 200000, 400000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		begin();
		agent.pause_after_first = 1;
		connect_sides(&key, &key, 0);
		WAIT_FOR(front.ups && agent.ups);
		/* In one piece, so that TLS reads ahead of the pause. */
		for (size_t at = 0; at < sizes[i]; at += FRAME_MAX) {
			size_t n = sizes[i] - at < FRAME_MAX ?
				sizes[i] - at : FRAME_MAX;
			unsigned char *p = malloc(n);

			pattern(p, n, at);
			link_send(front.link, FRAME_DATA, 0, p, n);
			free(p);
		}
		WAIT_FOR(agent.frames == 1);
		settle();
		assert_int_equal(agent.frames, 1);
		link_pause(agent.link, 0);
		link_pause(agent.link, 0);
		WAIT_FOR(agent.got == sizes[i]);
		assert_false(agent.corrupt);
		end();
	}
}

/* A pause before the link is up holds frames back, not the handshake. */
static void pauses_before_it_is_up(void **state)
{
	(void)state;
	begin();
	front.to_send = agent.to_send = 1000;
	connect_sides(&key, &key, 0);
	link_pause(front.link, 1);
	link_pause(agent.link, 1);
	WAIT_FOR(front.ups && agent.ups);
	settle();
	assert_int_equal(front.frames + agent.frames, 0);
	link_pause(front.link, 0);
	link_pause(agent.link, 0);
	WAIT_FOR(front.got == 1000 && agent.got == 1000);
	end();
}

static void may_be_freed_anywhere(void **state)
{
	(void)state;
	for (enum callback here = UP_CB; here <= DOWN_CB; here++)
		for (int who = 0; who < 2; who++) {
			struct side *s = who ? &agent : &front;
			struct side *other = who ? &front : &agent;

			begin();
			s->free_in = here;
			s->to_send = here == ROOM_CB ? 8 << 20 : 0;
			other->to_send = 100000;
			connect_sides(&key, &key, 0);
			if (here == DOWN_CB) {
				WAIT_FOR(front.ups && agent.ups);
				link_free(other->link);
				other->link = NULL;
			}
			WAIT_FOR(s->link == NULL);
			WAIT_FOR(other->link == NULL || other->downs == 1);
			assert_int_equal(s->downs, here == DOWN_CB);
			assert_int_equal(other->auth, 0);
			end();
		}
}

/* A peer that hangs up before the handshake is dialed again. */
static void dials_again(void **state)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 0), fd;

	(void)state;
	begin();
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	link_send(front.link, FRAME_PING, 0, "01234567", 8);
	set_nonblock(l);
	for (int i = 0; i < 6; i++) {
		WAIT_FOR((fd = accept(l, NULL, NULL)) != -1);
		/* At once, or when the hello is there; with a reset, or not. */
		if (i % 3 == 2) {
			char c;

			set_nonblock(fd);
			WAIT_FOR(recv(fd, &c, 1, MSG_PEEK) == 1);
		}
		if (i % 3 == 1)
			sock_reset_on_close(fd);
		close(fd);
	}
	WAIT_FOR((fd = accept(l, NULL, NULL)) != -1);
	set_nonblock(fd);
	agent.link = link_serve(evbase, fd, &key, &side_ops, &agent);
	/* What was queued came once, behind one hello. */
	WAIT_FOR(agent.frames == 1 && front.ups == 1);
	assert_null(front.link->dial);
	assert_int_equal(front.downs, 0);
	/* From here on an end is an end. */
	link_free(agent.link);
	agent.link = NULL;
	WAIT_FOR(front.downs == 1);
	close(l);
	end();
}

/* Not for ever, and not when nobody is there. */
static void gives_up_dialing(void **state)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 0), fd, dials = 0;

	(void)state;
	begin();
	set_nonblock(l);
	second_us = 30000;
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	while (front.downs == 0) {
		fd = accept(l, NULL, NULL);
		dials += fd != -1;
		if (fd != -1)
			close(fd);
		event_base_loop(evbase, EVLOOP_ONCE);
	}
	assert_true(dials > 1);
	assert_int_equal(front.auth, 0);
	assert_non_null(strstr(front.why, "each time"));
	close(l);
	end();
	begin();
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	WAIT_FOR(front.downs == 1);
	assert_string_equal(front.why, strerror(ECONNREFUSED));
	end();
	/* Nor when it is freed in a pause. */
	l = tcp_listen(&addr, 0);
	begin();
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	close(accept(l, NULL, NULL));
	WAIT_FOR(front.link->dial->pause_ms > 0);
	close(l);
	end();
}

static void needs_the_key(void **state)
{
	unsigned char secret[TLS_SECRET_SIZE] = { 1 };
	struct tls_key keys[3];

	(void)state;
	tls_key_derive(&keys[0], secret, "tag", "front");
	tls_key_derive(&keys[1], secret, "tag", "home");
	tls_key_derive(&keys[2], secret, "gat", "front");
	assert_string_equal(keys[0].identity, key.identity);
	assert_memory_not_equal(keys[0].psk, key.psk, sizeof key.psk);
	assert_memory_not_equal(keys[0].psk, keys[1].psk, sizeof key.psk);
	for (size_t i = 0; i < 3; i++)
		for (int who = 0; who < 2; who++) {
			begin();
			front.to_send = agent.to_send = 1000;
			connect_sides(who ? &keys[i] : &key,
				who ? &key : &keys[i], 0);
			WAIT_FOR(front.downs && agent.downs);
			assert_int_equal(front.ups + agent.ups, 0);
			assert_int_equal(front.frames + agent.frames, 0);
			assert_true(front.auth);
			assert_true(agent.auth);
			/* Each end says in its words what it was. */
			assert_non_null(strstr(front.why, "alert"));
			assert_null(strstr(agent.why, "TLS failure"));
			end();
		}
}

/* A certificate that anybody can make. */
static SSL_CTX *rogue_context(void)
{
	SSL_CTX *c = SSL_CTX_new(TLS_method());
	EVP_PKEY_CTX *making = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
	EVP_PKEY *pkey = NULL;
	X509 *x = X509_new();

	if (EVP_PKEY_keygen_init(making) != 1 ||
		EVP_PKEY_CTX_set_ec_paramgen_curve_nid(making,
			NID_X9_62_prime256v1) != 1 ||
		EVP_PKEY_keygen(making, &pkey) != 1)
		_exit(3);
	EVP_PKEY_CTX_free(making);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -100);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, pkey);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
		MBSTRING_ASC, (const unsigned char *)"agent", -1, -1, 0);
	X509_set_issuer_name(x, X509_get_subject_name(x));
	if (!X509_sign(x, pkey, EVP_sha256()) ||
		!SSL_CTX_use_certificate(c, x) ||
		!SSL_CTX_use_PrivateKey(c, pkey))
		_exit(3);
	X509_free(x);
	EVP_PKEY_free(pkey);
	return c;
}

static void wait_child(pid_t pid, int want)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), want);
}

/*
 * A peer with TLS and a certificate but no key. Ends with 0 when it got a byte
 * of ours or its handshake was taken, else with 1.
 */
static pid_t rogue(int fd, int server)
{
	pid_t pid = fork();
	char byte;
	SSL *ssl;

	if (pid != 0) {
		close(fd);
		return pid;
	}
	alarm(10);
	ssl = SSL_new(rogue_context());
	SSL_set_fd(ssl, fd);
	/* A server may think it has succeeded until it reads the alert. */
	if (server ? SSL_accept(ssl) == 1 : SSL_connect(ssl) == 1)
		_exit(SSL_read(ssl, &byte, 1) == 1 ? 0 : 1);
	_exit(1);
}

static void trusts_no_certificate(void **state)
{
	struct sockaddr_in addr;
	int fd[2], l;
	pid_t pid;

	(void)state;
	begin();
	l = tcp_listen(&addr, 0);
	front.to_send = 1000;
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	pid = rogue(accept(l, NULL, NULL), 1);
	close(l);
	WAIT_FOR(front.downs);
	assert_true(front.auth);
	assert_int_equal(front.ups, 0);
	end();
	wait_child(pid, 1);

	begin();
	tcp_pair(fd, 0);
	set_nonblock(fd[1]);
	pid = rogue(fd[0], 0);
	agent.to_send = 1000;
	agent.link = link_serve(evbase, fd[1], &key, &side_ops, &agent);
	WAIT_FOR(agent.downs);
	assert_true(agent.auth);
	assert_int_equal(agent.ups, 0);
	end();
	wait_child(pid, 1);
}

static void refuses_garbage(void **state)
{
	static const char *const garbage[] = {
		"GET / HTTP/1.0\r\n\r\n", "SSH-2.0-OpenSSH_9.9\r\n",
		"\x16\x03\x01\x02\x00\x01", "\x16\x03\x03\xff\xff",
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	int fd[2];

	(void)state;
	for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
		ssize_t n = (ssize_t)strlen(garbage[i]);
		char c;

		begin();
		tcp_pair(fd, 0);
		set_nonblock(fd[1]);
		agent.link = link_serve(evbase, fd[1], &key, &side_ops, &agent);
		assert_int_equal(write(fd[0], garbage[i], (size_t)n), n);
		shutdown(fd[0], SHUT_WR);
		WAIT_FOR(agent.downs);
		assert_int_equal(agent.ups, 0);
		link_free(agent.link);
		agent.link = NULL;
		/* At most an alert (7 bytes) is said to a stranger. */
		for (n = 0; read(fd[0], &c, 1) == 1; n++)
			;
		assert_true(n <= 7);
		close(fd[0]);
		end();
	}
}

/* Says nothing, or stops in the middle: with 10 ms for a second, 50 ms. */
static void waits_not_for_ever(void **state)
{
	struct sockaddr_in addr;
	int fd[2], l;
	double t;

	(void)state;
	begin();
	second_us = 10000;
	tcp_pair(fd, 0);
	set_nonblock(fd[1]);
	t = seconds();
	agent.link = link_serve(evbase, fd[1], &key, &side_ops, &agent);
	WAIT_FOR(agent.downs);
	assert_true(seconds() - t > 0.04);
	assert_int_equal(agent.auth, 0);
	close(fd[0]);
	end();

	begin();
	second_us = 10000;
	l = tcp_listen(&addr, 0);
	t = seconds();
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	WAIT_FOR(front.downs);
	assert_true(seconds() - t > 0.08);
	close(l);
	end();
}

static void tells_a_failed_dial_later(void **state)
{
	struct sockaddr_in addr;
	struct sockaddr_in6 odd = { .sin6_family = AF_INET6,
		.sin6_port = htons(1) };

	(void)state;
	begin();
	close(tcp_listen(&addr, 0));
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	assert_int_equal(front.downs, 0);
	link_send(front.link, FRAME_PING, 0, "01234567", 8);
	WAIT_FOR(front.downs);
	assert_string_equal(front.why, strerror(ECONNREFUSED));
	assert_int_equal(front.auth, 0);
	end();

	/* An address that fails at once: too short for its family. */
	begin();
	front.link = link_dial(evbase, (struct sockaddr *)&odd, 4, &key,
		&side_ops, &front);
	assert_int_equal(front.downs, 0);
	WAIT_FOR(front.downs);
	assert_string_equal(front.why, strerror(EINVAL));
	end();
}

/* The hello of one who runs in another process, with another version. */
static void tells_both_of_versions(void **state)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 0), fd, told[2];
	char why[1024], ours[80];
	ssize_t n;
	pid_t pid;

	(void)state;
	begin();
	assert_int_equal(pipe(told), 0);
	pid = fork();
	if (pid == 0) {
		alarm(10);
		event_reinit(evbase);
		own_hello.version = own_hello.oldest = 9;
		link_set_hello("later 9.0", "there");
		front.link = link_dial(evbase, (struct sockaddr *)&addr,
			sizeof addr, &key, &side_ops, &front);
		link_send(front.link, FRAME_CONTROL, 0, NULL, 0);
		while (!front.downs)
			event_base_loop(evbase, EVLOOP_ONCE);
		n = write(told[1], front.why, strlen(front.why));
		_exit(front.auth && n > 0 ? 0 : 1);
	}
	close(told[1]);
	fd = accept(l, NULL, NULL);
	set_nonblock(fd);
	agent.free_in = DOWN_CB;
	agent.link = link_serve(evbase, fd, &key, &side_ops, &agent);
	WAIT_FOR(agent.downs);
	assert_int_equal(agent.ups + agent.frames, 0);
	assert_true(agent.auth);
	assert_non_null(strstr(agent.why, "later 9.0 on there speaks 9 to 9"));
	n = read(told[0], why, sizeof why - 1);
	assert_true(n > 0);
	why[n] = '\0';
	snprintf(ours, sizeof ours, "test 1.0 on here speaks %d to %d",
		PROTOCOL_OLDEST, PROTOCOL_VERSION);
	assert_non_null(strstr(why, ours));
	assert_non_null(strstr(why, "later 9.0"));
	wait_child(pid, 0);
	close(told[0]);
	close(l);
	end();
}

static void wants_a_hello_first(void **state)
{
	struct buf b = { 0 };

	(void)state;
	begin();
	connect_sides(&key, &key, 0);
	buf_consume(&agent.link->q.out, agent.link->q.out.len);
	link_send(agent.link, FRAME_DATA, 0, "x", 1);
	WAIT_FOR(front.downs);
	assert_true(front.auth);
	assert_int_equal(front.ups + front.frames, 0);
	assert_non_null(strstr(front.why, "data frame where"));
	end();

	/* Instead of it the peer may say why not. */
	begin();
	connect_sides(&key, &key, 0);
	buf_consume(&agent.link->q.out, agent.link->q.out.len);
	error_put(&b, &(struct error){ 69, "not today" });
	link_send_buf(agent.link, &b);
	WAIT_FOR(front.downs);
	assert_string_equal(front.why, "not today");
	end();
}

static void ends_at_an_impossible_frame(void **state)
{
	struct buf b = { 0 };

	(void)state;
	bring_up();
	link_send(agent.link, FRAME_PING, 0, "01234567", 8);
	buf_append(&b, "\x34\0\xff\xff", 4);
	link_send_buf(agent.link, &b);
	WAIT_FOR(front.downs);
	assert_int_equal(front.frames, 1);
	assert_int_equal(front.auth, 0);
	end();
}

/*
 * Whoever goes has still sent all, however slow the reader is, and although the
 * reader sends what nobody reads any more: the kernel would reset that.
 */
static void sends_all_before_it_goes(void **state)
{
	enum { SIZE = 4 << 20 };

	(void)state;
	for (int at = 0; at < 3; at++) {
		unsigned char *p = malloc(FRAME_MAX);

		begin();
		connect_sides(&key, &key, 65536);
		if (at == 1)
			WAIT_FOR(agent.link->state == HANDSHAKE &&
				front.link->state == HANDSHAKE);
		else if (at == 2)
			WAIT_FOR(front.ups && agent.ups);
		if (at == 2)
			link_pause(front.link, 1);
		for (size_t sent = 0; sent < SIZE; sent += 16000) {
			pattern(p, 16000, sent);
			link_send(agent.link, FRAME_DATA, 0, p, 16000);
		}
		free(p);
		link_free_when_sent(agent.link);
		agent.link = NULL;
		for (int i = 0; i < 300; i++) {
			link_send(front.link, FRAME_PING, 0, "01234567", 8);
			event_base_loop(evbase, EVLOOP_ONCE);
		}
		link_pause(front.link, 0);
		WAIT_FOR(front.downs);
		assert_int_equal(front.got, (SIZE + 15999) / 16000 * 16000);
		assert_false(front.corrupt);
		assert_int_equal(agent.frames + agent.downs, 0);
		link_free(front.link);
		front.link = NULL;
		WAIT_FOR(LIST_EMPTY(&orphans));
		end();
	}
}

/* Small and sent already, with the peer's words unread: the exit of a shell. */
static void is_heard_to_the_end(void **state)
{
	(void)state;
	bring_up();
	link_pause(agent.link, 1);
	front.free_in = DOWN_CB;
	for (int i = 0; i < 20; i++)
		link_send(front.link, FRAME_PING, 0, "01234567", 8);
	settle();
	link_pause(front.link, 1);
	link_send(agent.link, FRAME_EXIT, 0, "\0\7", 2);
	link_free_when_sent(agent.link);
	agent.link = NULL;
	settle();
	link_send(front.link, FRAME_PING, 0, "01234567", 8);
	settle();
	link_send(front.link, FRAME_PING, 0, "01234567", 8);
	settle();
	assert_int_equal(front.downs, 0);
	link_pause(front.link, 0);
	WAIT_FOR(front.downs);
	assert_int_equal(front.frames, 1);
	assert_string_equal(front.why, "the peer closed the connection");
	WAIT_FOR(LIST_EMPTY(&orphans));
	end();
}

/* Nothing is left to send, and the peer says nothing either. */
static void goes_when_all_is_said(void **state)
{
	(void)state;
	bring_up();
	settle();
	front.free_in = DOWN_CB;
	link_free_when_sent(agent.link);
	agent.link = NULL;
	WAIT_FOR(front.downs);
	WAIT_FOR(LIST_EMPTY(&orphans));
	end();
}

/* A peer that takes nothing is given up. */
static void goes_when_nobody_reads(void **state)
{
	int fd[2];

	(void)state;
	begin();
	second_us = 200;	/* five minutes are 60 ms */
	tcp_pair(fd, 0);
	set_nonblock(fd[1]);
	agent.link = link_serve(evbase, fd[1], &key, &side_ops, &agent);
	link_send(agent.link, FRAME_EXIT, 0, "\0\7", 2);
	link_free_when_sent(agent.link);
	agent.link = NULL;
	assert_false(LIST_EMPTY(&orphans));
	WAIT_FOR(LIST_EMPTY(&orphans));
	assert_int_equal(agent.ups + agent.downs, 0);
	close(fd[0]);
	end();

	bring_up();
	link_send(agent.link, FRAME_EXIT, 0, "\0\7", 2);
	link_free_when_sent(agent.link);
	agent.link = NULL;
	assert_false(LIST_EMPTY(&orphans));
	link_fini();
	assert_true(LIST_EMPTY(&orphans));
	WAIT_FOR(front.downs);
	end();
}

static void notices_a_killed_peer(void **state)
{
	struct sockaddr_in addr;
	int l = tcp_listen(&addr, 0), status;
	pid_t pid = fork();

	(void)state;
	if (pid == 0) {
		int fd = accept(l, NULL, NULL);

		alarm(10);
		fcntl(fd, F_SETFL, O_NONBLOCK);
		event_reinit(evbase);
		begin();
		agent.link = link_serve(evbase, fd, &key, &side_ops, &agent);
		for (;;)
			event_base_loop(evbase, EVLOOP_ONCE);
	}
	close(l);
	begin();
	front.to_send = 1000;
	front.link = link_dial(evbase, (struct sockaddr *)&addr, sizeof addr,
		&key, &side_ops, &front);
	WAIT_FOR(front.ups);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	WAIT_FOR(front.downs);
	assert_int_equal(front.auth, 0);
	end();
}

/* A shell that reads nothing must not keep the session of a dead front. */
static void notices_a_dead_peer_while_paused(void **state)
{
	(void)state;
	bring_up();
	second_us = 1000;	/* half a minute is 30 ms */
	link_pause(agent.link, 1);
	link_send(front.link, FRAME_DATA, 0, "x", 1);
	sock_reset_on_close(front.link->fd);
	link_free(front.link);
	front.link = NULL;
	WAIT_FOR(agent.downs);
	assert_int_equal(agent.frames, 0);
	end();
}

/*
 * All that came is handed out, though the connection is reset, nothing can be
 * said any more, and the owner takes his time.
 */
static void hears_a_dead_peer_out(void **state)
{
	(void)state;
	for (int full = 0; full < 2; full++) {
		bring_up();
		second_us = 1000;
		link_hear_out(front.link);
		link_pause(front.link, 1);
		link_pause(agent.link, 1);
		agent.to_send = 50000;
		pump(&agent);
		link_send(front.link, FRAME_PING, 0, "01234567", 8);
		front.to_send = full ? 64 << 20 : 0;
		pump(&front);
		settle();
		assert_int_equal(link_is_full(front.link), full);
		link_free(agent.link);
		agent.link = NULL;
		settle();
		front.to_send = 0;
		link_send(front.link, FRAME_PING, 0, "01234567", 8);
		for (int i = 0; i < 10; i++) {
			settle();
			assert_int_equal(front.downs, 0);
		}
		/* Whoever has something to say need not wait for this one. */
		assert_false(link_is_full(front.link));
		assert_int_equal(front.rooms > 0, full);
		link_pause(front.link, 0);
		WAIT_FOR(front.downs);
		assert_int_equal(front.got, 50000);
		assert_false(front.corrupt);
		end();
	}
}

/* What waits for a peer, here or inside TLS, is known to the loop. */
static void tells_what_it_holds(void **state)
{
	char *p = calloc(1, TURN_HELD);

	(void)state;
	bring_up();
	link_pause(agent.link, 1);
	link_send_copy(front.link, 0, p, TURN_HELD / 2);
	settle();
	assert_false(loop_full() < QUEUE_FULL);
	link_send_copy(front.link, 0, p, TURN_HELD);
	settle();
	assert_int_equal(loop_full(), TURN_LEAST);
	link_free(front.link);
	front.link = NULL;
	assert_int_equal(loop_full(), QUEUE_FULL);
	end();
	free(p);

	bring_up();
	link_pause(agent.link, 1);
	front.to_send = 64 << 20;
	pump(&front);
	settle();
	assert_true(link_is_full(front.link));
	assert_in_range(front.link->q.counted, 1, QUEUE_FULL + TURN_LONG * 2);
	link_pause(agent.link, 0);
	WAIT_FOR(agent.got == 64 << 20);
	settle();
	assert_int_equal(front.link->q.counted, 0);
	assert_int_equal(agent.link->q.counted, 0);
	end();
}

/* Whom it is for may change in the middle of what has arrived. */
static struct side second;

static void hand_on_cb(struct link *l, const struct frame *f, void *arg)
{
	(void)f;
	(void)arg;
	agent.frames++;
	agent.link = NULL;
	second = (struct side){ .link = l, .ups = 1 };
	link_set_ops(l, &side_ops, &second);
}

static void changes_hands(void **state)
{
	static const struct link_ops first = { up_cb, hand_on_cb, NULL,
		down_cb, NULL };

	(void)state;
	begin();
	front.to_send = 50000;
	connect_sides(&key, &key, 0);
	link_set_ops(agent.link, &first, &agent);
	link_send(front.link, FRAME_PING, 0, "01234567", 8);
	WAIT_FOR(second.got == 50000);
	assert_int_equal(agent.frames, 1);
	link_free(second.link);
	end();
}

static int group_setup(void **state)
{
	static const unsigned char secret[TLS_SECRET_SIZE] = "secret";
	struct err e;

	(void)state;
	loop_init();
	link_set_hello("test 1.0", "here");
	tls_key_derive(&key, secret, "tag", "front");
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
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_state_as_written),
		cmocka_unit_test(says_hello),
		cmocka_unit_test(carries_both_ways),
		cmocka_unit_test(presses_back),
		cmocka_unit_test(goes_on_after_a_pause),
		cmocka_unit_test(pauses_before_it_is_up),
		cmocka_unit_test(may_be_freed_anywhere),
		cmocka_unit_test(dials_again),
		cmocka_unit_test(gives_up_dialing),
		cmocka_unit_test(needs_the_key),
		cmocka_unit_test(trusts_no_certificate),
		cmocka_unit_test(refuses_garbage),
		cmocka_unit_test(waits_not_for_ever),
		cmocka_unit_test(tells_a_failed_dial_later),
		cmocka_unit_test(tells_both_of_versions),
		cmocka_unit_test(wants_a_hello_first),
		cmocka_unit_test(ends_at_an_impossible_frame),
		cmocka_unit_test(sends_all_before_it_goes),
		cmocka_unit_test(is_heard_to_the_end),
		cmocka_unit_test(goes_when_all_is_said),
		cmocka_unit_test(goes_when_nobody_reads),
		cmocka_unit_test(notices_a_killed_peer),
		cmocka_unit_test(notices_a_dead_peer_while_paused),
		cmocka_unit_test(hears_a_dead_peer_out),
		cmocka_unit_test(tells_what_it_holds),
		cmocka_unit_test(changes_hands),
	};

	return cmocka_run_group_tests_name("link", tests, group_setup,
		group_teardown);
}
