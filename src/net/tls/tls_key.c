/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns what is derived from a session's secret, and no state: every key is
 * made anew from what the caller holds.
 */
#include "net/tls/tls_key.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "net/tls/tls_memory.h"

/*
 * HKDF-SHA256 of RFC 5869. Without a salt it is the second half only, without
 * an info the first.
 */
static void hkdf(const unsigned char *key, const char *salt, const char *info,
	size_t infolen, unsigned char *out, size_t size)
{
	static char sha256[] = "SHA256";
	EVP_KDF *kdf;
	EVP_KDF_CTX *kctx;
	int derived, mode = !info ? EVP_KDF_HKDF_MODE_EXTRACT_ONLY :
		salt ? EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND :
		EVP_KDF_HKDF_MODE_EXPAND_ONLY;
	OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_KDF_PARAM_DIGEST, sha256,
			sizeof sha256 - 1),
		OSSL_PARAM_int(OSSL_KDF_PARAM_MODE, &mode),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_KEY, (void *)key,
			TLS_SECRET_SIZE),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_INFO, (void *)info,
			infolen),
		OSSL_PARAM_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt,
			salt ? strlen(salt) : 0),
		OSSL_PARAM_END,
	};

	if (salt == NULL)
		params[4] = OSSL_PARAM_construct_end();
	tls_memory_begin();
	kdf = EVP_KDF_fetch(NULL, OSSL_KDF_NAME_HKDF, NULL);
	kctx = EVP_KDF_CTX_new(kdf);
	derived = kctx != NULL && EVP_KDF_derive(kctx, out, size, params) > 0;
	EVP_KDF_CTX_free(kctx);
	EVP_KDF_free(kdf);
	/* With the first OpenSSL makes all others, those of TLS among them. */
	if (tls_memory_was_short())
		tls_memory_give_up();
	if (!derived) {
		fputs("vscode-remote-shell: OpenSSL has no HKDF-SHA256\n",
			stderr);
		exit(EX_OSERR);
	}
}

void tls_key_derive(struct tls_key *key,
	const unsigned char secret[TLS_SECRET_SIZE], const char *tag,
	const char *role)
{
	static const char salt[] = "vscode-remote-shell link v1";

	snprintf(key->identity, sizeof key->identity, "vrs1:%s:%s", tag, role);
	hkdf(secret, salt, key->identity, strlen(key->identity), key->psk,
		sizeof key->psk);
}

/* HKDF-Expand-Label of RFC 8446; context is that long, or empty. */
static void expand_label(const unsigned char *secret, const char *label,
	const unsigned char *context, size_t len, unsigned char *out,
	size_t size)
{
	char info[32 + TLS_SECRET_SIZE];
	int n = snprintf(info, 32, "%c%c%ctls13 %s%c", 0, (int)size,
		(int)strlen(label) + 6, label, (int)len);

	if (len > 0)
		memcpy(info + n, context, len);
	hkdf(secret, NULL, info, n + len, out, size);
}

void tls_key_binder(unsigned char out[TLS_SECRET_SIZE],
	const struct tls_key *key)
{
	/* SHA-256 of nothing: the messages before a key that is no ticket's. */
	static const unsigned char nothing[TLS_SECRET_SIZE] = {
		0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb,
		0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4,
		0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
		0xb8, 0x55 };
	unsigned char early[TLS_SECRET_SIZE], binder[TLS_SECRET_SIZE];

	/* HMAC takes an empty salt for one of zeros. */
	hkdf(key->psk, "", NULL, 0, early, sizeof early);
	expand_label(early, "ext binder", nothing, sizeof nothing, binder,
		sizeof binder);
	expand_label(binder, "finished", NULL, 0, out, TLS_SECRET_SIZE);
	explicit_bzero(early, sizeof early);
	explicit_bzero(binder, sizeof binder);
}
