/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
#include "reaper/conn.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define STREAM 1	/* SOCK_STREAM */
#define SEQPACKET 5

/* Where in the dump a socket is: of d->tcp, and behind these of d->local. */
struct conn_place {
	uint32_t inode;
	size_t at;
};

static void port_add(unsigned char *ports, unsigned port)
{
	ports[port / 8] |= (unsigned char)(1 << port % 8);
}

static int port_in(const unsigned char *ports, unsigned port)
{
	return ports[port / 8] >> port % 8 & 1;
}

static int conn_by_id(const void *left, const void *right)
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

/* Numbers, and places, which begin with one. */
static int by_number(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

	return a < b ? -1 : a > b;
}

static int conn_has(const uint32_t *set, size_t n, uint32_t number)
{
	return number != 0 && n > 0 &&
		bsearch(&number, set, n, sizeof number, by_number) != NULL;
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

static void add_user(struct conn *c, uint32_t uid)
{
	c->uid[c->uids++] = uid;
}

static void add_place(struct conn *c, uint32_t inode, size_t at)
{
	c->place[c->places++] = (struct conn_place){ inode, at };
}

/* busy: ports where somebody waits to be accepted, by whoever listens there */
static void take_tcp(struct conn *c, size_t at, unsigned char *busy)
{
	const struct diagmsg_socket *s = &c->d->tcp[at];

	if (s->inode != 0)
		add_place(c, s->inode, at);
	if (s->state == DIAGMSG_LISTEN) {
		port_add(c->listened, s->id.sport);
	} else if (s->state == DIAGMSG_ESTABLISHED && s->inode == 0) {
		c->waiting[c->nwaiting++] = at;
		port_add(busy, s->id.sport);
	} else if (s->state == DIAGMSG_ESTABLISHED) {
		add_user(c, s->uid);
	}
}

static void take_listener(struct conn *c, size_t at,
	const unsigned char *busy)
{
	const struct diagmsg_socket *s = &c->d->tcp[at];

	if (s->state != DIAGMSG_LISTEN || !port_in(busy, s->id.sport))
		return;
	if (s->uid == 0)
		c->anybody = 1;		/* systemd's, made for a service */
	add_user(c, s->uid);
}

static void take_unix(struct conn *c, size_t at)
{
	const struct sockdump_unix *s = &c->d->local[at];

	if (!unix_counts(s))
		return;
	if (s->inode != 0)
		add_place(c, s->inode, c->d->ntcp + at);
	if (s->uid == UINT32_MAX)
		c->anybody = 1;
	else
		add_user(c, s->uid);
}

/* Sorted; their number. */
static size_t each_once(uint32_t *v, size_t n)
{
	size_t kept = 0;

	if (n > 0)
		qsort(v, n, sizeof *v, by_number);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || v[kept - 1] != v[i])
			v[kept++] = v[i];
	return kept;
}

void conn_init(struct conn *c, struct sockdump *d)
{
	unsigned char busy[sizeof c->listened] = { 0 };
	size_t n = d->ntcp + d->nlocal;

	*c = (struct conn){ .d = d };
	if (d->ntcp > 0)
		qsort(d->tcp, d->ntcp, sizeof *d->tcp, conn_by_id);
	c->place = mem_alloc((n + 1) * sizeof *c->place);
	c->waiting = mem_alloc((d->ntcp + 1) * sizeof *c->waiting);
	c->uid = mem_alloc((n + 1) * sizeof *c->uid);
	for (size_t i = 0; i < d->ntcp; i++)
		take_tcp(c, i, busy);
	for (size_t i = 0; c->nwaiting > 0 && i < d->ntcp; i++)
		take_listener(c, i, busy);
	for (size_t i = 0; i < d->nlocal; i++)
		take_unix(c, i);
	qsort(c->place, c->places, sizeof *c->place, by_number);
	c->uids = each_once(c->uid, c->uids);
}

void conn_fini(struct conn *c)
{
	free(c->place);
	free(c->waiting);
	free(c->uid);
	*c = (struct conn){ 0 };
}

int conn_possible(const struct conn *c, uint32_t uid)
{
	return c->anybody || (c->uids > 0 &&
		bsearch(&uid, c->uid, c->uids, sizeof uid, by_number) != NULL);
}

/* The other end on this host, or NULL. */
static const struct diagmsg_socket *peer_of(const struct sockdump *d,
	const struct diagmsg_socket *s)
{
	struct diagmsg_socket want = { .id = {
		.sport = s->id.dport, .dport = s->id.sport } };

	memcpy(want.id.src, s->id.dst, 16);
	memcpy(want.id.dst, s->id.src, 16);
	return bsearch(&want, d->tcp, d->ntcp, sizeof *d->tcp, conn_by_id);
}

