/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer that has the session's key and means no good. What it says behind a
 * real handshake is made from SEED.
 *
 *	hostile front FOLDER SEED COUNT		dials the agent of that folder
 *						COUNT times
 *	hostile agent FOLDER SEED		is the agent: leaves its endpoint,
 *						and answers whoever dials, until
 *						stdin ends
 *
 * At the end it prints how many links it had and frames it sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/tls/tls.h"
#include "net/tls/tls_key.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "proto/endpoint.h"
#include "proto/frame.h"
#include "proto/message.h"

#define PATIENCE_MS 2000	/* for a step of the other side */
#define LULL_MS 20		/* then we say more */
#define FRAMES 24		/* of a link, at most */

static uint64_t state;
static unsigned long links, frames;

static unsigned draw(unsigned below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 11) % below;
}

static void fail(const char *what)
{
	fprintf(stderr, "hostile: %s: %s\n", what, strerror(errno));
	exit(2);
}

/* 1 when the socket is ready for what io wants. */
static int ready(int fd, enum tls_io io, int ms)
{
	struct pollfd p = { .fd = fd, .events = io == TLS_WANT_WRITE ?
		POLLOUT : POLLIN };

	return poll(&p, 1, ms) == 1;
}

static int handshake(struct tls *t, int fd)
{
	enum tls_io io;
	struct err e;

	while ((io = tls_handshake(t, &e)) == TLS_WANT_READ ||
		io == TLS_WANT_WRITE)
		if (!ready(fd, io, PATIENCE_MS))
			return -1;
	return io == TLS_OK ? 0 : -1;
}

static int send_all(struct tls *t, int fd, const struct buf *b)
{
	size_t at = 0, n;
	enum tls_io io = TLS_OK;
	struct err e;

	while (at < b->len) {
		io = tls_write(t, buf_data(b) + at, b->len - at, &n, &e);
		at += n;
		if (io == TLS_OK)
			io = tls_flush(t);
		if (io != TLS_OK && (io != TLS_WANT_WRITE ||
			!ready(fd, io, PATIENCE_MS)))
			return -1;
	}
	while ((io = tls_flush(t)) == TLS_WANT_WRITE)
		if (!ready(fd, io, PATIENCE_MS))
			return -1;
	return io == TLS_OK ? 0 : -1;
}

/* Whatever has come, which is not looked at. -1: it is over. */
static int listen_a_while(struct tls *t, int fd)
{
	char data[16384];
	size_t n;
	struct err e;

	for (int i = 0; i < 64; i++) {
		enum tls_io io = tls_read(t, data, sizeof data, &n, &e);

		if (io == TLS_WANT_READ || io == TLS_WANT_WRITE) {
			if (!ready(fd, io, LULL_MS))
				return 0;
		} else if (io != TLS_OK) {
			return -1;
		}
	}
	return 0;
}

static void add_bytes(struct buf *b, size_t n)
{
	static const char odd[] = "\0\xff\n\r\x1b[2J%n=:/..";

	for (size_t i = 0; i < n; i++) {
		char c = draw(3) ? (char)draw(256) :
			odd[draw(sizeof odd - 1)];

		buf_append(b, &c, 1);
	}
}

static void add_header(struct buf *b, unsigned type, size_t len)
{
	unsigned char h[FRAME_HEADER] = { (unsigned char)type,
		(unsigned char)(draw(8) ? draw(3) : draw(256)),
		(unsigned char)(len >> 8), (unsigned char)len };

	buf_append(b, h, sizeof h);
}

static void add_hello(struct buf *b)
{
	struct hello h = { .version = 3, .oldest = 1, .program = "hostile",
		.host = "nowhere" };

	if (draw(16) == 0)
		h.version = (uint16_t)draw(65536);
	if (draw(16) == 0)
		h.oldest = (uint16_t)draw(65536);
	hello_put(b, &h);
}

