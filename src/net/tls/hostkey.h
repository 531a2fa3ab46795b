/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TLS_HOSTKEY_H
#define NET_TLS_HOSTKEY_H

#include "base/buf.h"
#include "base/err.h"

/*
 * The key of an ssh host: ECDSA on P-256, which every OpenSSH takes, in FIPS mode
 * too. It is kept as a PEM (PKCS #8), which sshd reads.
 */
#define HOSTKEY_MAX 2048	/* bytes of a PEM */

/* Make one and append its PEM to out. -1 with e set. */
int hostkey_make(struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Append "ecdsa-sha2-nistp256 AAAA..." of the key in pem to out. -1 with e set:
 * it holds no such key.
 */
int hostkey_public(const struct buf *pem, struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

#endif
