/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whose the listener on a port of this host is. Another user may listen there, above
 * all after a crash of the server that had it.
 */
#include "os/portowner.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

int portowner_look(const struct portowner *o, int *family, uint32_t *inode,
	struct err *e)
{
	static const int families[] = { AF_INET, AF_INET6 };
	uid_t uid, other = (uid_t)-1;
	int error = 0;

	for (int i = 0; i < 2; i++) {
		int r = peeruid_listener_inode(o->peeruid, families[i], o->port,
			&uid, inode);

		if (r == 1 && (uid == o->peeruid->uid ||
			(o->with_root && uid == 0))) {
			*family = families[i];
			return 1;
		}
		if (r == 1)
			other = uid;
		else if (r == -1 && families[i] == AF_INET)
			error = errno;	/* a host may be without IPv6 */
	}
	if (other != (uid_t)-1) {
		err_set(e, "port %u on %s is listened on by uid %ld, not by you",
			o->port, o->node, (long)other);
		return 0;
	}
	if (error != 0)
		return err_set(e, "cannot tell who listens on port %u of %s: %s",
			o->port, o->node, strerror(error));
	err_set(e, "nothing listens on 127.0.0.1 port %u of %s", o->port,
		o->node);
	return 0;
}
