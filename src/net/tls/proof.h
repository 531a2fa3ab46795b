/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TLS_PROOF_H
#define NET_TLS_PROOF_H

#include <stddef.h>

#include "net/tls/tls_key.h"

/*
 * Whether a ClientHello proves a key. TLS asks the same, but only after it has
 * taken 50 kB and 50 microseconds for who may be anybody; this takes none and
 * 3. What it lets through, TLS still judges.
 */
struct proof;

/* Never NULL; out of memory ends the program. NULL is ignored by _free(). */
struct proof *proof_new(const struct tls_key *key);
void proof_free(struct proof *p);

/*
 * hello is a whole ClientHello, len bytes. 1: it proves the key, 0: it does
 * not, or was here before, -1: there is no memory to tell.
 */
int proof_is_given(struct proof *p, const void *hello, size_t len)
	__attribute__((warn_unused_result));

#endif
