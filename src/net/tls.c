/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tls.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "pure/mem.h"

/*
 * Both ends name the suites: with OpenSSL's own list a SHA-384 suite comes
 * first, which a key bound to SHA-256 cannot serve, and the handshake fails.
 */
#define SUITES "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"
#define READ_AHEAD 65536

struct tls {
	SSL *ssl;
	const struct tls_key *key;
};

static SSL_CTX *ctx;

static int ssl_err(struct err *e, const char *what)
{
	unsigned long code = ERR_get_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	return err_set(e, "%s: %s", what, reason ? reason : "TLS failure");
}

int tls_init(struct err *e)
{
	/*
	 * Names of algorithms and of errors below TLS are never asked for, and
	 * without their tables a process is 0.4 MB smaller.
	 */
	OPENSSL_init_ssl(OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS |
		OPENSSL_INIT_NO_ADD_ALL_CIPHERS |
		OPENSSL_INIT_NO_ADD_ALL_DIGESTS, NULL);
	ctx = SSL_CTX_new(TLS_method());
	if (ctx == NULL ||
		!SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) ||
		!SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) ||
		!SSL_CTX_set_ciphersuites(ctx, SUITES) ||
		!SSL_CTX_set_num_tickets(ctx, 0))
		return ssl_err(e, "cannot set up TLS 1.3");
	SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE |
		SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_read_ahead(ctx, 1);
	SSL_CTX_set_default_read_buffer_len(ctx, READ_AHEAD);
	return 0;
}

void tls_fini(void)
{
	SSL_CTX_free(ctx);
	ctx = NULL;
}

void tls_key_derive(struct tls_key *key,
	const unsigned char secret[TLS_SECRET_SIZE], const char *tag,
	const char *role)
{
	static char salt[] = "vscode-remote-shell link v1", sha256[] = "SHA256";
	EVP_KDF *kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
	EVP_KDF_CTX *kctx = EVP_KDF_CTX_new(kdf);
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256,
			sizeof sha256 - 1),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret,
			TLS_SECRET_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, salt,
			sizeof salt - 1),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, key->identity, 0),
		OSSL_PARAM_END,
	};

	snprintf(key->identity, sizeof key->identity, "vrs1:%s:%s", tag, role);
	params[3].data_size = strlen(key->identity);
	if (kctx == NULL || EVP_KDF_derive(kctx, key->psk, sizeof key->psk,
		params) <= 0) {
		fputs("vscode-remote-shell: OpenSSL has no HKDF-SHA256, or no "
			"memory\n", stderr);
		exit(EX_OSERR);
	}
	EVP_KDF_CTX_free(kctx);
	EVP_KDF_free(kdf);
}

/* The key as the session object in which OpenSSL wants it, or NULL. */
static SSL_SESSION *key_session(SSL *ssl)
{
	static const unsigned char aes_128_gcm_sha256[] = { 0x13, 0x01 };
	const struct tls *t = SSL_get_app_data(ssl);
	SSL_SESSION *s = SSL_SESSION_new();

	if (s != NULL && SSL_SESSION_set1_master_key(s, t->key->psk,
		sizeof t->key->psk) &&
		SSL_SESSION_set_cipher(s, SSL_CIPHER_find(ssl,
			aes_128_gcm_sha256)) &&
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
	if (md != NULL && !EVP_MD_is_a(md, "SHA256"))
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

	t->key = key;
	t->ssl = SSL_new(ctx);
	if (t->ssl == NULL || !SSL_set_fd(t->ssl, fd)) {
		fputs("vscode-remote-shell: out of memory in TLS\n", stderr);
		exit(EX_OSERR);
	}
	SSL_set_app_data(t->ssl, t);
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
	free(t);
}

/* What a failed call means. The error queue is left empty. */
static enum tls_io outcome(struct tls *t, int ret, const char *what,
	struct err *e)
{
	int why = SSL_get_error(t->ssl, ret);

	switch (why) {
	case SSL_ERROR_WANT_READ:
		return TLS_WANT_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANT_WRITE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_EOF;
	}
	/* A peer that is gone without a word is how every link ends. */
	if ((why == SSL_ERROR_SYSCALL && ERR_peek_error() == 0) ||
		ERR_GET_REASON(ERR_peek_error()) ==
			SSL_R_UNEXPECTED_EOF_WHILE_READING) {
		ERR_clear_error();
		return TLS_EOF;
	}
	ssl_err(e, what);
	return TLS_FAILED;
}

enum tls_io tls_handshake(struct tls *t, struct err *e)
{
	int ret;

	ERR_clear_error();
	ret = SSL_do_handshake(t->ssl);
	if (ret != 1)
		return outcome(t, ret, "handshake", e);
	if (!SSL_session_reused(t->ssl)) {
		err_set(e, "handshake: the peer did not prove the session's "
			"secret");
		return TLS_FAILED;
	}
	return TLS_OK;
}

enum tls_io tls_read(struct tls *t, void *data, size_t size, size_t *n,
	struct err *e)
{
	int ret;

	*n = 0;
	ERR_clear_error();
	ret = SSL_read_ex(t->ssl, data, size, n);
	return ret == 1 ? TLS_OK : outcome(t, ret, "receive", e);
}

enum tls_io tls_write(struct tls *t, const void *data, size_t len, size_t *n,
	struct err *e)
{
	int ret;

	*n = 0;
	ERR_clear_error();
	ret = SSL_write_ex(t->ssl, data, len, n);
	return ret == 1 ? TLS_OK : outcome(t, ret, "send", e);
}

int tls_has_pending(const struct tls *t)
{
	return SSL_has_pending(t->ssl);
}
