/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Plays those without the key who hammer at a link port.
 *
 *	storm [-u UID] [-r RATE] [-n OPEN] [-m] KIND HOST PORT [IDENTITY]
 *
 * connects again and again, RATE times a second at most, or as often as it can;
 * the last OPEN connections (64) stay open, older ones are reset. -m: each from
 * another address of 127/8. At SIGTERM it prints how many connections a second
 * it made, and the most bytes that one of them was told.
 * KIND is what each says:
 *
 *	connects   nothing, and it is reset at once
 *	silence    nothing
 *	part       the first half of a ClientHello
 *	hellos     a whole ClientHello with a foreign identity
 *	binders    one with the port's own IDENTITY, and a wrong proof
 *	retries    the same, which asks for a HelloRetryRequest
 *	mixed      each of these by turns
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OPEN_MAX_ 4096
#define HELLO_MAX 600
#define LIFE_MAX 900	/* seconds */

enum kind { CONNECTS, SILENCE, PART, HELLOS, BINDERS, RETRIES, KINDS };

static const char *const names[] = { "connects", "silence", "part", "hellos",
	"binders", "retries", "mixed" };

static struct {
	int fd;
	enum kind kind;
	int said;
} conn[OPEN_MAX_];

static const char *identity = "vrs1:0000000000000000:front";
static uint64_t seed;
static long most_told;
static volatile sig_atomic_t over;

static void fail(const char *what)
{
	fprintf(stderr, "storm: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fputs("storm: wrong arguments; they are described in storm.c\n",
		stderr);
	exit(2);
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static uint32_t any(void)
{
	seed = seed * UINT64_C(6364136223846793005) + 1442695040888963407u;
	return (uint32_t)(seed >> 32);
}

/* ---- a ClientHello ------------------------------------------------------- */

struct out {
	unsigned char data[HELLO_MAX];
	size_t len;
};

static void put(struct out *o, const void *data, size_t len)
{
	memcpy(o->data + o->len, data, len);
	o->len += len;
}

static void put16(struct out *o, unsigned n)
{
	unsigned char b[2] = { (unsigned char)(n >> 8), (unsigned char)n };

	put(o, b, 2);
}

static void put_random(struct out *o, size_t len)
{
	while (len-- > 0)
		o->data[o->len++] = (unsigned char)any();
}

/* The length of what follows is written there when it is known. */
static size_t open_length(struct out *o)
{
	put16(o, 0);
	return o->len;
}

static void close_length(struct out *o, size_t at)
{
	o->data[at - 2] = (unsigned char)((o->len - at) >> 8);
	o->data[at - 1] = (unsigned char)(o->len - at);
}

static void put_key_share(struct out *o, enum kind kind)
{
	size_t all, list, share;

	put16(o, 51);
	all = open_length(o);
	list = open_length(o);
	if (kind != RETRIES) {
		put16(o, 29);			/* x25519 */
		share = open_length(o);
		put_random(o, 32);
		close_length(o, share);
	}
	close_length(o, list);
	close_length(o, all);
}

static void put_psk(struct out *o, enum kind kind)
{
	size_t all, list, id;

	put16(o, 41);
	all = open_length(o);
	list = open_length(o);
	id = open_length(o);
	put(o, identity, strlen(identity));
	if (kind == HELLOS)
		o->data[o->len - 8] ^= 1;
	close_length(o, id);
	put(o, "\0\0\0\0", 4);			/* its age */
	close_length(o, list);
	list = open_length(o);
	put(o, "\x20", 1);
	put_random(o, 32);
	close_length(o, list);
	close_length(o, all);
}

static void make_hello(struct out *o, enum kind kind)
{
	size_t record, hello, extensions;

	o->len = 0;
	put(o, "\x16\x03\x01", 3);
	record = open_length(o);
	put(o, "\x01\x00", 2);
	hello = open_length(o);
	put(o, "\x03\x03", 2);
	put_random(o, 32);
	put(o, "\x20", 1);
	put_random(o, 32);
	put(o, "\x00\x02\x13\x01\x01\x00", 6);	/* one suite, no compression */
	extensions = open_length(o);
	put(o, "\x00\x2b\x00\x03\x02\x03\x04", 7);	/* version 1.3 */
	put(o, "\x00\x0a\x00\x04\x00\x02\x00\x1d", 8);	/* x25519 */
	put(o, "\x00\x0d\x00\x04\x00\x02\x04\x03", 8);	/* signatures */
	put(o, "\x00\x2d\x00\x02\x01\x01", 6);		/* psk_dhe_ke */
	put_key_share(o, kind);
	put_psk(o, kind);
	close_length(o, extensions);
	close_length(o, hello);
	close_length(o, record);
}

/* ---- connections --------------------------------------------------------- */

static void reset(int i)
{
	struct linger now = { .l_onoff = 1 };
	char data[4096];
	ssize_t n;

	if (conn[i].fd == -1)
		return;
	n = recv(conn[i].fd, data, sizeof data, MSG_DONTWAIT);
	if (n > most_told)
		most_told = n;
	setsockopt(conn[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
	close(conn[i].fd);
	conn[i].fd = -1;
}

/* What it has to say; a connection that is not up yet says it later. */
static void speak(int i)
{
	struct out o = { .len = 0 };

	if (conn[i].fd == -1 || conn[i].said || conn[i].kind <= SILENCE)
		return;
	make_hello(&o, conn[i].kind);
	if (conn[i].kind == PART)
		o.len /= 2;
	conn[i].said = send(conn[i].fd, o.data, o.len, MSG_NOSIGNAL |
		MSG_DONTWAIT) > 0;
}

static void dial(int i, const struct sockaddr *to, socklen_t len, int many)
{
	struct sockaddr_in own = { .sin_family = AF_INET };
	int fd = socket(to->sa_family, SOCK_STREAM | SOCK_NONBLOCK |
		SOCK_CLOEXEC, 0), on = 1;

	if (fd == -1)
		fail("socket");
	own.sin_addr.s_addr = htonl(0x7f000000 | (any() & 0xffffff));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
	if (many)
		(void)!bind(fd, (struct sockaddr *)&own, sizeof own);
	(void)!connect(fd, to, len);
	conn[i].fd = fd;
	conn[i].said = 0;
}

static socklen_t address(const char *host, int port, struct sockaddr_storage *a)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)a;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)a;

	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return sizeof *v4;
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) != 1)
		usage();
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	return sizeof *v6;
}

