/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns what is derived from a session's secret, and no state: every key is
 * made anew from what the caller holds.
 */
#include "net/tls/tls_key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "net/tls/tls_memory.h"

#define INFO_MAX 128		/* bytes of what a key is for */

/*
 * All of HKDF-SHA256 that is needed is two HMACs, since no key is longer than
 * what one of them gives. OpenSSL's own HKDF is another one before 3.0.
 */
static void hmac(const void *key, size_t keylen, const void *data, size_t len,
	unsigned char out[TLS_SECRET_SIZE])
{
	unsigned char *made;

	tls_memory_begin();
	made = HMAC(EVP_sha256(), key, (int)keylen, data, len, out, NULL);
	/* With the first OpenSSL makes all others, those of TLS among them. */
	if (tls_memory_was_short())
		tls_memory_give_up();
	if (made == NULL) {
		fputs("vscode-remote-shell: OpenSSL has no HMAC-SHA256\n",
			stderr);
		exit(EX_OSERR);
	}
}

/* HKDF-Extract of RFC 5869. */
static void extract(const void *salt, size_t saltlen,
	const unsigned char key[TLS_SECRET_SIZE],
	unsigned char out[TLS_SECRET_SIZE])
{
	hmac(salt, saltlen, key, TLS_SECRET_SIZE, out);
}

/* HKDF-Expand, its first block. */
static void expand(const unsigned char key[TLS_SECRET_SIZE], const void *info,
	size_t len, unsigned char out[TLS_SECRET_SIZE])
{
	unsigned char block[INFO_MAX + 1];

	if (len > INFO_MAX)
		abort();
	memcpy(block, info, len);
	block[len] = 1;
	hmac(key, TLS_SECRET_SIZE, block, len + 1, out);
}

void tls_key_derive(struct tls_key *key,
	const unsigned char secret[TLS_SECRET_SIZE], const char *tag,
	const char *role)
{
	static const char salt[] = "vscode-remote-shell link v1";
	unsigned char extracted[TLS_SECRET_SIZE];

	snprintf(key->identity, sizeof key->identity, "vrs1:%s:%s", tag, role);
	extract(salt, strlen(salt), secret, extracted);
	expand(extracted, key->identity, strlen(key->identity), key->psk);
	OPENSSL_cleanse(extracted, sizeof extracted);
}

/* HKDF-Expand-Label of RFC 8446; context is that long, or empty. */
static void expand_label(const unsigned char *secret, const char *label,
	const unsigned char *context, size_t len,
	unsigned char out[TLS_SECRET_SIZE])
{
	char info[32 + TLS_SECRET_SIZE];
	int n = snprintf(info, 32, "%c%c%ctls13 %s%c", 0, TLS_SECRET_SIZE,
		(int)strlen(label) + 6, label, (int)len);

	if (len > 0)
		memcpy(info + n, context, len);
	expand(secret, info, n + len, out);
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
	static const unsigned char no_salt[TLS_SECRET_SIZE];
	unsigned char early[TLS_SECRET_SIZE], binder[TLS_SECRET_SIZE];

	extract(no_salt, sizeof no_salt, key->psk, early);
	expand_label(early, "ext binder", nothing, sizeof nothing, binder);
	expand_label(binder, "finished", NULL, 0, out);
	OPENSSL_cleanse(early, sizeof early);
	OPENSSL_cleanse(binder, sizeof binder);
}
