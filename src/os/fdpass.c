/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one place that packs SCM_RIGHTS. A receiver without room for a descriptor gets
 * the message all the same, so who looks at its text alone believes that all is well.
 */
#include "os/fdpass.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(FDPASS_MAX * sizeof(int))];
};

int fdpass_send(int to, const void *data, size_t len, const int *fds, unsigned n)
{
	union control control = { 0 };
	struct iovec iov = { .iov_base = (void *)data, .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (n > 0) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(n * sizeof *fds);
		memcpy(CMSG_DATA(&control.header), fds, n * sizeof *fds);
		msg.msg_control = &control;
		msg.msg_controllen = CMSG_SPACE(n * sizeof *fds);
	}
	return sendmsg(to, &msg, MSG_NOSIGNAL) == -1 ? -1 : 0;
}

static unsigned take_fds(struct msghdr *msg, int fds[FDPASS_MAX])
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	size_t n;

	for (unsigned i = 0; i < FDPASS_MAX; i++)
		fds[i] = -1;
	if (c == NULL || c->cmsg_level != SOL_SOCKET ||
		c->cmsg_type != SCM_RIGHTS)
		return 0;
	n = (c->cmsg_len - CMSG_LEN(0)) / sizeof *fds;
	if (n > FDPASS_MAX)
		n = FDPASS_MAX;
	memcpy(fds, CMSG_DATA(c), n * sizeof *fds);
	return (unsigned)n;
}

ssize_t fdpass_receive(int from, void *data, size_t size, int fds[FDPASS_MAX],
	int *is_cut)
{
	union control control;
	struct iovec iov = { .iov_base = data, .iov_len = size };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	unsigned n_fds;
	ssize_t n;

	do {
		n = recvmsg(from, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n == -1 && errno == EINTR);
	*is_cut = 0;
	if (n == -1)
		return -1;
	n_fds = take_fds(&msg, fds);
	*is_cut = (msg.msg_flags & MSG_CTRUNC) != 0;
	for (unsigned i = 0; *is_cut && i < n_fds; i++) {
		close(fds[i]);
		fds[i] = -1;
	}
	return n;
}
