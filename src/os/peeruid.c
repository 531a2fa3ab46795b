/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/peeruid.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/diagmsg.h"
#include "os/fd.h"
#include "os/netlink.h"

#define ANSWER_MAX 8192		/* about 150 bytes are usual */
#define STALE_MAX 64		/* answers to earlier questions, at most */
#define ANSWER_MS 200		/* never needed: the answer is there at once */
#define SELFTEST_MS 2000

#define OVERFLOW_UID 65534

/*
 * Whether uid is that as which the kernel shows every user that has no number
 * in our user namespace. When it is our own, strangers look like us, so nothing
 * can be told.
 */
static int uid_is_ambiguous(uid_t uid)
{
	unsigned long inside = 1, outside = 1, count = 0;
	FILE *f;

	if (uid != OVERFLOW_UID)
		return 0;
	f = fopen("/proc/self/uid_map", "re");
	if (f == NULL)
		return 1;
	if (fscanf(f, "%lu %lu %lu", &inside, &outside, &count) != 3)
		count = 0;
	fclose(f);
	return inside != 0 || outside != 0 || count < 0xffffffff;
}

int peeruid_open(struct peeruid *p, struct err *e)
{
	*p = (struct peeruid){ .fd = -1, .uid = geteuid() };
	if (uid_is_ambiguous(p->uid))
		return err_set(e, "running as uid %d in a user namespace: other users cannot be told apart; run outside of it",
			OVERFLOW_UID);
	p->fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
		NETLINK_SOCK_DIAG);
	if (p->fd == -1)
		return err_set(e, "netlink sock_diag: %s; without it nobody can tell who connects",
			strerror(errno));
	return 0;
}

void peeruid_close(struct peeruid *p)
{
	if (p->fd != -1)
		close(p->fd);
	p->fd = -1;
}

static int lookup(struct peeruid *p, const struct diagmsg_id *id,
	struct diagmsg_socket *out)
{
	unsigned char query[DIAGMSG_QUERY_LEN], answer[ANSWER_MAX];

	diagmsg_query(query, id, ++p->seq);
	if (netlink_ask(p->fd, query, sizeof query) == -1)
		return -1;
	for (int i = 0; i < STALE_MAX; i++) {
		ssize_t n = netlink_receive(p->fd, answer, sizeof answer,
			clock_ms() + ANSWER_MS);
		int error = EPROTO;

		if (n == -1)
			return -1;
		switch (diagmsg_parse(answer, (size_t)n, p->seq, out, &error)) {
		case DIAGMSG_SOCKET:
			return 0;
		case DIAGMSG_NOTHING:
			continue;
		case DIAGMSG_REFUSED:
		case DIAGMSG_MALFORMED:
			errno = error;
			return -1;
		}
	}
	errno = EPROTO;
	return -1;
}

/* -1 for families other than the two. */
static int to_address(const struct sockaddr_storage *ss, unsigned char a[16],
	uint16_t *port)
{
	if (ss->ss_family == AF_INET) {
		const struct sockaddr_in *in = (const void *)ss;

		diagmsg_map4(a, &in->sin_addr);
		*port = ntohs(in->sin_port);
		return 0;
	}
	if (ss->ss_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = (const void *)ss;

		memcpy(a, &in6->sin6_addr, 16);
		*port = ntohs(in6->sin6_port);
		return 0;
	}
	return -1;
}

static int peer_of(int fd, unsigned char a[16], uint16_t *port)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;

	if (getpeername(fd, (struct sockaddr *)&ss, &len) == -1)
		return -1;
	return to_address(&ss, a, port);
}

/* The peer's socket, as it sees itself. */
static int peer_id(int fd, struct diagmsg_id *id)
{
	struct sockaddr_storage ss;
	socklen_t len = sizeof ss;

	if (getsockname(fd, (struct sockaddr *)&ss, &len) == -1 ||
		to_address(&ss, id->dst, &id->dport) == -1)
		return -1;
	return peer_of(fd, id->src, &id->sport);
}

static int same_id(const struct diagmsg_id *a, const struct diagmsg_id *b)
{
	return a->sport == b->sport && a->dport == b->dport &&
		memcmp(a->src, b->src, 16) == 0 &&
		memcmp(a->dst, b->dst, 16) == 0;
}

/*
 * A peer that has shut down its sending side is as well known as any other: its
 * process holds the socket (the inode says so), and nobody else can have its
 * port towards ours as long as our end lives, which is asked after this.
 */
static int is_connected(unsigned state)
{
	return state == DIAGMSG_ESTABLISHED || state == DIAGMSG_FIN_WAIT1 ||
		state == DIAGMSG_FIN_WAIT2;
}

/*
 * The order is what makes this safe. A stranger can connect, send, and reset;
 * if then somebody of ours connects from the same port before we accept, the
 * kernel's answer is about his socket while ours still holds the stranger's
 * bytes. Therefore our end must still be alive after the answer: two live ends
 * here cannot have the same peer address. A socket that was closed or not yet
 * accepted shows as uid 0 with inode 0, which is nobody and not root.
 */
enum peeruid_verdict peeruid_connection(struct peeruid *p, int fd, uid_t *seen)
{
	struct diagmsg_id id;
	struct diagmsg_socket s;
	unsigned char alive[16];
	uint16_t port;

