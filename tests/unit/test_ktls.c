/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>

#include "net/tls/ktls.h"

static int refuse_to_write, begun;

static int begin_or_refuse(int fd, enum ktls_direction direction,
	const struct ktls_key *key)
{
	begun++;
	if (direction == KTLS_WRITE && refuse_to_write) {
		errno = ENOMEM;
		return -1;
	}
	return ktls_begin(fd, direction, key);
}

/* Before cmocka, which has a fail() of its own. */
#define ktls_begin begin_or_refuse
#include "net/tls/tls.c"
#undef ktls_begin

#include "net.h"

#define MUCH (3 * 1024 * 1024)
#define SMALL 16384

struct end {
	struct tls *tls;
	int fd, kernel;		/* whether to try it */
	enum tls_io io;
	size_t sent, got;
	uint32_t seed;
};

static struct tls_key key;

/* Not skip(): to cmocka's TAP that is a failure. */
#define NEED_KERNEL_TLS() do { \
	if (!ktls_is_offered()) { \
		print_message("# skipped: this kernel does not offer TLS\n"); \
		return; \
	} \
} while (0)

static void finds_tls_among_words(void **state)
{
	static const struct {
		const char *words;
		int want;
	} rows[] = {
		{ "", 0 },
		{ "\n", 0 },
		{ "mptcp\n", 0 },
		{ "tls\n", 1 },
		{ "tls", 1 },
		{ "espintcp mptcp tls\n", 1 },
		{ "tls mptcp\n", 1 },
		{ "mptcp  tls \n", 1 },
		{ "tlsx xtls\n", 0 },
		{ "tl s\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (ktls_is_among(rows[i].words) != rows[i].want)
			fail_msg("'%s' is not %d", rows[i].words, rows[i].want);
}

/* RFC 8448, section 3: {server} derive write traffic keys for application. */
static void derives_the_keys_of_the_rfc(void **state)
{
	static const unsigned char secret[] = {
		0xa1, 0x1a, 0xf9, 0xf0, 0x55, 0x31, 0xf8, 0x56, 0xad, 0x47,
		0x11, 0x6b, 0x45, 0xa9, 0x50, 0x32, 0x82, 0x04, 0xb4, 0xf4,
		0x4b, 0xfb, 0x6b, 0x3a, 0x4b, 0x4f, 0x1f, 0x3f, 0xcb, 0x63,
		0x16, 0x43,
	}, key_want[] = {
		0x9f, 0x02, 0x28, 0x3b, 0x6c, 0x9c, 0x07, 0xef, 0xc2, 0x6b,
		0xb9, 0xf2, 0xac, 0x92, 0xe3, 0x56,
	}, iv_want[] = {
		0xcf, 0x78, 0x2b, 0x88, 0xdd, 0x83, 0x54, 0x9a, 0xad, 0xf1,
		0xe9, 0x84,
	};
	struct ktls_key k;

	(void)state;
	tls_key_traffic(&k, secret);
	assert_memory_equal(k.key, key_want, sizeof key_want);
	assert_memory_equal(k.iv, iv_want, sizeof iv_want);
}

static enum tls_io shake(struct end *end)
{
	struct err e = { 0 };
	enum tls_io io;

	try_kernel = end->kernel;
	io = tls_handshake(end->tls, &e);
	if (io == TLS_FAILED)
		fail_msg("%s", e.text);
	assert_int_not_equal(io, TLS_EOF);
	return io;
}

/* fd becomes the ends'. */
static void connect_ends(struct end ends[2], const int fd[2],
	const char *suites)
{
	double until = seconds() + WAIT_SECONDS;

	for (int i = 0; i < 2; i++) {
		set_nonblock(fd[i]);
		ends[i].fd = fd[i];
		ends[i].io = TLS_WANT_READ;
		ends[i].seed = i;
		try_kernel = ends[i].kernel;
		ends[i].tls = tls_new(fd[i], &key, i);
		SSL_set_ciphersuites(ends[i].tls->ssl, suites);
	}
	while (ends[0].io != TLS_OK || ends[1].io != TLS_OK) {
		assert_true(seconds() < until);
		for (int i = 0; i < 2; i++)
			if (ends[i].io != TLS_OK)
				ends[i].io = shake(&ends[i]);
	}
}

static void close_ends(struct end ends[2])
{
	for (int i = 0; i < 2; i++) {
		tls_free(ends[i].tls);
		close(ends[i].fd);
	}
}

/* Send what goes, and say at the first moment possible that it was all. */
static void send_more(struct end *end)
{
	static unsigned char data[100000];
	size_t len = 1 + rnd(&end->seed) % sizeof data, n;
	struct err e;
	enum tls_io io;

	if (len > MUCH - end->sent)
		len = MUCH - end->sent;
	pattern(data, len, end->sent);
	io = tls_write(end->tls, data, len, &n, &e);
	end->sent += n;
	if (io == TLS_OK)
		io = tls_flush(end->tls);
	if (io == TLS_OK && end->sent == MUCH)
		io = tls_end(end->tls);
	assert_true(io == TLS_OK || io == TLS_WANT_WRITE);
}

static void receive_more(struct end *end)
{
	static char data[50000];
	size_t n;
	struct err e;

	end->io = tls_read(end->tls, data, 1 + rnd(&end->seed) % sizeof data,
		&n, &e);
	assert_true(is_pattern(data, n, end->got));
	end->got += n;
	assert_int_not_equal(end->io, TLS_FAILED);
}

/* Both send much, and end; the sockets are full most of the time. */
static void exchange(struct end ends[2])
{
	double until = seconds() + WAIT_SECONDS;

	while (ends[0].io != TLS_EOF || ends[1].io != TLS_EOF) {
		if (seconds() > until)
			fail_msg("got %zu and %zu", ends[0].got, ends[1].got);
		for (int i = 0; i < 2; i++) {
			send_more(&ends[i]);
			if (ends[i].io != TLS_EOF)
				receive_more(&ends[i]);
		}
	}
	assert_int_equal(ends[0].got, MUCH);
	assert_int_equal(ends[1].got, MUCH);
}

static int is_all_in_kernel(const struct end *end)
{
	return end->tls->in_kernel[KTLS_READ] &&
		end->tls->in_kernel[KTLS_WRITE] && end->tls->ssl == NULL;
}

static int is_none_in_kernel(const struct end *end)
{
	return !end->tls->in_kernel[KTLS_READ] &&
		!end->tls->in_kernel[KTLS_WRITE] && end->tls->ssl != NULL;
}

static void between(int kernel_here, int kernel_there)
{
	struct end ends[2] = {
		{ .kernel = kernel_here }, { .kernel = kernel_there },
	};
	int fd[2];

	begun = 0;
	tcp_pair(fd, SMALL);
	connect_ends(ends, fd, SUITES);
	for (int i = 0; i < 2; i++)
		assert_true(ends[i].kernel ? is_all_in_kernel(&ends[i]) :
			is_none_in_kernel(&ends[i]));
	assert_int_equal(begun, 2 * (kernel_here + kernel_there));
	exchange(ends);
	close_ends(ends);
}

static void asks_no_kernel_unless_told(void **state)
{
	(void)state;
	between(0, 0);
}

/* Either end may have a kernel that can do it. */
static void is_the_same_whoever_does_it(void **state)
{
	(void)state;
	NEED_KERNEL_TLS();
	between(0, 1);
	between(1, 0);
	between(1, 1);
}

/* There is no kernel TLS on a Unix socket. */
static void goes_on_when_refused(void **state)
{
	struct end ends[2] = { { .kernel = 1 }, { .kernel = 1 } };
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fd), 0);
	begun = 0;
	connect_ends(ends, fd, SUITES);
	assert_int_not_equal(begun, 0);
	assert_true(is_none_in_kernel(&ends[0]));
	assert_true(is_none_in_kernel(&ends[1]));
	exchange(ends);
	close_ends(ends);
}

