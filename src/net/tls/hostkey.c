/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Made here and not by ssh-keygen: no program to wait for, and a damaged key is
 * known before anything is started.
 */
#include "net/tls/hostkey.h"

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "proto/wire.h"

#define TYPE "ecdsa-sha2-nistp256"
#define CURVE "nistp256"
#define POINT_LEN 65		/* uncompressed, on that curve */

/* A new key, or NULL. */
static EVP_PKEY *make_key(void)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(EVP_PKEY_EC, NULL);
	EVP_PKEY *key = NULL;

	if (ctx != NULL && EVP_PKEY_keygen_init(ctx) == 1 &&
		EVP_PKEY_CTX_set_ec_paramgen_curve_nid(ctx,
			NID_X9_62_prime256v1) == 1)
		(void)EVP_PKEY_keygen(ctx, &key);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

int hostkey_make(struct buf *out, struct err *e)
{
	EVP_PKEY *key = make_key();
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
	int len = key == NULL ? 0 : i2d_PublicKey(key, &point);
	int is_ours = key != NULL && EVP_PKEY_base_id(key) == EVP_PKEY_EC &&
		len == POINT_LEN && EVP_PKEY_bits(key) == 256;

	if (is_ours)
		put_public(out, point);
	OPENSSL_free(point);
	EVP_PKEY_free(key);
	BIO_free(mem);
	return is_ours ? 0 : err_set(e, "it is no ECDSA key of 256 bits");
}