static void end(int sig)
{
	(void)sig;
	over = 1;
}

int main(int argc, char **argv)
{
	struct sockaddr_storage to = { 0 };
	long rate = 0, open_n = 64, n = 0;
	int many = 0, opt, kind = 0;
	int64_t begin;
	socklen_t len;

	while ((opt = getopt(argc, argv, "u:r:n:m")) != -1)
		switch (opt) {
		case 'u':
			if (setuid((uid_t)atoi(optarg)) == -1)
				fail("setuid");
			break;
		case 'r':
			rate = atol(optarg);
			break;
		case 'n':
			open_n = atol(optarg);
			break;
		case 'm':
			many = 1;
			break;
		default:
			usage();
		}
	argv += optind;
	argc -= optind;
	if (argc < 3 || argc > 4 || open_n < 1 || open_n > OPEN_MAX_)
		usage();
	while (kind <= KINDS && strcmp(argv[0], names[kind]) != 0)
		kind++;
	if (kind > KINDS)
		usage();
	len = address(argv[1], atoi(argv[2]), &to);
	if (argc == 4)
		identity = argv[3];
	signal(SIGTERM, end);
	signal(SIGALRM, end);
	alarm(LIFE_MAX);
	for (int i = 0; i < OPEN_MAX_; i++)
		conn[i].fd = -1;
	begin = now_ns();
	seed = (uint64_t)begin;
	while (!over) {
		int i = (int)(n % open_n);

		if (rate > 0 && n > (now_ns() - begin) * rate /
			INT64_C(1000000000)) {
			nanosleep(&(struct timespec){ .tv_nsec = 200000 },
				NULL);
			continue;
		}
		speak((i + (int)open_n - 1) % (int)open_n);
		reset(i);
		conn[i].kind = kind == KINDS ? any() % KINDS :
			(enum kind)kind;
		dial(i, (struct sockaddr *)&to, len, many);
		if (conn[i].kind == CONNECTS)
			reset(i);
		speak(i);
		n++;
	}
	for (int i = 0; i < open_n; i++)
		reset(i);
	printf("%.0f %ld\n", n * 1e9 / (double)(now_ns() - begin), most_told);
	return 0;
}
