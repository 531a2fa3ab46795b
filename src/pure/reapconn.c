/* SPDX-License-Identifier: BSD-2-Clause */
#include "pure/reapconn.h"

#include <stdlib.h>
#include <string.h>

#define STREAM 1	/* SOCK_STREAM */
#define SEQPACKET 5

/* A set of ports. */
struct ports {
	unsigned char bit[8192];
};

static void ports_add(struct ports *p, unsigned port)
{
	p->bit[port / 8] |= (unsigned char)(1 << port % 8);
}

static int ports_has(const struct ports *p, unsigned port)
{
	return p->bit[port / 8] >> port % 8 & 1;
}

static int by_id(const void *left, const void *right)
{
	const struct diagmsg_socket *a = left, *b = right;
	int c;

	if (a->id.sport != b->id.sport)
		return a->id.sport < b->id.sport ? -1 : 1;
	if (a->id.dport != b->id.dport)
		return a->id.dport < b->id.dport ? -1 : 1;
	c = memcmp(a->id.src, b->id.src, 16);
	return c ? c : memcmp(a->id.dst, b->id.dst, 16);
}

static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

void reapconn_sort(struct sockdump *d)
{
	if (d->ntcp > 0)
		qsort(d->tcp, d->ntcp, sizeof *d->tcp, by_id);
}

static int in_tree(const uint32_t *inodes, size_t n, uint32_t inode)
{
	return inode != 0 && n > 0 &&
		bsearch(&inode, inodes, n, sizeof inode, by_number) != NULL;
}

/* The other end on this host, or NULL. */
static const struct diagmsg_socket *peer_of(const struct sockdump *d,
	const struct diagmsg_socket *s)
{
	struct diagmsg_socket want = { .id = {
		.sport = s->id.dport, .dport = s->id.sport } };

	memcpy(want.id.src, s->id.dst, 16);
	memcpy(want.id.dst, s->id.src, 16);
	return bsearch(&want, d->tcp, d->ntcp, sizeof *d->tcp, by_id);
}

static int tcp_counts(const struct sockdump *d, const struct diagmsg_socket *s,
	const struct ports *all, const struct ports *own,
	const uint32_t *inodes, size_t n)
{
	int ours = in_tree(inodes, n, s->inode);
	const struct diagmsg_socket *peer;

	/* without an inode it waits to be accepted */
	if (s->state != DIAGMSG_ESTABLISHED || (!ours && s->inode != 0))
		return 0;
	if (!ours && !ports_has(own, s->id.sport))
		return 0;
	peer = peer_of(d, s);
	if (peer != NULL && in_tree(inodes, n, peer->inode))
		return 0;
	return ports_has(own, s->id.sport) ||
		(peer != NULL && !ports_has(all, s->id.dport));
}

/* A Unix socket that counts unless its peer is in the same tree. */
static int unix_counts(const struct sockdump_unix *s)
{
	if (s->type != STREAM && s->type != SEQPACKET)
		return 0;
	if (s->state == DIAGMSG_LISTEN)
		return s->waiting > 0;
	/* accepted sockets have the listener's name */
	return s->state == DIAGMSG_ESTABLISHED && s->named && s->peer != 0;
}

int reapconn_possible(const struct sockdump *d, uint32_t uid)
{
	for (size_t i = 0; i < d->ntcp; i++)
		if (d->tcp[i].state == DIAGMSG_ESTABLISHED &&
			(d->tcp[i].uid == uid || d->tcp[i].inode == 0))
			return 1;
	for (size_t i = 0; i < d->nlocal; i++)
		if ((d->local[i].uid == uid || d->local[i].uid == UINT32_MAX) &&
			unix_counts(&d->local[i]))
			return 1;
	return 0;
}

size_t reapconn_count(const struct sockdump *d, const uint32_t *inodes,
	size_t n)
{
	struct ports all = { 0 }, own = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < d->ntcp; i++) {
		const struct diagmsg_socket *s = &d->tcp[i];

		if (s->state != DIAGMSG_LISTEN)
			continue;
		ports_add(&all, s->id.sport);
		if (in_tree(inodes, n, s->inode))
			ports_add(&own, s->id.sport);
	}
	for (size_t i = 0; i < d->ntcp; i++)
		count += (size_t)tcp_counts(d, &d->tcp[i], &all, &own, inodes,
			n);
	for (size_t i = 0; i < d->nlocal; i++) {
		const struct sockdump_unix *s = &d->local[i];

		count += in_tree(inodes, n, s->inode) && unix_counts(s) &&
			!in_tree(inodes, n, s->peer);
	}
	return count;
}
