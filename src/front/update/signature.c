/* SPDX-License-Identifier: BSD-2-Clause */
/* OpenSSL's part in whether something is what was released: Ed25519, and digests. */
#include "front/update/signature.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "front/update/sshsig.h"

static const EVP_MD *hash_of(const char *name)
{
	return strcmp(name, "sha512") == 0 ? EVP_sha512() :
		strcmp(name, "sha256") == 0 ? EVP_sha256() : NULL;
}

static int is_signed(const struct sshsig *s, const void *data, size_t len)
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		s->key, sizeof s->key);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int ok = key != NULL && ctx != NULL &&
		EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
		EVP_DigestVerify(ctx, s->signature, sizeof s->signature, data,
			len) == 1;

	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

static int is_pinned(const struct origin *o, const unsigned char *key)
{
	unsigned char pinned[SSHSIG_KEY];
	struct err e;

	for (size_t i = 0; i < o->keys.n; i++)
		if (sshsig_read_key(o->keys.word[i], pinned, &e) == 0 &&
			memcmp(pinned, key, sizeof pinned) == 0)
			return 1;
	return 0;
}

int signature_check(const struct origin *o, const char *purpose,
	const void *text, size_t len, const char *signature,
	size_t signature_len, struct err *e)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len;
	struct buf data = { 0 };
	struct sshsig s;
	int ok;

	if (sshsig_parse(&s, signature, signature_len, e) == -1)
		return -1;
	if (!is_pinned(o, s.key))
		return err_set(e, "it is signed by another key than the one that this installation came with");
	if (strcmp(s.purpose, purpose) != 0)
		return err_set(e, "the signature is for '%s', not for '%s'",
			s.purpose, purpose);
	if (hash_of(s.hash) == NULL || EVP_Digest(text, len, digest,
		&digest_len, hash_of(s.hash), NULL) != 1)
		return err_set(e, "the digest '%s' is not known", s.hash);
	sshsig_put_signed(&s, digest, digest_len, &data);
	ok = is_signed(&s, buf_data(&data), data.len);
	buf_fini(&data);
	return ok ? 0 : err_set(e, "the signature is not of what it stands beside");
}

static int digest_all(int fd, EVP_MD_CTX *ctx, long *bytes)
{
	char some[65536];
	ssize_t n;

	*bytes = 0;
	while ((n = read(fd, some, sizeof some)) > 0) {
		if (EVP_DigestUpdate(ctx, some, (size_t)n) != 1)
			return -1;
		*bytes += n;
	}
	return n == 0 ? 0 : -1;
}

int signature_sum(const char *path, unsigned char sha256[32], long *bytes,
	struct err *e)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY), ok;

	ok = fd != -1 && ctx != NULL &&
		EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) == 1 &&
		digest_all(fd, ctx, bytes) == 0 &&
		EVP_DigestFinal_ex(ctx, sha256, NULL) == 1;
	if (!ok)
		err_set(e, "%s cannot be read: %s", path, strerror(errno));
	if (fd != -1)
		close(fd);
	EVP_MD_CTX_free(ctx);
	return ok ? 0 : -1;
}
