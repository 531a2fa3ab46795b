/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_VISITORS_H
#define REAPER_VISITORS_H

#include "base/err.h"
#include "reaper/conn.h"
#include "reaper/plan.h"

/* Who is connected to what, at one moment. */
struct visitors {
	struct sockdump socks;
	struct conn conn;
	unsigned first_user;	/* from whom on others do not count */
	int blind;		/* the kernel does not tell */
};

/* Sockets of some processes, by their numbers. */
struct sockets {
	uint32_t *v;
	size_t n, room;
	int unseen;		/* there may be more */
};

void sockets_fini(struct sockets *s);

/* Add those of a tree; to be sorted before they are used. */
void sockets_add(struct sockets *s, const struct plan *plan,
	const struct plan_tree *t);
void sockets_sort(struct sockets *s);

/*
 * Always to be freed; when blind, e has the reason. A user from first_user on is
 * asked by nobody but himself whether a tree is used.
 */
void visitors_init(struct visitors *v, unsigned first_user, struct err *e);
void visitors_fini(struct visitors *v);

/*
 * How many connections others have to a tree, a large one at least. *unseen is
 * set when it may have more of which nobody can tell. Those of leaving, sorted,
 * do not count: they are of trees that this pass ends. NULL: there are none.
 */
size_t visitors_count(const struct visitors *v, const struct plan *plan,
	const struct plan_tree *t, const struct sockets *leaving,
	int *unseen);

/*
 * Which users' trees have connections of those that are leaving: their uids,
 * sorted, to be freed; *anybody is set when that may be all.
 */
uint32_t *visitors_left(const struct visitors *v,
	const struct sockets *leaving, size_t *n, int *anybody);

#endif
