/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns one SSL object a link, and between it and the socket an outbox, so that
 * many records leave in one system call. OpenSSL sees neither the socket nor a
 * full one: what it writes goes to the outbox, what it reads is one read(2) a
 * turn.
 */
#include "net/tls/tls.h"

#include <assert.h>
#include <errno.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/objects.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/loop.h"
#include "net/outbox.h"
#include "net/tls/tls_memory.h"
#include "net/turn.h"

/*
 * Both ends name the suites: with OpenSSL's own list a SHA-384 suite comes
 * first, which a key bound to SHA-256 cannot serve, and the handshake fails.
 */
#define SUITES "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
#define AES_SUITE 0x1301	/* TLS_AES_128_GCM_SHA256 on the wire */

/*
 * OpenSSL 3.5 offers a key of ML-KEM, too, by default. It costs time and 30 kB a
 * link, and gives nothing: who breaks the exchange still lacks the secret, from
 * which, too, the keys of the traffic are made. X25519 is not there in FIPS mode.
 */
#define GROUPS "X25519:P-256"
#define FIPS_GROUPS "P-256"
#define PLAINTEXT_MAX 16384

/*
 * With an OpenSSL inside the program the machine's openssl.cnf is for another one,
 * and may name what this one has not: then no handshake would succeed.
 */
#ifdef OWN_OPENSSL
#define SETTINGS OPENSSL_INIT_NO_LOAD_CONFIG
#else
#define SETTINGS 0
#endif

/*
 * One read(2) takes the records of a whole turn. OpenSSL aligns its buffer, for
 * which it needs up to 3 bytes more.
 */
#define READ_AHEAD (TURN_LONG / FRAME_BULK * FRAME_BULK_RECORD + 3)

struct tls {
	SSL *ssl;
	const struct tls_key *key;
	int fd;
	int ended;		/* see tls_end() */
	int drained;		/* the socket had less than was asked for */
	int pending;		/* see tls_has_pending() */
	int was_short;		/* of memory in the handshake; 1.1.1 goes on then */
	size_t unread;		/* see tls_unread() */
	enum tls_io failed;	/* what tls_read() has still to tell */
	const char *why;
	struct outbox out;
};

static SSL_CTX *ctx;
static BIO_METHOD *method;

static int ssl_err(struct err *e, const char *what)
{
	unsigned long code = ERR_get_error();
	const char *reason = tls_memory_was_short() ? "out of memory" :
		code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return err_set(e, "%s: %s", what, reason ? reason : "TLS failure");
}

/* OpenSSL writes one record at a time, and thinks that it is sent. */
static int bio_write(BIO *bio, const char *data, int len)
{
	struct tls *t = BIO_get_data(bio);

	BIO_clear_retry_flags(bio);
	if (outbox_waiting(&t->out) == 0 && !outbox_has_room(&t->out, len)) {
		BIO_set_retry_write(bio);
		return -1;
	}
	outbox_add(&t->out, data, len);
	return len;
}

static int bio_read(BIO *bio, char *data, int size)
{
	struct tls *t = BIO_get_data(bio);
	ssize_t n;

	BIO_clear_retry_flags(bio);
	if (t->drained) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (loop_budget() == TURN_LEAST && size > FRAME_BULK_RECORD)
		size = FRAME_BULK_RECORD;
	do
		n = read(t->fd, data, size);
	while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		BIO_set_retry_read(bio);
	t->drained = n < size;
	t->unread += n > 0 ? n : 0;
	return n;
}

/* During the handshake OpenSSL says when to send. */
static long bio_ctrl(BIO *bio, int what, long num, void *ptr)
{
	struct tls *t = BIO_get_data(bio);

	(void)num;
	(void)ptr;
	if (what != BIO_CTRL_FLUSH)
		return 0;
	BIO_clear_retry_flags(bio);
	if (outbox_push(&t->out) == 0)
		return 1;
	if (errno == EAGAIN)
		BIO_set_retry_write(bio);
	return -1;
}

static int make_method(void)
{
	int type = BIO_get_new_index();

	method = type == -1 ? NULL : BIO_meth_new(type |
		BIO_TYPE_SOURCE_SINK, "link");
	return method != NULL && BIO_meth_set_write(method, bio_write) &&
		BIO_meth_set_read(method, bio_read) &&
		BIO_meth_set_ctrl(method, bio_ctrl);
}

/*
 * What OpenSSL makes when it is first asked for, once and for all: in 3 all
 * algorithms of a kind, in 1.1.1 the generators of random numbers. It must not be in
 * a handshake that has no memory for it: no other would ever succeed.
 */
