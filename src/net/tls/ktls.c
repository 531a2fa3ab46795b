/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Speaks to Linux's upper layer protocol "tls". OpenSSL can do that too, but
 * then moves one record in each system call, and its releases before 3.2 do not
 * let the kernel read TLS 1.3.
 */
#include "net/tls/ktls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef TLS_RX_EXPECT_NO_PAD	/* in older headers */
#define TLS_RX_EXPECT_NO_PAD 4
#endif
#define ALERT 21		/* a type of record */

int ktls_is_among(const char *words)
{
	while (*words != '\0') {
		size_t n = strcspn(words, " \n");

		if (n == 3 && strncmp(words, "tls", 3) == 0)
			return 1;
		words += n + (words[n] != '\0');
	}
	return 0;
}

int ktls_is_offered(void)
{
	char words[256];
	int fd = open("/proc/sys/net/ipv4/tcp_available_ulp",
		O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, words, sizeof words - 1);

	if (fd != -1)
		close(fd);
	words[n > 0 ? n : 0] = '\0';
	return ktls_is_among(words);
}

int ktls_begin(int fd, enum ktls_direction direction,
	const struct ktls_key *key)
{
	struct tls12_crypto_info_aes_gcm_128 info = {
		.info = { TLS_1_3_VERSION, TLS_CIPHER_AES_GCM_128 },
	};
	int reads = direction == KTLS_READ, ret, on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") == -1 &&
		errno != EEXIST)
		return -1;
	memcpy(info.key, key->key, sizeof info.key);
	memcpy(info.salt, key->iv, sizeof info.salt);
	memcpy(info.iv, key->iv + sizeof info.salt, sizeof info.iv);
	ret = setsockopt(fd, SOL_TLS, reads ? TLS_RX : TLS_TX, &info,
		sizeof info);
	explicit_bzero(&info, sizeof info);
	/* Our peers pad nothing. When told so, the kernel copies less. */
	if (ret == 0 && reads)
		(void)setsockopt(fd, SOL_TLS, TLS_RX_EXPECT_NO_PAD, &on,
			sizeof on);
	return ret;
}

int ktls_end(int fd)
{
	char close_notify[] = { 1, 0 };
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(1)];
	} control = { .head = { .cmsg_len = CMSG_LEN(1), .cmsg_level = SOL_TLS,
		.cmsg_type = TLS_SET_RECORD_TYPE } };
	struct iovec iov = { close_notify, sizeof close_notify };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };

	*CMSG_DATA(&control.head) = ALERT;
	return sendmsg(fd, &msg, MSG_NOSIGNAL) == -1 ? -1 : 0;
}