	if (seen != NULL)
		*seen = (uid_t)-1;
	if (peer_id(fd, &id) == -1 || lookup(p, &id, &s) == -1)
		return PEERUID_UNKNOWN;
	if (peer_of(fd, alive, &port) == -1)
		return PEERUID_UNKNOWN;
	if (!is_connected(s.state) || s.inode == 0 || !same_id(&s.id, &id))
		return PEERUID_UNKNOWN;
	if (seen != NULL)
		*seen = s.uid;
	return s.uid == p->uid ? PEERUID_OURS :
		s.uid == 0 ? PEERUID_ROOT : PEERUID_OTHER;
}

int peeruid_listener_inode(struct peeruid *p, int family, uint16_t port,
	uid_t *uid, uint32_t *inode)
{
	static const unsigned char any4[4], loopback4[4] = { 127, 0, 0, 1 };
	struct diagmsg_id id = { .sport = port };
	struct diagmsg_socket s;

	if (family == AF_INET) {
		diagmsg_map4(id.src, loopback4);
		diagmsg_map4(id.dst, any4);
	} else {
		id.src[15] = 1;
	}
	if (lookup(p, &id, &s) == -1)
		return errno == ENOENT ? 0 : -1;
	if (s.state != DIAGMSG_LISTEN || s.inode == 0 || s.id.sport != port)
		return 0;
	*uid = s.uid;
	*inode = s.inode;
	return 1;
}

/* Both addresses are of one host: loopback, or the same. */
static int is_local(const struct diagmsg_id *id)
{
	static const unsigned char loopback6[16] = { [15] = 1 };
	static const unsigned char map4[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(id->src, id->dst, 16) == 0 ||
		memcmp(id->src, loopback6, 16) == 0 ||
		(memcmp(id->src, map4, 12) == 0 && id->src[12] == 127);
}

int peeruid_is_owned(struct peeruid *p, int fd)
{
	struct diagmsg_id id;
	struct diagmsg_socket s;

	/* Of a Unix socket that is how a closed one differs from a shut one. */
	if (fd_is_dead(fd))
		return 0;
	if (p == NULL || peer_id(fd, &id) == -1 || !is_local(&id))
		return 1;
	/* An orphan is there for a minute, without an inode. */
	if (lookup(p, &id, &s) == -1)
		return errno != ENOENT;
	return s.inode != 0;
}

int peeruid_listener(struct peeruid *p, int family, uint16_t port, uid_t *uid)
{
	uint32_t inode;

	return peeruid_listener_inode(p, family, port, uid, &inode);
}

int peeruid_was_ours(struct peeruid *p, int fd, int family, uint16_t port,
	uint32_t inode, int with_root)
{
	enum peeruid_verdict whose;
	uint32_t now;
	uid_t uid;

	if (peeruid_listener_inode(p, family, port, &uid, &now) == 1 &&
		now == inode && (uid == p->uid || (with_root && uid == 0)))
		return 1;
	whose = peeruid_connection(p, fd, NULL);
	return whose == PEERUID_OURS || (with_root && whose == PEERUID_ROOT);
}

/* 1: it works, 0: it does not, -1: this host does not have the family. */
static int selftest_family(struct peeruid *p, int family)
{
	struct sockaddr_storage ss = { .ss_family = (sa_family_t)family };
	socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in) :
		sizeof(struct sockaddr_in6);
	unsigned char a[16];
	uint16_t port;
	uid_t uid;
	int l, c = -1, s = -1, ok = -1;

	if (family == AF_INET)
		((struct sockaddr_in *)&ss)->sin_addr.s_addr =
			htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&ss)->sin6_addr = in6addr_loopback;
	l = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l == -1 || bind(l, (struct sockaddr *)&ss, len) == -1)
		goto out;
	ok = 0;
	c = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c == -1 || listen(l, 1) == -1 ||
		getsockname(l, (struct sockaddr *)&ss, &len) == -1 ||
		(connect(c, (struct sockaddr *)&ss, len) == -1 &&
			errno != EINPROGRESS) ||
		fd_wait(l, POLLIN, clock_ms() + SELFTEST_MS) != 1)
		goto out;
	s = accept4(l, NULL, NULL, SOCK_CLOEXEC);
	ok = s != -1 && peeruid_connection(p, s, NULL) == PEERUID_OURS &&
		to_address(&ss, a, &port) == 0 &&
		peeruid_listener(p, family, port, &uid) == 1 && uid == p->uid;
out:
	fd_close(l);
	fd_close(c);
	fd_close(s);
	return ok;
}

int peeruid_selftest(struct peeruid *p, struct err *e)
{
	if (selftest_family(p, AF_INET) != 1 ||
		selftest_family(p, AF_INET6) == 0)
		return err_set(e, "this kernel does not tell who connects to a port (is the module tcp_diag loaded?); other users could not be kept out");
	return 0;
}

int peeruid_unix(int fd, uid_t *uid)
{
	struct ucred cred;
	socklen_t len = sizeof cred;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == -1)
		return -1;
	if (len != sizeof cred || cred.uid == (uid_t)-1) {
		errno = ENOTCONN;
		return -1;
	}
	*uid = cred.uid;
	return 0;
}