static int make_all(void)
{
#if OPENSSL_VERSION_NUMBER >= 0x30000000L
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);

	EVP_KDF_free(kdf);
	return kdf != NULL;
#else
	unsigned char byte;

	return RAND_bytes(&byte, 1) == 1 && RAND_priv_bytes(&byte, 1) == 1;
#endif
}

int tls_init(struct err *e)
{
	tls_memory_watch();
	/*
	 * Names of algorithms and of errors below TLS are never asked for, and
	 * without their tables a process is 0.4 MB smaller.
	 */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
		OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
		OPENSSL_INIT_NO_ADD_ALL_DIGESTS | SETTINGS, NULL);
	tls_memory_begin();
	ctx = SSL_CTX_new(TLS_method());
	/*
	 * Short of memory: with an algorithm missing no handshake would ever
	 * succeed, which is no error here.
	 */
	if (ctx == NULL || !make_method() || !make_all() ||
		!SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) ||
		!SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) ||
		!SSL_CTX_set_ciphersuites(ctx, SUITES) ||
		(!SSL_CTX_set1_groups_list(ctx, GROUPS) &&
			!SSL_CTX_set1_groups_list(ctx, FIPS_GROUPS)) ||
		!SSL_CTX_set_num_tickets(ctx, 0) ||
		tls_memory_was_short())
		return ssl_err(e, "cannot set up TLS 1.3");
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, READ_AHEAD);
	mem_keep();
	return 0;
}

void tls_fini(void)
{
	SSL_CTX_free(ctx);
	ctx = NULL;
	BIO_meth_free(method);
	method = NULL;
}

/* The key as the session object in which OpenSSL wants it, or NULL. */
static SSL_SESSION *key_session(SSL *ssl)
{
	static const unsigned char aes[] = { AES_SUITE >> 8, AES_SUITE & 0xff };
	const struct tls *t = SSL_get_app_data(ssl);
	SSL_SESSION *s = SSL_SESSION_new();

	if (s != NULL && SSL_SESSION_set1_master_key(s, t->key->psk,
		sizeof t->key->psk) &&
		SSL_SESSION_set_cipher(s, SSL_CIPHER_find(ssl, aes)) &&
		SSL_SESSION_set_protocol_version(s, TLS1_3_VERSION))
		return s;
	SSL_SESSION_free(s);
	return NULL;
}

static int offer_key(SSL *ssl, const EVP_MD *md, const unsigned char **id,
	size_t *idlen, SSL_SESSION **sess)
{
	const struct tls *t = SSL_get_app_data(ssl);

	*sess = NULL;
	if (md != NULL && EVP_MD_type(md) != NID_sha256)
		return 1;
	*id = (const unsigned char *)t->key->identity;
	*idlen = strlen(t->key->identity);
	*sess = key_session(ssl);
	return *sess != NULL;
}

static int find_key(SSL *ssl, const unsigned char *id, size_t idlen,
	SSL_SESSION **sess)
{
	const struct tls *t = SSL_get_app_data(ssl);

	*sess = NULL;
	if (idlen != strlen(t->key->identity) ||
		CRYPTO_memcmp(id, t->key->identity, idlen) != 0)
		return 1;
	*sess = key_session(ssl);
	return *sess != NULL;
}

struct tls *tls_new(int fd, const struct tls_key *key, int server)
{
	struct tls *t = mem_alloc(sizeof *t);
	BIO *bio = BIO_new(method);

	t->key = key;
	t->fd = fd;
	outbox_init(&t->out, fd);
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || bio == NULL || !SSL_set_app_data(t->ssl, t))
		tls_memory_give_up();
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	SSL_set_bio(t->ssl, bio, bio);
	if (server) {
		SSL_set_psk_find_session_callback(t->ssl, find_key);
		SSL_set_accept_state(t->ssl);
	} else {
		/*
		 * The store is empty, so nobody's certificate is good. Without
		 * this a client takes any certificate and forgets the key.
		 */
		SSL_set_verify(t->ssl, SSL_VERIFY_PEER, NULL);
		SSL_set_psk_use_session_callback(t->ssl, offer_key);
		SSL_set_connect_state(t->ssl);
	}
	return t;
}

void tls_free(struct tls *t)
{
	if (t == NULL)
		return;
	SSL_free(t->ssl);
	outbox_fini(&t->out);
	free(t);
}

/* Before a call that may have an outcome(). */
static void forget_errors(void)
{
	ERR_clear_error();
	tls_memory_begin();
}

/*
 * What a failed call means, *why for TLS_FAILED and TLS_NOT_NOW. The error
 * queue is empty.
 */
