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
struct reapvictim {
	int pid;
	unsigned long long start;
	unsigned uid;
	int session;		/* 0: that of others, too */
	uint64_t mark[REAPPLAN_MARKS];
	size_t tree;		/* as the caller numbers them */
	int gone;
	int error;		/* errno of why not */
};

struct reapvictims {
	struct reapvictim *v;
	size_t n, room;
};

void reapvictims_fini(struct reapvictims *all);

/* All members of a tree. */
void reapvictims_add(struct reapvictims *all, const struct reapplan *p,
	const struct reapplan_tree *t, size_t number);

/*
 * Add the heirs in a new picture, its parents found by reapplan_make():
 * children of a victim, and those who lost their parent and carry a victim's
 * mark or session. Returns their number.
 */
size_t reapvictims_heirs(struct reapvictims *all, const struct reapplan *p);

#endif
