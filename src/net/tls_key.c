/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tls_key.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "net/tls_memory.h"

/* HKDF-SHA256 of RFC 5869. Without a salt it is the second half only. */
static void hkdf(const unsigned char *key, const char *salt, const char *info,
	size_t infolen, unsigned char *out, size_t size)
{
	static char sha256[] = "SHA256";
	EVP_KDF *kdf;
	EVP_KDF_CTX *kctx;
	int derived, mode = salt ? EVP_KDF_HKDF_MODE_EXTRACT_AND_EXPAND :
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

/* HKDF-Expand-Label of RFC 8446, for keys. */
static void expand_label(const unsigned char *secret, const char *label,
	unsigned char *out, size_t size)
{
	char info[24];
	int n = snprintf(info, sizeof info, "%c%c%ctls13 %s%c", 0, (int)size,
		(int)strlen(label) + 6, label, 0);

	hkdf(secret, NULL, info, n, out, size);
}

void tls_key_traffic(struct ktls_key *key,
	const unsigned char secret[TLS_SECRET_SIZE])
{
	expand_label(secret, "key", key->key, sizeof key->key);
	expand_label(secret, "iv", key->iv, sizeof key->iv);
}