static enum tls_io outcome(struct tls *t, int ret, const char **why)
{
	int code = SSL_get_error(t->ssl, ret);
	unsigned long error;

	switch (code) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_EOF;
	}
	error = ERR_peek_error();
	ERR_clear_error();
	if (t->was_short || tls_memory_was_short()) {
		*why = "out of memory";
		return TLS_NOT_NOW;
	}
	/* A peer that is gone without a word is how every link ends. */
	if (code == SSL_ERROR_SYSCALL && error == 0)
		return TLS_EOF;
	*why = ERR_reason_error_string(error);
	return ERR_GET_REASON(error) == SSL_R_TLSV1_ALERT_INTERNAL_ERROR ?
		TLS_NOT_NOW : TLS_FAILED;
}

static enum tls_io tls_fail(struct err *e, enum tls_io io, const char *what,
	const char *why)
{
	if (io == TLS_FAILED || io == TLS_NOT_NOW)
		err_set(e, "%s: %s", what, why ? why : "TLS failure");
	return io;
}

enum tls_io tls_handshake(struct tls *t, struct err *e)
{
	const char *why = NULL;
	enum tls_io io;
	int ret;

	forget_errors();
	t->drained = 0;
	ret = SSL_do_handshake(t->ssl);
	t->was_short |= tls_memory_was_short();
	(void)outbox_push(&t->out);	/* an alert, perhaps */
	if (ret != 1) {
		io = outcome(t, ret, &why);
		return tls_fail(e, io, "handshake", why);
	}
	if (!SSL_session_reused(t->ssl)) {
		err_set(e, "handshake: the peer did not prove the session's secret");
		return TLS_FAILED;
	}
	t->was_short = 0;
	return TLS_OK;
}

enum tls_io tls_read(struct tls *t, void *data, size_t size, size_t *n,
	struct err *e)
{
	enum tls_io io = t->failed;

	*n = 0;
	t->pending = 0;
	t->drained = 0;
	forget_errors();
	while (io == TLS_OK && *n < size) {
		size_t some = 0;
		int ret = SSL_read_ex(t->ssl, (char *)data + *n, size - *n,
			&some);

		*n += some;
		if (ret != 1)
			io = outcome(t, ret, &t->why);
	}
	(void)outbox_push(&t->out);	/* an alert, perhaps */
	t->unread = SSL_has_pending(t->ssl) && t->unread > *n ?
		t->unread - *n : 0;
	/* What is around the payload was counted, too; but no more has room there. */
	if (t->unread > READ_AHEAD)
		t->unread = READ_AHEAD;
	if (io >= TLS_EOF)
		t->failed = io;
	if (*n == 0)
		return tls_fail(e, io, "receive", t->why);
	t->pending = t->failed != TLS_OK || (*n == size &&
		SSL_has_pending(t->ssl));
	return TLS_OK;
}

int tls_has_pending(const struct tls *t)
{
	return t->pending;
}

enum tls_io tls_flush(struct tls *t)
{
	if (outbox_push(&t->out) == 0)
		return TLS_OK;
	return errno == EAGAIN ? TLS_WANT_WRITE : TLS_EOF;
}

enum tls_io tls_write(struct tls *t, const void *data, size_t len, size_t *n,
	struct err *e)
{
	const char *why = NULL;
	enum tls_io io;

	*n = 0;
	forget_errors();
	while (*n < len) {
		size_t some = len - *n;
		int ret;

		if (!outbox_has_room(&t->out, OUTBOX_RECORD_MAX)) {
			io = tls_flush(t);
			if (io != TLS_OK)
				return io;
		}
		if (some > PLAINTEXT_MAX)
			some = PLAINTEXT_MAX;
		ret = SSL_write_ex(t->ssl, (const char *)data + *n, some,
			&some);
		if (ret != 1) {
			io = outcome(t, ret, &why);
			/*
			 * What is gathered is pushed at once: all connections
			 * gather in one place (net/outbox.h), and the next one
			 * may write.
			 */
			(void)outbox_push(&t->out);
			return tls_fail(e, io, "send", why);
		}
		*n += some;
	}
	return TLS_OK;
}

size_t tls_unread(const struct tls *t)
{
	return t->unread;
}

size_t tls_unsent(const struct tls *t)
{
	return outbox_waiting(&t->out);
}

enum tls_io tls_end(struct tls *t)
{
	if (!t->ended && shutdown(t->fd, SHUT_WR) == -1)
		return TLS_EOF;
	t->ended = 1;
	return TLS_OK;
}
