/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the question to the kernel and the socket that it is asked on;
 * os/sockdump.c reads the answer.
 */
#include "os/clock.h"
#include "os/netlink.h"
#include "os/sockdiag.h"

#include <errno.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX 65536
#define ANSWER_MS 5000		/* never needed: the answer is there at once */

static int dump(int fd, struct sockdump *d, int family, unsigned seq)
{
	static unsigned char answer[ANSWER_MAX];
	unsigned char query[SOCKDUMP_QUERY_MAX];
	size_t len = sockdump_query(query, family, seq);
	int rc, error;

	if (netlink_ask(fd, query, len) == -1)
		return -1;
	do {
		ssize_t n = netlink_receive(fd, answer, sizeof answer,
			clock_ms() + ANSWER_MS);

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

	*d = (struct sockdump){ 0 };
	if (fd == -1)
		return err_set(e, "netlink sock_diag: %s; nobody can tell who is connected",
			strerror(errno));
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
