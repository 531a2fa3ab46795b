/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts load on a path and measures it; tests/bench drives it. Plain blocking
 * threads, so that what is measured is the path. Everything ends by itself.
 *
 *	load serve SECONDS [ADDRESS]
 *		print a port of that address, or of 127.0.0.1, and serve there.
 *		The first byte of a connection says what for: echo, sink (one
 *		byte back for each MiB), forever a source, paced a source of
 *		100 MB/s, once (one byte back, then the end), x: read nothing,
 *		or nothing at all, to the end of both directions
 *	load [-s SOCKSPORT] bulk PORT down|up STREAMS MS
 *		bytes a second seen by the receiver, and all bytes
 *	load [-s SOCKSPORT] pace PORT MS
 *		take what a paced source sends; bytes a second
 *	load [-s SOCKSPORT] ping PORT SIZE COUNT MS
 *		round trips, and median and 99th percentile in microseconds
 *	load [-s SOCKSPORT] rate PORT CLIENTS COUNT MS
 *		connections a second, opened, used for a byte, and closed
 *	load each PORT COUNT
 *	load together PORT COUNT
 *		COUNT connections, one after another or at once, each used for a
 *		byte and closed; how many were served, and median, 99th
 *		percentile and the most in milliseconds from dialing to the end
 *	load hold PORT COUNT BYTES
 *		open COUNT echo connections and say "open"; at a line on stdin
 *		send BYTES through each, all at once, and say "moved"; at the
 *		next line close them and say "closed"
 *	load stall PORT down|up
 *		a reader that reads nothing, until end of file on stdin
 *	load print text|solid BYTES
 *		lines, or one line without an end, on stdout
 * What has -s also has -a: the address to dial, 127.0.0.1 if there is none.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (256 * 1024)
#define MIB (1024 * 1024)
#define STREAMS_MAX 128
#define HELD_MAX 1000
#define LIFE_MAX 900	/* seconds */

static int socks_port;
static struct in_addr dialled;
static char block[BLOCK];

static void fail(const char *what)
{
	fprintf(stderr, "load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fputs("load: wrong arguments; they are described in load.c\n", stderr);
	exit(2);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void sleep_ms(long ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	while (nanosleep(&t, &t) == -1 && errno == EINTR)
		;
}

/* -1 when the connection is gone. */
static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n == -1)
			return -1;
		data += n;
		len -= n;
	}
	return 0;
}

static int read_all(int fd, char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = read(fd, data, len);

		if (n <= 0)
			return -1;
		data += n;
		len -= n;
	}
	return 0;
}

static void set_nodelay(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static void start_thread(pthread_t *id, void *(*run)(void *), void *arg)
{
	pthread_attr_t attr;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 128 * 1024);
	errno = pthread_create(id, &attr, run, arg);
	if (errno != 0)
		fail("pthread_create");
	pthread_attr_destroy(&attr);
}

/* ---- the server ---------------------------------------------------------- */

static void sink(int fd)
{
	char *data = malloc(BLOCK);
	size_t total = 0;
	ssize_t n;

	while (data != NULL && (n = read(fd, data, BLOCK)) > 0) {
		size_t acks = (total + n) / MIB - total / MIB;

		total += n;
		if (write_all(fd, block, acks) == -1)
			break;
	}
	free(data);
}

static void echo(int fd)
{
	char data[65536];
	ssize_t n;

	while ((n = read(fd, data, sizeof data)) > 0)
		if (write_all(fd, data, n) == -1)
			break;
}

/* 100 kB each millisecond; what could not be sent in time is made up for. */
static void pace(int fd)
{
	int64_t t0 = now_ns();
	long long sent = 0;

	while (write_all(fd, block, 100000) == 0) {
		sent += 100000;
		if (sent * 10 > now_ns() - t0)
			sleep_ms(1);
	}
}

static void *serve_one(void *arg)
{
	int fd = (intptr_t)arg;
	char kind;

	if (read_all(fd, &kind, 1) == 0) {
		struct pollfd gone = { .fd = fd, .events = POLLRDHUP };

		switch (kind) {
		case 'e':
			echo(fd);
			break;
		case 's':
			sink(fd);
			break;
		case 'f':
			while (write_all(fd, block, BLOCK) == 0)
				;
			break;
		case 'p':
			pace(fd);
			break;
		case 'o':
			write_all(fd, block, 1);
			break;
		case 'n':
			gone.events = 0;
			poll(&gone, 1, LIFE_MAX * 1000);
			break;
		case 'x':
			poll(&gone, 1, LIFE_MAX * 1000);
			break;
		}
	}
	close(fd);
	return NULL;
}

