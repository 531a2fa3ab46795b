/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_TLS_KTLS_H
#define NET_TLS_KTLS_H

/*
 * TLS 1.3 by the kernel, where it can. Others do the handshake; then each
 * direction of a connection can be handed over, after which read(2) and send(2)
 * on the socket carry plain data. Everything works without it.
 *
 * To read(2) a record that is no data is EIO, a wrong one EBADMSG, EINVAL or
 * EMSGSIZE.
 */
enum ktls_direction { KTLS_READ, KTLS_WRITE };

/* Of TLS_AES_128_GCM_SHA256, the first of a connection's traffic. */
struct ktls_key {
	unsigned char key[16], iv[12];
};

/* Whether "tls" is one of the words. */
int ktls_is_among(const char *words);

/*
 * Whether the kernel has it ready. To find out by trying would load the module
 * when it is root who tries.
 */
int ktls_is_offered(void);

/*
 * Hand one direction over. key is that of the next record: whatever came before
 * must have been read, or sent. -1 and errno: the direction is as it was.
 */
int ktls_begin(int fd, enum ktls_direction direction,
	const struct ktls_key *key) __attribute__((warn_unused_result));

/*
 * Say that no more comes. A shutdown(2) would overtake what the kernel has
 * taken and still holds, as it does while the socket is full. -1 and errno.
 */
int ktls_end(int fd);

#endif
