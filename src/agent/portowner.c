/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose the listener on a port of the node is. Another user of the node may
 * listen there, above all after a crash of the server that had it.
 */
#include "agent/portowner.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

int portowner_is_us(struct peeruid *p, const char *node, uint16_t port,
	int *family, uint32_t *inode, struct err *e)
{
	static const int families[] = { AF_INET, AF_INET6 };
	uid_t uid, other = (uid_t)-1;
	int error = 0;

	for (int i = 0; i < 2; i++) {
		int r = peeruid_listener_inode(p, families[i], port, &uid,
			inode);

		if (r == 1 && uid == geteuid()) {
			*family = families[i];
			return 1;
		}
		if (r == 1)
			other = uid;
		else if (r == -1 && families[i] == AF_INET)
			error = errno;	/* a node may be without IPv6 */
	}
	if (other != (uid_t)-1)
		err_set(e, "port %u on %s is listened on by uid %ld, not by you",
			port, node, (long)other);
	else if (error != 0)
		err_set(e, "cannot tell who listens on port %u of %s: %s",
			port, node, strerror(error));
	else
		err_set(e, "nothing listens on 127.0.0.1 port %u of %s", port,
			node);
	return 0;
}
