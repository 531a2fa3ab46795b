/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TLS_TLS_KEY_H
#define NET_TLS_TLS_KEY_H

/*
 * The keys of links, by HKDF-SHA256 (RFC 5869). Without memory, or an OpenSSL
 * that has no HMAC-SHA256, they end the program with one line and EX_OSERR.
 */
#define TLS_SECRET_SIZE 32	/* of a session, and of each key made from it */

struct tls_key {
	char identity[64];	/* "vrs1:TAG:ROLE", said in clear */
	unsigned char psk[32];
};

/*
 * The key for one role: "front" when a front dials an agent, "home" when an
 * agent calls a front. tag is the session's, unique for each job.
 */
void tls_key_derive(struct tls_key *key,
	const unsigned char secret[TLS_SECRET_SIZE], const char *tag,
	const char *role);

/* The key of the HMAC by which a ClientHello proves key (4.2.11.2, 7.1). */
void tls_key_binder(unsigned char out[TLS_SECRET_SIZE],
	const struct tls_key *key);

#endif