static void add_record(struct buf *b)
{
	static const char *const lines[] = {
		"port=99999999999999999999\n", "port=1\n", "host=127.0.0.1\n",
		"host=::\n", "left=-1\n", "idle=9223372036854775807\n",
		"clients=x\n", "session=\\x\n", "session=default\n", "=\n",
		"job=1\n", "node=\x1b[2J\n", "version=%s%n\n",
	};
	struct buf text = { 0 };

	for (unsigned i = draw(8); i > 0; i--)
		buf_puts(&text, lines[draw(sizeof lines / sizeof *lines)]);
	if (draw(4))
		buf_puts(&text, "\n");
	add_header(b, draw(2) ? FRAME_REPORT : FRAME_HOME, text.len);
	buf_append(b, buf_data(&text), text.len);
	buf_fini(&text);
}

/* A frame as it should be, nearly so, or not at all. */
static void add_frame(struct buf *b)
{
	static const unsigned char types[] = {
		FRAME_HELLO, FRAME_ERROR, FRAME_CONTROL, FRAME_SHELL,
		FRAME_CONNECT, FRAME_HOME, FRAME_STATUS, FRAME_START, FRAME_OK,
		FRAME_REPORT, FRAME_DATA, FRAME_EOF, FRAME_RESET, FRAME_EXIT,
		FRAME_SIGNAL, FRAME_WINDOW, FRAME_CHECK, FRAME_CHECKED,
		FRAME_PING, FRAME_PONG, FRAME_NOTICE, FRAME_END, FRAME_LIMIT,
		FRAME_ANNOUNCED, FRAME_GONE, FRAME_WHOSE, FRAME_MEANT,
		FRAME_NODE, FRAME_USES, FRAME_OFFER, FRAME_WANTED, FRAME_TAKE,
		FRAME_DECLINED, FRAME_REACH,
	};
	struct target target = { .port = (uint16_t)draw(65536) };
	struct check check = { .id = draw(8), .wait_ms = (uint16_t)draw(500),
		.target = target };
	struct checked checked = { .id = draw(8), .ours = draw(3) };
	struct offer offer = { .is_there = draw(3), .service = "agent" };
	struct wanted wanted = { .id = draw(8), .service = "agent" };
	struct declined declined = { .id = draw(8), .status = draw(256) };
	struct take take = { .id = draw(8), .about = "proxy" };
	struct error error = { .status = (int)draw(256), .text = "no\x1b[2J" };
	size_t before = b->len, n;

	frames++;
	switch (draw(16)) {
	case 0:
		connect_put(b, &target);
		break;
	case 1:
		check_put(b, &check);
		break;
	case 2:
		checked_put(b, &checked);
		break;
	case 3:
		error_put(b, &error);
		break;
	case 4:
		limit_put(b, draw(2) ? draw(100) + 100000 : UINT32_MAX);
		break;
	case 5:
		add_record(b);
		break;
	case 6:
		text_put(b, types[draw(sizeof types)], "text\n\x9b");
		break;
	case 7:
		/* A length that is not there, and what follows is taken for. */
		add_header(b, types[draw(sizeof types)], draw(65536));
		add_bytes(b, draw(64));
		break;
	case 8:
		add_bytes(b, draw(600));
		break;
	case 9:
		offer_put(b, &offer);
		break;
	case 10:
		wanted_put(b, &wanted);
		break;
	case 11:
		declined_put(b, &declined);
		break;
	case 12:
		take_put(b, &take);
		break;
	default:
		n = draw(4) ? draw(24) : draw(FRAME_MAX + 1);
		add_header(b, types[draw(sizeof types)], n);
		add_bytes(b, n);
	}
	/* A byte of it is another. */
	if (draw(6) == 0 && b->len > before)
		buf_data(b)[before + draw((unsigned)(b->len - before))] ^=
			(char)(1 << draw(8));
}