static int is_outside(const struct conn_tree *t, uint32_t inode,
	uint32_t uid)
{
	if (conn_has(t->inode, t->n, inode) || conn_has(t->leaving, t->nleaving,
		inode)) return 0;
	return t->whole || (inode != 0 && uid != t->uid) ||
		conn_has(t->other, t->others, inode);
}

/*
 * Whether that uid is another user's, and no account of the system. His
 * connections do not count: he could keep somebody else's processes alive.
 */
static int is_stranger(const struct conn_tree *t, uint32_t uid)
{
	return uid != t->uid && uid >= t->first_user;
}

static int tcp_counts(const struct conn *c, const struct conn_tree *t,
	const struct diagmsg_socket *s, const unsigned char *own)
{
	const struct diagmsg_socket *peer;

	if (s->state != DIAGMSG_ESTABLISHED)
		return 0;
	peer = peer_of(c->d, s);
	if (peer != NULL && (!is_outside(t, peer->inode, peer->uid) ||
		(peer->inode != 0 && is_stranger(t, peer->uid))))
		return 0;
	return port_in(own, s->id.sport) ||
		(peer != NULL && !port_in(c->listened, s->id.dport));
}

/* The socket of that number, as an index of place; places when it is none. */
static size_t conn_find(const struct conn *c, uint32_t inode)
{
	struct conn_place want = { .inode = inode }, *found;

	found = c->places == 0 ? NULL : bsearch(&want, c->place, c->places,
		sizeof want, by_number);
	return found ? (size_t)(found - c->place) : c->places;
}

/*
 * Linear, since it is only asked about the few sockets that a tree has
 * accepted.
 */
static int is_local_stranger(const struct sockdump *d,
	const struct conn_tree *t, uint32_t inode)
{
	for (size_t i = 0; i < d->nlocal; i++)
		if (d->local[i].inode == inode)
			return d->local[i].uid != UINT32_MAX &&
				is_stranger(t, d->local[i].uid);
	return 0;
}

static int counts(const struct conn *c, const struct conn_tree *t,
	size_t at, const unsigned char *own)
{
	const struct sockdump *d = c->d;
	const struct sockdump_unix *s;

	if (at < d->ntcp)
		return tcp_counts(c, t, &d->tcp[at], own);
	s = &d->local[at - d->ntcp];
	return s->state == DIAGMSG_LISTEN || (is_outside(t, s->peer, t->uid) &&
		!is_local_stranger(d, t, s->peer));
}

size_t conn_count(const struct conn *c, const struct conn_tree *t)
{
	unsigned char own[sizeof c->listened] = { 0 };
	const struct sockdump *d = c->d;
	size_t count = 0, at;

	for (size_t i = 0; i < t->n; i++) {
		at = conn_find(c, t->inode[i]);
		if (at == c->places)
			continue;
		at = c->place[at].at;
		if (at < d->ntcp && d->tcp[at].state == DIAGMSG_LISTEN)
			port_add(own, d->tcp[at].id.sport);
	}
	for (size_t i = 0; i < t->n; i++) {
		at = conn_find(c, t->inode[i]);
		if (at < c->places)
			count += (size_t)counts(c, t, c->place[at].at, own);
	}
	/* these count by their port only */
	for (size_t i = 0; i < c->nwaiting; i++) {
		const struct diagmsg_socket *s = &d->tcp[c->waiting[i]];

		if (port_in(own, s->id.sport))
			count += (size_t)tcp_counts(c, t, s, own);
	}
	return count;
}

/* Also one that nobody has accepted: it is the listener's, whoever that is. */
static void add_left(const struct diagmsg_socket *s, uint32_t *uids,
	size_t *n, int *anybody)
{
	if (s->inode == 0)
		*anybody = 1;
	else
		uids[(*n)++] = s->uid;
}

size_t conn_left(const struct conn *c, const uint32_t *leaving,
	size_t n, uint32_t *uids, int *anybody)
{
	const struct sockdump *d = c->d;
	size_t found = 0;

	*anybody = 0;
	for (size_t i = 0; i < d->ntcp; i++) {
		const struct diagmsg_socket *s = &d->tcp[i], *peer;

		if (s->state != DIAGMSG_ESTABLISHED ||
			conn_has(leaving, n, s->inode))
			continue;
		peer = peer_of(d, s);
		if (peer != NULL && conn_has(leaving, n, peer->inode))
			add_left(s, uids, &found, anybody);
	}
	for (size_t i = 0; i < d->nlocal; i++) {
		const struct sockdump_unix *s = &d->local[i];

		if (!conn_has(leaving, n, s->peer) || conn_has(leaving, n,
			s->inode)) continue;
		if (s->uid == UINT32_MAX)
			*anybody = 1;
		else
			uids[found++] = s->uid;
	}
	return each_once(uids, found);
}
