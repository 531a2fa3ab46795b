/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_VICTIM_H
#define REAPER_VICTIM_H

#include <stddef.h>

#include "reaper/plan.h"

/*
 * The processes that are being ended, and their heirs: what they start in the
 * meantime. Parents stand before their children, so that going backwards is
 * leaves first.
 */
struct victim {
	int pid;
	unsigned long long start;
	unsigned uid;
	int session;		/* 0: that of others, too */
	uint64_t mark[PLAN_MARKS];
	size_t tree;		/* as the caller numbers them */
	int gone;
	int error;		/* errno of why not */
};

struct victims {
	struct victim *v;
	size_t n, room;
};

void victims_fini(struct victims *all);

/* All members of a tree. */
void victims_add(struct victims *all, const struct plan *p,
	const struct plan_tree *t, size_t number);

/*
 * Add the heirs in a new picture, its parents found by plan_make():
 * children of a victim, and those who lost their parent and carry a victim's
 * mark or session. Returns their number.
 */
size_t victims_heirs(struct victims *all, const struct plan *p);

#endif
