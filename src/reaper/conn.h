/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_CONN_H
#define REAPER_CONN_H

#include <stddef.h>
#include <stdint.h>

#include "os/sockdump.h"

/*
 * Who is connected to a tree of processes, told from a dump of all sockets and
 * from the numbers (inodes) of those that the tree holds. Looking for these is
 * the dearest part of a pass, so there are two ways to do without: nobody can be
 * connected to any tree of this user, or the sockets that are known already
 * show somebody.
 */
struct conn {
	const struct sockdump *d;
	struct conn_place *place;	/* by inode */
	size_t places;
	size_t *waiting;	/* TCP, nobody has accepted them yet */
	size_t nwaiting;
	uint32_t *uid;		/* of who may have visitors, sorted */
	size_t uids;
	int anybody;		/* some sockets may be anybody's */
	unsigned char listened[8192];	/* ports, a bit each */
};

/* d, which is sorted here, must stay until conn_fini(). */
void conn_init(struct conn *c, struct sockdump *d);
void conn_fini(struct conn *c);

/*
 * Can any process of this user have a connection that would count? When not,
 * nobody needs to look for the sockets of his trees.
 */
int conn_possible(const struct conn *c, uint32_t uid);

/* What is known of a tree's sockets; the numbers are sorted. */
struct conn_tree {
	uint32_t uid;
	uint32_t first_user;	/* lower ones are root and the system's */
	const uint32_t *inode;
	size_t n;
	int whole;		/* these are all of them */
	const uint32_t *other;	/* when not: some that are not the tree's */
	size_t others;
	const uint32_t *leaving;	/* of trees that end: they count for nobody */
	size_t nleaving;
};

/*
 * How many connections others have to it:
 * - established to a TCP port that the tree listens on, accepted or not;
 * - TCP and accepted long ago by a listener that is gone: the other end is on
 *   this host, and its port is nobody's to listen on, so that it was not the
 *   tree that connected;
 * - accepted from a Unix socket, or waiting for that.
 * Connections within the tree do not count, nor do those it made to others, nor
 * those of another user on this host, who else could keep any tree alive: the
 * other end must be the owner's, the system's, or not known.
 * When the tree is not whole, it is the number of those that are certain: the
 * other end is on another host, the system's, or among the others.
 */
size_t conn_count(const struct conn *c, const struct conn_tree *t);

/*
 * Who loses a visitor when these sockets, whose numbers are sorted, are gone:
 * the users at their other ends on this host, into uids, which has room for as
 * many as there are sockets in the dump. Returns how many, each once; *anybody
 * is set when some may be anybody's.
 */
size_t conn_left(const struct conn *c, const uint32_t *leaving,
	size_t n, uint32_t *uids, int *anybody);

#endif
