/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_NETLINK_H
#define OS_NETLINK_H

#include <stddef.h>
#include <sys/types.h>

/*
 * Question and answer on a netlink socket. Any process may send to it, so only
 * what the kernel itself sent counts.
 */

/* Ask the kernel. -1 and errno. */
int netlink_ask(int fd, const void *query, size_t len)
	__attribute__((warn_unused_result));

/*
 * One datagram of the kernel, whole. Its length, or -1 and errno: ETIMEDOUT when
 * none has come by that time of clock_ms(), EMSGSIZE when max is too little.
 */
ssize_t netlink_receive(int fd, void *data, size_t max, long long until)
	__attribute__((warn_unused_result));

#endif