/* One link. first: what a front or an agent would say. */
static void talk(int fd, const struct tls_key *key, int server)
{
	static const unsigned char requests[] = { FRAME_CONTROL, FRAME_SHELL,
		FRAME_START, FRAME_CONNECT, FRAME_STATUS, FRAME_TAKE,
		FRAME_REACH };
	struct tls *t = tls_new(fd, key, server);
	unsigned n = draw(FRAMES);
	struct buf b = { 0 };

	links++;
	if (handshake(t, fd) == -1)
		n = 0;
	else if (draw(10))
		add_hello(&b);
	if (n > 0 && server && draw(2))
		text_put(&b, FRAME_OK, "here");
	if (n > 0 && !server && draw(2))
		add_header(&b, requests[draw(sizeof requests)], 0);
	for (unsigned i = 0; i < n; i++) {
		add_frame(&b);
		/* Sometimes many at once, or a part of one. */
		if (draw(4) == 0)
			continue;
		if (send_all(t, fd, &b) == -1 ||
			(draw(3) == 0 && listen_a_while(t, fd) == -1))
			break;
		buf_fini(&b);
	}
	if (draw(2))
		(void)tls_end(t);
	buf_fini(&b);
	tls_free(t);
	close(fd);
}

static struct sockaddr_in loopback(uint16_t port)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port) };

	return in;
}

static void be_nonblocking(int fd)
{
	fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static void be_front(int dir, const struct tls_key *key, unsigned long count)
{
	struct buf text = { 0 };
	struct sockaddr_in in;
	struct endpoint ep;
	struct err e;

	if (safepath_read(dir, "endpoint", 4096, &text, &e) == -1 ||
		endpoint_parse(&ep, buf_data(&text), text.len, &e) == -1) {
		fprintf(stderr, "hostile: %s\n", e.text);
		exit(2);
	}
	buf_fini(&text);
	in = loopback(ep.port);
	while (count-- > 0) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (connect(fd, (struct sockaddr *)&in, sizeof in) == -1)
			fail("the agent");
		be_nonblocking(fd);
		talk(fd, key, 0);
	}
}

static void be_agent(int dir, const struct tls_key *key)
{
	int l = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = loopback(0);
	socklen_t len = sizeof in;
	struct endpoint ep = { .node = "hostile" };
	struct buf text = { 0 };
	struct err e;

	if (bind(l, (struct sockaddr *)&in, len) == -1 || listen(l, 64) == -1 ||
		getsockname(l, (struct sockaddr *)&in, &len) == -1)
		fail("listen");
	ep.port = ntohs(in.sin_port);
	endpoint_add_host(&ep, "127.0.0.1");
	endpoint_write(&text, &ep);
	if (safepath_write(dir, "endpoint", buf_data(&text), text.len, &e) ==
		-1) {
		fprintf(stderr, "hostile: %s\n", e.text);
		exit(2);
	}
	buf_fini(&text);
	for (;;) {
		struct pollfd p[2] = { { .fd = l, .events = POLLIN },
			{ .fd = 0, .events = POLLIN } };
		int fd;

		if (poll(p, 2, -1) == -1 || p[1].revents != 0)
			break;
		fd = accept4(l, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd != -1)
			talk(fd, key, 1);
	}
	close(l);
}

int main(int argc, char **argv)
{
	unsigned char secret[SECRET_LEN];
	const char *slash = argc > 2 ? strrchr(argv[2], '/') : NULL;
	struct tls_key key;
	struct err e;
	int dir, agent = argc == 4 && strcmp(argv[1], "agent") == 0;

	if (slash == NULL || (!agent && (argc != 5 ||
		strcmp(argv[1], "front") != 0))) {
		fprintf(stderr, "usage: hostile front FOLDER SEED COUNT | agent FOLDER SEED\n");
		return 64;
	}
	signal(SIGPIPE, SIG_IGN);
	state = strtoull(argv[3], NULL, 10) * 2654435761u + 88172645463325252u;
	dir = safepath_dir(argv[2], 0, NULL, &e);
	if (dir == -1 || secret_read(dir, "secret", secret, &e) == -1 ||
		tls_init(&e) == -1) {
		fprintf(stderr, "hostile: %s\n", e.text);
		return 2;
	}
	tls_key_derive(&key, secret, slash + 1, "front");
	if (agent)
		be_agent(dir, &key);
	else
		be_front(dir, &key, strtoul(argv[4], NULL, 10));
	close(dir);
	tls_fini();
	printf("%lu %lu\n", links, frames);
	return 0;
}
