/* SPDX-License-Identifier: BSD-2-Clause */
/* Owns no socket: it asks on its caller's, and never believes another sender. */
#include "os/netlink.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>

#include "os/fd.h"

int netlink_ask(int fd, const void *query, size_t len)
{
	static const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	ssize_t n;

	do
		n = sendto(fd, query, len, MSG_DONTWAIT,
			(const struct sockaddr *)&kernel, sizeof kernel);
	while (n == -1 && errno == EINTR);
	return n == -1 ? -1 : 0;
}

ssize_t netlink_receive(int fd, void *data, size_t max, long long until)
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
		ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT);
		int ready;

		if (n != -1 && from.nl_pid == 0) {
			if ((m.msg_flags & MSG_TRUNC) == 0)
				return n;
			errno = EMSGSIZE;
			return -1;
		}
		if (n != -1 || errno == EINTR)
			continue;
		if (errno != EAGAIN)
			return -1;
		ready = fd_wait(fd, POLLIN, until);
		if (ready == 0)
			errno = ETIMEDOUT;
		if (ready != 1)
			return -1;
	}
}
