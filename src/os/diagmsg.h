/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_DIAGMSG_H
#define OS_DIAGMSG_H

#include <stddef.h>
#include <stdint.h>

/*
 * Messages of NETLINK_SOCK_DIAG about one TCP socket: the question by its
 * addresses and ports (never a dump of all), and the kernel's answer.
 *
 * Addresses are always 16 bytes, an IPv4 one as ::ffff:a.b.c.d, so that an IPv4
 * socket and an IPv6 socket that talks IPv4 are the same thing. Ports are in
 * host order. src is the end of the socket in question.
 */
struct diagmsg_id {
	unsigned char src[16], dst[16];
	uint16_t sport, dport;
};

/* Answers. uid and inode are 0 when nobody owns the socket any more. */
struct diagmsg_socket {
	struct diagmsg_id id;
	unsigned state;		/* DIAGMSG_... below, or another */
	uint32_t uid;
	uint32_t inode;
};

/* The kernel's numbers of TCP states. */
#define DIAGMSG_ESTABLISHED 1
#define DIAGMSG_FIN_WAIT1 4
#define DIAGMSG_FIN_WAIT2 5
#define DIAGMSG_LISTEN 10

enum diagmsg_kind {
	DIAGMSG_NOTHING,	/* well formed, but not the answer to seq */
	DIAGMSG_SOCKET,		/* *out is filled */
	DIAGMSG_REFUSED,	/* the kernel's errno is in *error */
	DIAGMSG_MALFORMED,
};

#define DIAGMSG_QUERY_LEN 72

/* dport 0 and dst all zero (as IPv4: ::ffff:0.0.0.0) ask for a listener. */
void diagmsg_query(unsigned char out[DIAGMSG_QUERY_LEN],
	const struct diagmsg_id *id, uint32_t seq);

/* data is one datagram from the kernel. */
enum diagmsg_kind diagmsg_parse(const void *data, size_t len, uint32_t seq,
	struct diagmsg_socket *out, int *error);

/* The socket of a message's body, len bytes. -1: it is none of TCP's. */
int diagmsg_socket(struct diagmsg_socket *out, const void *data, size_t len);

/* The IPv4 address a (4 bytes) in the 16 byte form. */
void diagmsg_map4(unsigned char out[16], const void *a);

#endif
