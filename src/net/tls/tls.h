/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TLS_TLS_H
#define NET_TLS_TLS_H

#include <stddef.h>

#include "base/err.h"
#include "net/tls/tls_key.h"

/*
 * One TLS 1.3 connection on a connected, non-blocking socket, authenticated
 * both ways by a key that both ends derive from the session's secret. There
 * are no certificates, tickets or early data. The socket stays the caller's.
 */
enum tls_io {
	TLS_OK, TLS_WANT_READ, TLS_WANT_WRITE,
	TLS_EOF,	/* from here on it is over */
	TLS_NOT_NOW,	/* no memory, here or there */
	TLS_FAILED,	/* it is not our peer, or misbehaves */
};

/* Once per process, before anything else here. -1 with e set. */
int tls_init(struct err *e) __attribute__((warn_unused_result));
void tls_fini(void);

struct tls;

/*
 * key must live as long as the connection. server: who accepted the connection,
 * and waits for the other's hello. Out of memory ends the program. Free it with
 * tls_free(), which ignores NULL.
 */
struct tls *tls_new(int fd, const struct tls_key *key, int server);
void tls_free(struct tls *t);

/*
 * TLS_OK when the peer has proved that it has the key. A peer that goes away in
 * the middle is TLS_EOF. Here and below e is set for TLS_FAILED and TLS_NOT_NOW
 * only, and TLS_WANT_* means to call again when the socket is ready for that.
 */
enum tls_io tls_handshake(struct tls *t, struct err *e);

/*
 * As many records as there are and fit. *n is how many bytes came: 0 unless
 * TLS_OK. With TLS_OK and *n < size there is no more now, unless
 * tls_has_pending(), and the socket was asked once only.
 */
enum tls_io tls_read(struct tls *t, void *data, size_t size, size_t *n,
	struct err *e);

/* Whether tls_read() knows of more, which the socket will not tell. */
int tls_has_pending(const struct tls *t);

/*
 * Take data to be encrypted: *n bytes of it, all with TLS_OK. What is taken
 * is sent by tls_flush(), which must follow before another connection writes.
 * TLS_WANT_WRITE: the socket is full.
 */
enum tls_io tls_write(struct tls *t, const void *data, size_t len, size_t *n,
	struct err *e);

/* Send what was taken; TLS_OK when all is out. */
enum tls_io tls_flush(struct tls *t);

/* Bytes that the socket gave and tls_read() has not, about. */
size_t tls_unread(const struct tls *t);

/* Bytes that were taken and wait for the socket. */
size_t tls_unsent(const struct tls *t);

/*
 * When all is sent: tell the peer that no more comes, which is TLS_EOF for it.
 * Further calls do nothing. TLS_EOF: it is gone.
 */
enum tls_io tls_end(struct tls *t);

#endif