static void serve(int seconds, struct in_addr address)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = address };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	alarm(seconds);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, len) == -1 ||
		listen(fd, 1024) == -1 ||
		getsockname(fd, (struct sockaddr *)&a, &len) == -1)
		fail("listen");
	printf("%u\n", ntohs(a.sin_port));
	fclose(stdout);
	for (;;) {
		int conn = accept(fd, NULL, NULL);
		pthread_t id;

		if (conn == -1)
			continue;
		set_nodelay(conn);
		start_thread(&id, serve_one, (void *)(intptr_t)conn);
		pthread_detach(id);
	}
}

/* ---- clients ------------------------------------------------------------- */

static int dial(int port, char kind)
{
	struct sockaddr_in a = {
		.sin_family = AF_INET,
		.sin_addr = dialled,
		.sin_port = htons(socks_port ? socks_port : port),
	};
	unsigned char ask[] = { 5, 1, 0 }, answer[10];
	unsigned char to[] = { 5, 1, 0, 1, 127, 0, 0, 1, port >> 8, port };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd == -1 || connect(fd, (struct sockaddr *)&a, sizeof a) == -1)
		fail("connect");
	set_nodelay(fd);
	if (socks_port && (write_all(fd, (char *)ask, sizeof ask) == -1 ||
		read_all(fd, (char *)answer, 2) == -1 ||
		write_all(fd, (char *)to, sizeof to) == -1 ||
		read_all(fd, (char *)answer, 10) == -1 || answer[1] != 0)) {
		errno = ECONNREFUSED;
		fail("SOCKS");
	}
	if (write_all(fd, &kind, 1) == -1)
		fail("send");
	return fd;
}

struct moving {
	pthread_t id;
	int fd, up;
	atomic_llong bytes;
};

static void *move(void *arg)
{
	struct moving *m = arg;
	char *data = malloc(BLOCK);
	ssize_t n = 1;

	while (data != NULL && n > 0) {
		if (!m->up) {
			n = read(m->fd, data, BLOCK);
			m->bytes += n > 0 ? n : 0;
			continue;
		}
		if (write_all(m->fd, block, BLOCK) == -1)
			break;
		n = recv(m->fd, data, BLOCK, MSG_DONTWAIT);
		if (n > 0)
			m->bytes += (long long)n * MIB;
		else if (n == -1 && errno == EAGAIN)
			n = 1;
	}
	free(data);
	return NULL;
}

static long long moved(struct moving *m, int n)
{
	long long sum = 0;

	while (n-- > 0)
		sum += m[n].bytes;
	return sum;
}

static void take_paced(int port, long ms)
{
	int64_t t0 = now_ns();
	char data[65536];
	long long got = 0;
	int fd = dial(port, 'p');

	while (now_ns() - t0 < ms * INT64_C(1000000)) {
		ssize_t n = read(fd, data, sizeof data);

		if (n <= 0)
			fail("the paced source");
		got += n;
	}
	printf("%.0f\n", got * 1e9 / (now_ns() - t0));
}

static void bulk(int port, int up, int n, long ms)
{
	static struct moving m[STREAMS_MAX];
	struct linger reset = { .l_onoff = 1 };
	long long before, after;
	int64_t t0, t1;

	if (n < 1 || n > STREAMS_MAX)
		usage();
	for (int i = 0; i < n; i++) {
		m[i].up = up;
		m[i].fd = dial(port, up ? 's' : 'f');
	}
	for (int i = 0; i < n; i++)
		start_thread(&m[i].id, move, &m[i]);
	sleep_ms(ms / 5);	/* windows open */
	before = moved(m, n);
	t0 = now_ns();
	sleep_ms(ms);
	after = moved(m, n);
	t1 = now_ns();
	for (int i = 0; i < n; i++) {
		setsockopt(m[i].fd, SOL_SOCKET, SO_LINGER, &reset,
			sizeof reset);
		shutdown(m[i].fd, SHUT_RDWR);
		pthread_join(m[i].id, NULL);
	}
	printf("%.0f %lld\n", (after - before) * 1e9 / (t1 - t0),
		moved(m, n));
}

