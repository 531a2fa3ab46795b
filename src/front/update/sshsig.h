/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_SSHSIG_H
#define FRONT_UPDATE_SSHSIG_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * What `ssh-keygen -Y sign` makes, as OpenSSH's PROTOCOL.sshsig says: Ed25519 over
 * a digest of the text and what it was signed for.
 */
#define SSHSIG_KEY 32
#define SSHSIG_SIGNATURE 64
#define SSHSIG_BEGIN "-----BEGIN SSH SIGNATURE-----"

struct sshsig {
	unsigned char key[SSHSIG_KEY], signature[SSHSIG_SIGNATURE];
	char purpose[32];	/* its namespace */
	char hash[8];		/* "sha256", "sha512" */
};

/* Read the armored signature with which text begins; what is behind it is no matter. */
int sshsig_parse(struct sshsig *s, const char *text, size_t len, struct err *e)
	__attribute__((warn_unused_result));

/* Append what is signed, given the digest. */
void sshsig_put_signed(const struct sshsig *s, const void *digest, size_t len,
	struct buf *out);

/* A public key as in NAME.pub: "ssh-ed25519 BASE64 COMMENT". */
int sshsig_read_key(const char *text, unsigned char key[SSHSIG_KEY],
	struct err *e) __attribute__((warn_unused_result));

#endif