static void leaves_other_suites_to_openssl(void **state)
{
	struct end ends[2] = { { .kernel = 1 }, { .kernel = 1 } };
	int fd[2];

	(void)state;
	tcp_pair(fd, SMALL);
	begun = 0;
	connect_ends(ends, fd, "TLS_CHACHA20_POLY1305_SHA256");
	assert_int_equal(begun, 0);
	assert_true(is_none_in_kernel(&ends[0]));
	assert_true(is_none_in_kernel(&ends[1]));
	exchange(ends);
	close_ends(ends);
}

/* As when there is no memory for the second. */
static void one_direction_will_do(void **state)
{
	struct end ends[2] = { { .kernel = 1 }, { .kernel = 1 } };
	int fd[2];

	(void)state;
	NEED_KERNEL_TLS();
	tcp_pair(fd, SMALL);
	refuse_to_write = 1;
	connect_ends(ends, fd, SUITES);
	refuse_to_write = 0;
	for (int i = 0; i < 2; i++) {
		assert_true(ends[i].tls->in_kernel[KTLS_READ]);
		assert_false(ends[i].tls->in_kernel[KTLS_WRITE]);
	}
	exchange(ends);
	close_ends(ends);
}

static int group_setup(void **state)
{
	static const unsigned char secret[TLS_SECRET_SIZE] = "secret";
	struct err e;

	(void)state;
	tls_key_derive(&key, secret, "tag", "front");
	if (tls_init(1, &e) == -1)
		return -1;
	SSL_CTX_set_keylog_callback(ctx, keep_secret);
	return 0;
}

static int group_teardown(void **state)
{
	(void)state;
	tls_fini();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_tls_among_words),
		cmocka_unit_test(derives_the_keys_of_the_rfc),
		cmocka_unit_test(asks_no_kernel_unless_told),
		cmocka_unit_test(is_the_same_whoever_does_it),
		cmocka_unit_test(goes_on_when_refused),
		cmocka_unit_test(leaves_other_suites_to_openssl),
		cmocka_unit_test(one_direction_will_do),
	};

	return cmocka_run_group_tests_name("ktls", tests, group_setup,
		group_teardown);
}