static int by_value(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void ping(int port, size_t size, long count, long ms)
{
	int64_t *took = calloc(count, sizeof *took);
	int64_t end;
	char data[65536];
	long n = 0;
	int fd = dial(port, 'e');

	if (took == NULL || count < 1 || size < 1 || size > sizeof data)
		usage();
	memset(data, 'p', sizeof data);
	end = now_ns() + ms * INT64_C(1000000);
	/* A path that still drains what came before answers late. */
	for (long i = -20; n < count && (n < 50 || now_ns() < end); i++) {
		int64_t t = now_ns();

		if (write_all(fd, data, size) == -1 ||
			read_all(fd, data, size) == -1)
			fail("ping");
		if (i >= 0)
			took[n++] = now_ns() - t;
	}
	qsort(took, n, sizeof *took, by_value);
	printf("%ld %.1f %.1f\n", n, took[n / 2] / 1e3,
		took[n * 99 / 100] / 1e3);
	free(took);
}

struct knocking {
	pthread_t id;
	int port;
	long count;
	int64_t end;
};

static void *knock(void *arg)
{
	struct knocking *k = arg;
	long left = k->count;
	char data[2];

	for (; left > 0 && now_ns() < k->end; left--) {
		int fd = dial(k->port, 'o');

		if (read_all(fd, data, 1) == -1 || read(fd, data, 1) != 0)
			fail("the byte and the end of a connection");
		close(fd);
	}
	k->count -= left;
	return NULL;
}

static void rate(int port, int n, long count, long ms)
{
	struct knocking k[STREAMS_MAX];
	int64_t t = now_ns();
	long sum = 0;

	if (n < 1 || n > STREAMS_MAX)
		usage();
	for (int i = 0; i < n; i++) {
		k[i].port = port;
		k[i].count = count / n;
		k[i].end = t + ms * INT64_C(1000000);
		start_thread(&k[i].id, knock, &k[i]);
	}
	for (int i = 0; i < n; i++) {
		pthread_join(k[i].id, NULL);
		sum += k[i].count;
	}
	printf("%.1f\n", sum * 1e9 / (now_ns() - t));
}

struct caller {
	pthread_t id;
	struct sockaddr_in to;
	int64_t took;		/* -1: it was not served */
};

/* Unlike knock() it goes on with what fails. */
static void *call(void *arg)
{
	struct caller *c = arg;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int64_t t = now_ns();
	char data[2];

	c->took = -1;
	if (fd == -1)
		fail("socket");
	if (connect(fd, (struct sockaddr *)&c->to, sizeof c->to) == 0 &&
		write_all(fd, "o", 1) == 0 && read_all(fd, data, 1) == 0 &&
		read(fd, data, 1) == 0)
		c->took = now_ns() - t;
	close(fd);
	return NULL;
}

static void call_all(int port, int n, int together)
{
	struct caller *c = calloc(n, sizeof *c);
	int64_t *took = calloc(n, sizeof *took);
	int served = 0;

	if (n < 1 || n > HELD_MAX || c == NULL || took == NULL)
		usage();
	for (int i = 0; i < n; i++) {
		c[i].to = (struct sockaddr_in){
			.sin_family = AF_INET,
			.sin_addr = dialled,
			.sin_port = htons(port),
		};
		if (together)
			start_thread(&c[i].id, call, &c[i]);
		else
			call(&c[i]);
	}
	for (int i = 0; i < n; i++) {
		if (together)
			pthread_join(c[i].id, NULL);
		if (c[i].took != -1)
			took[served++] = c[i].took;
	}
	qsort(took, served, sizeof *took, by_value);
	if (served == 0)
		printf("0 - - -\n");
	else
		printf("%d %.1f %.1f %.1f\n", served, took[served / 2] / 1e6,
			took[served * 99 / 100] / 1e6, took[served - 1] / 1e6);
	free(c);
	free(took);
}

/* One turn of a held connection: send and take what goes. */
static void exchange(struct pollfd *p, size_t *to_send, size_t *to_take)
{
	char data[65536];
	ssize_t n;

	if (p->revents & POLLOUT) {
		n = send(p->fd, block, *to_send < BLOCK ? *to_send : BLOCK,
			MSG_NOSIGNAL);
		if (n == -1 && errno != EAGAIN)
			fail("send");
		*to_send -= n > 0 ? n : 0;
	}
	if (p->revents & (POLLIN | POLLHUP | POLLERR)) {
		n = read(p->fd, data, sizeof data);
		if (n == 0 || (n == -1 && errno != EAGAIN))
			fail("the connection ended");
		*to_take -= n > 0 ? n : 0;
	}
	p->events = (*to_send ? POLLOUT : 0) | (*to_take ? POLLIN : 0);
	if (*to_take == 0)
		p->fd = -1 - p->fd;	/* poll() skips it */
}

static void exchange_all(const int *fd, int n, size_t bytes)
{
	struct pollfd p[HELD_MAX];
	size_t to_send[HELD_MAX], to_take[HELD_MAX];
	int busy = n;

	for (int i = 0; i < n; i++) {
		p[i] = (struct pollfd){ fd[i], POLLIN | POLLOUT, 0 };
		to_send[i] = to_take[i] = bytes;
	}
	while (busy > 0) {
		if (poll(p, n, 60000) <= 0)
			fail("stuck");
		busy = 0;
		for (int i = 0; i < n; i++) {
			if (p[i].fd >= 0 && p[i].revents != 0)
				exchange(&p[i], &to_send[i], &to_take[i]);
			busy += p[i].fd >= 0;
		}
	}
}

static void say_and_wait(const char *word)
{
	char line[16];

	puts(word);
	fflush(stdout);
	if (fgets(line, sizeof line, stdin) == NULL)
		exit(0);
}

static void hold(int port, int n, size_t bytes)
{
	int fd[HELD_MAX];
	char byte;

	if (n < 1 || n > HELD_MAX)
		usage();
	for (int i = 0; i < n; i++) {
		fd[i] = dial(port, 'e');
		if (write_all(fd[i], "x", 1) == -1 ||
			read_all(fd[i], &byte, 1) == -1)
			fail("echo");
		fcntl(fd[i], F_SETFL, O_NONBLOCK);
	}
	say_and_wait("open");
	if (bytes > 0)
		exchange_all(fd, n, bytes);
	say_and_wait("moved");
	for (int i = 0; i < n; i++)
		close(fd[i]);
	say_and_wait("closed");
}

static void stall(int port, int up)
{
	int fd = dial(port, up ? 'x' : 'f');
	struct pollfd p[2] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = up ? fd : -1, .events = POLLOUT },
	};

	fcntl(fd, F_SETFL, O_NONBLOCK);
	while (poll(p, 2, -1) > 0 && p[0].revents == 0)
		if (send(fd, block, BLOCK, MSG_NOSIGNAL) == -1 &&
			errno != EAGAIN)
			fail("send");
}

