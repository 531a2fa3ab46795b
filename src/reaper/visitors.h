/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_VISITORS_H
#define REAPER_VISITORS_H

#include "pure/err.h"
#include "pure/reapconn.h"
#include "pure/reapplan.h"

/* Who is connected to what, at one moment. */
struct visitors {
	struct sockdump socks;
	struct reapconn conn;
	int blind;		/* the kernel does not tell */
};

/* Always to be freed; when blind, e has the reason. */
void visitors_init(struct visitors *v, struct err *e);
void visitors_fini(struct visitors *v);

/*
 * How many connections others have to a tree, a large one at least. *unseen is
 * set when it may have more of which nobody can tell.
 */
size_t visitors_count(const struct visitors *v, const struct reapplan *plan,
	const struct reapplan_tree *t, int *unseen);

#endif
