/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/sockdiag.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_MAX 65536
#define ANSWER_SECONDS 5	/* never needed: the answer is there at once */

/* One datagram from the kernel itself; its length, or -1 with errno set. */
static ssize_t receive(int fd, void *data, size_t max)
{
	for (;;) {
		struct sockaddr_nl from = { 0 };
		struct iovec iov = { data, max };
		struct msghdr m = {
			.msg_name = &from,
			.msg_namelen = sizeof from,
			.msg_iov = &iov,
			.msg_iovlen = 1,
		};
		ssize_t n = recvmsg(fd, &m, 0);

		if (n == -1 && errno == EINTR)
			continue;
		if (n != -1 && from.nl_pid != 0)
			continue;
		if (n != -1 && (m.msg_flags & MSG_TRUNC)) {
			errno = EMSGSIZE;
			return -1;
		}
		return n;
	}
}

static int dump(int fd, struct sockdump *d, int family, unsigned seq)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	static unsigned char answer[ANSWER_MAX];
	unsigned char query[SOCKDUMP_QUERY_MAX];
	size_t len = sockdump_query(query, family, seq);
	int rc, error;

	if (sendto(fd, query, len, 0, (const struct sockaddr *)&kernel,
			sizeof kernel) == -1)
		return -1;
	do {
		ssize_t n = receive(fd, answer, sizeof answer);

		if (n == -1)
			return -1;
		rc = sockdump_parse(d, answer, (size_t)n, seq, &error);
	} while (rc == 1);
	if (rc == -1)
		errno = error;
	return rc;
}

int sockdiag_dump(struct sockdump *d, struct err *e)
{
	static const struct {
		int family;
		const char *name, *module;
	} rows[] = {
		{ AF_INET, "IPv4", "tcp_diag" },
		{ AF_INET6, "IPv6", "tcp_diag" },
		{ AF_UNIX, "Unix", "unix_diag" },
	};
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC,
		NETLINK_SOCK_DIAG);
	struct timeval patience = { .tv_sec = ANSWER_SECONDS };

	*d = (struct sockdump){ 0 };
	if (fd == -1)
		return err_set(e, "netlink sock_diag: %s; nobody can tell who is connected",
			strerror(errno));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (dump(fd, d, rows[i].family, i + 1) == 0)
			continue;
		err_set(e, "sock_diag of %s sockets: %s (is the module %s loaded?)",
			rows[i].name, strerror(errno), rows[i].module);
		close(fd);
		sockdump_fini(d);
		return -1;
	}
	close(fd);
	return 0;
}