static void print(int text, long long bytes)
{
	static const char line[] = "build: src/net/relay.c:120: a line as "
		"compilers and tests print them, x == y\n";

	for (int i = 0; i < BLOCK; i++)
		block[i] = text ? line[i % (sizeof line - 1)] : 'x';
	while (bytes > 0) {
		ssize_t n = write(STDOUT_FILENO, block,
			bytes < BLOCK ? bytes : BLOCK);

		if (n == -1)
			fail("stdout");
		bytes -= n;
	}
}

static struct in_addr address(const char *text)
{
	struct in_addr a;

	if (inet_pton(AF_INET, text, &a) != 1)
		usage();
	return a;
}

static int is_up(const char *word)
{
	if (strcmp(word, "up") != 0 && strcmp(word, "down") != 0)
		usage();
	return word[0] == 'u';
}

int main(int argc, char **argv)
{
	const char *what;
	char **arg;
	int n;

	dialled = address("127.0.0.1");
	for (; argc > 2 && argv[1][0] == '-'; argv += 2, argc -= 2)
		if (strcmp(argv[1], "-s") == 0)
			socks_port = atoi(argv[2]);
		else if (strcmp(argv[1], "-a") == 0)
			dialled = address(argv[2]);
		else
			usage();
	if (argc < 3)
		usage();
	what = argv[1];
	arg = argv + 2;
	n = argc - 2;
	signal(SIGPIPE, SIG_IGN);
	alarm(LIFE_MAX);
	if (strcmp(what, "serve") == 0 && (n == 1 || n == 2))
		serve(atoi(arg[0]), address(n == 2 ? arg[1] : "127.0.0.1"));
	else if (strcmp(what, "bulk") == 0 && n == 4)
		bulk(atoi(arg[0]), is_up(arg[1]), atoi(arg[2]),
			atol(arg[3]));
	else if (strcmp(what, "pace") == 0 && n == 2)
		take_paced(atoi(arg[0]), atol(arg[1]));
	else if (strcmp(what, "ping") == 0 && n == 4)
		ping(atoi(arg[0]), atol(arg[1]), atol(arg[2]), atol(arg[3]));
	else if (strcmp(what, "rate") == 0 && n == 4)
		rate(atoi(arg[0]), atoi(arg[1]), atol(arg[2]), atol(arg[3]));
	else if (strcmp(what, "each") == 0 && n == 2)
		call_all(atoi(arg[0]), atoi(arg[1]), 0);
	else if (strcmp(what, "together") == 0 && n == 2)
		call_all(atoi(arg[0]), atoi(arg[1]), 1);
	else if (strcmp(what, "hold") == 0 && n == 3)
		hold(atoi(arg[0]), atoi(arg[1]), atol(arg[2]));
	else if (strcmp(what, "stall") == 0 && n == 2)
		stall(atoi(arg[0]), is_up(arg[1]));
	else if (strcmp(what, "print") == 0 && n == 2)
		print(strcmp(arg[0], "text") == 0, atoll(arg[1]));
	else
		usage();
	return 0;
}
