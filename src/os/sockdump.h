/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SOCKDUMP_H
#define OS_SOCKDUMP_H

#include <stddef.h>
#include <stdint.h>

#include "os/diagmsg.h"

/*
 * Dumps of NETLINK_SOCK_DIAG: the request for all sockets of a family, and the
 * datagrams that answer it.
 */
struct sockdump_unix {
	uint32_t inode, peer;	/* peer 0: none, or not accepted yet */
	unsigned state, type;	/* DIAGMSG_..., SOCK_... */
	uint32_t waiting;	/* of a listener: connections not yet accepted */
	int named;
	uint32_t uid;		/* UINT32_MAX: the kernel does not tell */
};

struct sockdump {
	struct diagmsg_socket *tcp;
	size_t ntcp, room_tcp;
	struct sockdump_unix *local;
	size_t nlocal, room_local;
};

void sockdump_fini(struct sockdump *d);

#define SOCKDUMP_QUERY_MAX 128

/*
 * Ask for TCP sockets that listen or are established (AF_INET, AF_INET6), or
 * for Unix sockets of any state (AF_UNIX). Returns the length.
 */
size_t sockdump_query(unsigned char out[SOCKDUMP_QUERY_MAX], int family,
	uint32_t seq);

/*
 * Add what one datagram holds. 1: more will come, 0: that was the end, -1: it
 * is malformed or the kernel refused, with its errno in *error.
 */
int sockdump_parse(struct sockdump *d, const void *data, size_t len,
	uint32_t seq, int *error);

#endif
