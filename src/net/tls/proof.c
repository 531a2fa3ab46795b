/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binder of a ClientHello (RFC 8446, 4.2.11.2) is an HMAC over the hello by
 * a key that comes from the pre-shared one. Who has seen one on the network may
 * say it again, and would wait in a handshake that he cannot go on with; so a
 * binder counts once.
 */
#include "net/tls/proof.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "net/tls/tls_memory.h"
#include "proto/clienthello.h"

#define REMEMBERED 1024

struct proof {
	const struct tls_key *key;
	unsigned char binder_key[TLS_SECRET_SIZE];
	uint64_t given[REMEMBERED];	/* of binders that were right */
	unsigned n;
};

struct proof *proof_new(const struct tls_key *key)
{
	struct proof *p = mem_alloc(sizeof *p);

	p->key = key;
	tls_key_binder(p->binder_key, key);
	return p;
}

void proof_free(struct proof *p)
{
	if (p == NULL)
		return;
	OPENSSL_cleanse(p->binder_key, sizeof p->binder_key);
	free(p);
}

static int expect(struct proof *p, const struct clienthello_proof *hello,
	unsigned char binder[CLIENTHELLO_BINDER])
{
	unsigned char hash[TLS_SECRET_SIZE];

	return EVP_Digest(hello->covered, hello->covered_len, hash, NULL,
		EVP_sha256(), NULL) &&
		HMAC(EVP_sha256(), p->binder_key, sizeof p->binder_key, hash,
			sizeof hash, binder, NULL) != NULL;
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
