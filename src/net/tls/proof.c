/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binder of a ClientHello (RFC 8446, 4.2.11.2) is an HMAC over the hello by
 * a key that comes from the pre-shared one. Who has seen one on the network may
 * say it again, and would wait in a handshake that he cannot go on with; so a
 * binder counts once.
 */
#include "net/tls/proof.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/tls/tls_memory.h"
#include "proto/clienthello.h"

#define REMEMBERED 1024

struct proof {
	const struct tls_key *key;
	EVP_MD *sha256;
	EVP_MAC_CTX *mac;		/* has its key */
	uint64_t given[REMEMBERED];	/* of binders that were right */
	unsigned n;
};

static EVP_MAC_CTX *keyed_mac(const struct tls_key *key)
{
	static char digest[] = "SHA256";
	unsigned char finished[TLS_SECRET_SIZE];
	const OSSL_PARAM params[] = {
		OSSL_PARAM_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
			sizeof digest - 1),
		OSSL_PARAM_END,
	};
	EVP_MAC *hmac = EVP_MAC_fetch(NULL, OSSL_MAC_NAME_HMAC, NULL);
	EVP_MAC_CTX *mac = EVP_MAC_CTX_new(hmac);

	tls_key_binder(finished, key);
	if (mac == NULL || !EVP_MAC_init(mac, finished, sizeof finished,
		params)) {
		EVP_MAC_CTX_free(mac);
		mac = NULL;
	}
	OPENSSL_cleanse(finished, sizeof finished);
	EVP_MAC_free(hmac);
	return mac;
}

struct proof *proof_new(const struct tls_key *key)
{
	struct proof *p = mem_alloc(sizeof *p);

	tls_memory_begin();
	p->key = key;
	p->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	p->mac = keyed_mac(key);
	if (p->sha256 == NULL || p->mac == NULL || tls_memory_was_short())
		tls_memory_give_up();
	return p;
}

void proof_free(struct proof *p)
{
	if (p == NULL)
		return;
	EVP_MAC_CTX_free(p->mac);
	EVP_MD_free(p->sha256);
	free(p);
}

static int expect(struct proof *p, const struct clienthello_proof *hello,
	unsigned char binder[CLIENTHELLO_BINDER])
{
	unsigned char hash[TLS_SECRET_SIZE];
	size_t len;

	return EVP_Digest(hello->covered, hello->covered_len, hash, NULL,
		p->sha256, NULL) &&
		/* NULL: go on with the key that p->mac was given. */
		EVP_MAC_init(p->mac, NULL, 0, NULL) &&
		EVP_MAC_update(p->mac, hash, sizeof hash) &&
		EVP_MAC_final(p->mac, binder, &len, CLIENTHELLO_BINDER) &&
		len == CLIENTHELLO_BINDER;
}

static int was_given(struct proof *p, const unsigned char *binder)
{
	uint64_t begin;

	memcpy(&begin, binder, sizeof begin);
	for (unsigned i = 0; i < REMEMBERED; i++)
		if (p->given[i] == begin)
			return 1;
	p->given[p->n++ % REMEMBERED] = begin;
	return 0;
}

int proof_is_given(struct proof *p, const void *hello, size_t len)
{
	unsigned char binder[CLIENTHELLO_BINDER];
	struct clienthello_proof said;

	if (clienthello_proof(&said, hello, len, p->key->identity) == -1)
		return 0;
	tls_memory_begin();
	if (!expect(p, &said, binder))
		return -1;
	return CRYPTO_memcmp(binder, said.binder, sizeof binder) == 0 &&
		!was_given(p, binder);
}
