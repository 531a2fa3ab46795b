/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Made here and not by ssh-keygen: no program to wait for, and a damaged key is
 * known before anything is started.
 */
#include "net/tls/hostkey.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire.h"

#define TYPE "ecdsa-sha2-nistp256"
#define CURVE "nistp256"
#define POINT_LEN 65		/* uncompressed, on that curve */

int hostkey_make(struct buf *out, struct err *e)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *mem = BIO_new(BIO_s_secmem());
	char *text;
	long len;
	int ret = -1;

	if (key != NULL && mem != NULL && PEM_write_bio_PrivateKey(mem, key,
		NULL, NULL, 0, NULL, NULL) == 1) {
		len = BIO_get_mem_data(mem, &text);
		buf_append(out, text, (size_t)len);
		ret = 0;
	}
	BIO_free(mem);
	EVP_PKEY_free(key);
	return ret == 0 ? 0 :
		err_set(e, "OpenSSL cannot make an ECDSA key");
}

static void put_string(struct buf *out, const void *data, size_t len)
{
	wire_put_u32(out, (uint32_t)len);
	buf_append(out, data, len);
}

static void put_public(struct buf *out, const unsigned char *point)
{
	struct buf blob = { 0 };
	unsigned char text[256];

	put_string(&blob, TYPE, strlen(TYPE));
	put_string(&blob, CURVE, strlen(CURVE));
	put_string(&blob, point, POINT_LEN);
	EVP_EncodeBlock(text, (unsigned char *)buf_data(&blob), (int)blob.len);
	buf_printf(out, TYPE " %s", (char *)text);
	buf_fini(&blob);
}

/* No passphrase is asked for at a terminal. */
static int no_passphrase(char *out, int size, int write, void *arg)
{
	(void)out;
	(void)size;
	(void)write;
	(void)arg;
	return -1;
}

int hostkey_public(const struct buf *pem, struct buf *out, struct err *e)
{
	BIO *mem = BIO_new_mem_buf(buf_data(pem), (int)pem->len);
	EVP_PKEY *key = mem == NULL ? NULL :
		PEM_read_bio_PrivateKey(mem, NULL, no_passphrase, NULL);
	unsigned char *point = NULL;
	size_t len = key == NULL ? 0 :
		EVP_PKEY_get1_encoded_public_key(key, &point);
	int is_ours = key != NULL && EVP_PKEY_is_a(key, "EC") &&
		len == POINT_LEN && EVP_PKEY_get_bits(key) == 256;

	if (is_ours)
		put_public(out, point);
	OPENSSL_free(point);
	EVP_PKEY_free(key);
	BIO_free(mem);
	return is_ours ? 0 : err_set(e, "it is no ECDSA key of 256 bits");
}
