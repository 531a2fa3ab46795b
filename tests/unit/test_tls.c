/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define START_STEP 61		/* of 9000 allocations */

/* One of OpenSSL's allocations is refused. */
static long asked, refused;

static void *scarce_malloc(size_t size)
{
	return ++asked == refused ? NULL : malloc(size);
}

static void *scarce_realloc(void *p, size_t size)
{
	return ++asked == refused ? NULL : realloc(p, size);
}

#define malloc scarce_malloc
#define realloc scarce_realloc
#include "net/tls/tls_memory.c"
#include "net/tls/tls.c"
#undef malloc
#undef realloc

#include <cmocka.h>

/* How a child ends: these, or as out_of_memory() does. */
enum { AS_EVER = 10, TOLD, NOT_TOLD, BLAMED, BROKEN };

static struct tls_key key;

/* What run() returns in a child whose nth allocation from here on fails. */
static int with_refused(long n, int (*run)(void))
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		/* Not cmocka's. */
		signal(SIGSEGV, SIG_DFL);
		signal(SIGABRT, SIG_DFL);
		alarm(20);
		dup2(open("/dev/null", O_WRONLY), STDERR_FILENO);
		asked = 0;
		refused = n;
		_exit(run());
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (!WIFEXITED(status))
		fail_msg("allocation %ld: signal %d", n, WTERMSIG(status));
	return WEXITSTATUS(status);
}

static void derive(void)
{
	static const unsigned char secret[TLS_SECRET_SIZE] = { 7 };

	tls_key_derive(&key, secret, "tag", "front");
}

static enum tls_io listener;	/* how the last handshake ended for it */

struct pair {
	struct tls *end[2];	/* who dials, who listens */
	int fd[2];
};

/* How the handshake ends for who dials: TLS_OK only if it does for both. */
static enum tls_io connect_pair(struct pair *p)
{
	enum tls_io io[2] = { TLS_WANT_READ, TLS_WANT_READ };
	struct err e;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p->fd) == -1)
		return TLS_FAILED;
	for (int i = 0; i < 2; i++)
		p->end[i] = tls_new(p->fd[i], &key, i);
	for (int turn = 0; turn < 20; turn++) {
		int i = turn % 2;

		if (io[i] != TLS_WANT_READ)
			continue;
		io[i] = tls_handshake(p->end[i], &e);
		if (io[i] >= TLS_EOF)
			shutdown(p->fd[i], SHUT_RDWR);
	}
	listener = io[1];
	return io[0] == TLS_OK ? io[1] : io[0];
}

static void close_pair(struct pair *p)
{
	for (int i = 0; i < 2; i++) {
		tls_free(p->end[i]);
		close(p->fd[i]);
	}
}

static enum tls_io shake_hands(void)
{
	struct pair p = { .fd = { -1, -1 } };
	enum tls_io io = connect_pair(&p);

	close_pair(&p);
	return io;
}

/* A start that did not say so must be as good as any. */
static int start(void)
{
	struct err e;

	if (tls_init(&e) == -1)
		return strstr(e.text, "out of memory") != NULL ? TOLD :
			NOT_TOLD;
	derive();
	if (asked >= refused)
		return NOT_TOLD;
	refused = 0;
	return shake_hands() == TLS_OK ? AS_EVER : BROKEN;
}

static void tells_of_a_bad_start(void **state)
{
	int told = 0, got;

	(void)state;
	/* Before this process has asked OpenSSL for anything. */
	for (long n = 1; (got = with_refused(n, start)) != AS_EVER;
		n += START_STEP) {
		if (got != TOLD && got != EX_OSERR)
			fail_msg("allocation %ld: %d", n, got);
		told++;
	}
	assert_true(told > 10);
}

/*
 * One connection may fail, by no fault of the peer; the next one may not. Who
 * dials may be told wrong only by a listener that has no memory itself.
 */
static int serve_two(void)
{
	enum tls_io first = shake_hands();
	int met = asked >= refused;
	int blamed = first == TLS_FAILED;

	if (blamed && listener != TLS_NOT_NOW)
		return BROKEN;
	refused = 0;
	if (shake_hands() != TLS_OK)
		return BROKEN;
	return !met ? AS_EVER : blamed ? BLAMED : TOLD;
}

static void fails_one_handshake_only(void **state)
{
	int told = 0, blamed = 0, got;
	struct err e;

	(void)state;
	assert_int_equal(tls_init(&e), 0);
	derive();
	for (long n = 1; (got = with_refused(n, serve_two)) != AS_EVER;
		n++) {
		if (got != TOLD && got != EX_OSERR && got != BLAMED)
			fail_msg("allocation %ld: %d", n, got);
		told++;
		blamed += got == BLAMED;
	}
	assert_true(told > 10);
	/*
	 * While keys change, the listener's alert may be one that cannot be
	 * read, or another than OpenSSL means: 6 of 1267 with OpenSSL 3.0; 70
	 * of 1154 with 3.5, which asks for more just then, and whose alert goes
	 * out with the keys of before. One in 10 leaves room for other versions,
	 * and none for a rule.
	 */
	assert_true(blamed * 10 < told);
	tls_fini();
}

static long at_write;	/* which allocation of a write is refused */

/* One link fails while it writes; another goes on, with its own bytes. */
static int write_both(void)
{
	static char much[40000], got[sizeof much];
	struct pair one, other;
	enum tls_io io;
	struct err e;
	size_t n;

	refused = 0;
	if (connect_pair(&one) != TLS_OK || connect_pair(&other) != TLS_OK)
		return BROKEN;
	memset(much, 'x', sizeof much);
	asked = 0;
	refused = at_write;
	io = tls_write(one.end[0], much, sizeof much, &n, &e);
	if (asked < refused)
		return AS_EVER;
	refused = 0;
	if (io != TLS_NOT_NOW || strstr(e.text, "out of memory") == NULL)
		return NOT_TOLD;
	if (tls_write(other.end[0], "hello", 5, &n, &e) != TLS_OK ||
		tls_flush(other.end[0]) != TLS_OK ||
		tls_read(other.end[1], got, sizeof got, &n, &e) != TLS_OK ||
		n != 5 || memcmp(got, "hello", 5) != 0)
		return BROKEN;
	return TOLD;
}

static void fails_one_write_only(void **state)
{
	int told = 0, got;
	struct err e;

	(void)state;
	assert_int_equal(tls_init(&e), 0);
	derive();
	for (at_write = 1; (got = with_refused(0, write_both)) != AS_EVER;
		at_write++) {
		if (got != TOLD)
			fail_msg("allocation %ld: %d", at_write, got);
		told++;
	}
	/* A buffer for each of three records. */
	assert_true(told >= 3);
	tls_fini();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_of_a_bad_start),
		cmocka_unit_test(fails_one_handshake_only),
		cmocka_unit_test(fails_one_write_only),
	};

	return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
