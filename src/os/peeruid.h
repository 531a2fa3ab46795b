/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PEERUID_H
#define OS_PEERUID_H

#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Whose is the other end? Any user may connect to a loopback port, and nothing
 * in TCP says who it was; the kernel tells by NETLINK_SOCK_DIAG, without
 * privileges, in some microseconds however many sockets there are.
 *
 * Open it in the network namespace of the sockets that are to be checked, and
 * as the user who is to be let in. No call here blocks: the kernel answers
 * before the question's send returns.
 */
struct peeruid {
	int fd;
	uint32_t seq;
	uid_t uid;	/* who is "ours": the effective uid at open */
};

int peeruid_open(struct peeruid *p, struct err *e)
	__attribute__((warn_unused_result));
void peeruid_close(struct peeruid *p);

enum peeruid_verdict {
	PEERUID_OURS,
	PEERUID_ROOT,		/* dropbear's forwards; let in only by option */
	PEERUID_OTHER,
	PEERUID_UNKNOWN,	/* gone, reset, or no answer */
};

/*
 * fd is a TCP connection from accept(), within one host. Nothing that it sent
 * may be used before this said PEERUID_OURS: a connection may be dead, and its
 * port in the hands of somebody else, by the time it is accepted. *seen, unless
 * seen is NULL, gets the uid, or (uid_t)-1 when unknown.
 */
enum peeruid_verdict peeruid_connection(struct peeruid *p, int fd, uid_t *seen);

/*
 * Whether a process has the other end of fd, which has said EOF: 0 when it is
 * known that none has. It may be TCP, or a Unix socket; of an end on another
 * host nothing is known but a reset. p may be NULL: then nothing is asked.
 */
int peeruid_is_owned(struct peeruid *p, int fd);

/*
 * Who listens on port of 127.0.0.1 (AF_INET) or ::1 (AF_INET6), listeners on
 * all addresses included? 1 and *uid, 0 when nobody does, -1 with errno set.
 */
int peeruid_listener(struct peeruid *p, int family, uint16_t port, uid_t *uid);

/*
 * The same, and which socket it is: a number that no other socket has as long as
 * that one is open.
 */
int peeruid_listener_inode(struct peeruid *p, int family, uint16_t port,
	uid_t *uid, uint32_t *inode);

/*
 * fd is a connection that was made to a listener of ours, inode, on that port,
 * which may have changed hands before it was dialed. Whether ours has got it:
 * the same listens still, or has accepted and closed since. with_root: root's counts
 * as ours.
 */
int peeruid_was_ours(struct peeruid *p, int fd, int family, uint16_t port,
	uint32_t inode, int with_root);

/*
 * Try it on connections of our own, IPv4 and IPv6 (a host without ::1 is fine).
 * -1 with e set when this kernel does not tell.
 */
int peeruid_selftest(struct peeruid *p, struct err *e)
	__attribute__((warn_unused_result));

/* The uid that connected (or made) the Unix socket fd. -1 with errno set. */
int peeruid_unix(int fd, uid_t *uid) __attribute__((warn_unused_result));

#endif
