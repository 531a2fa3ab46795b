/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_PICTURE_H
#define REAPER_PICTURE_H

#include "reaper/plan.h"
#include "reaper/procs.h"
#include "reaper/reaper_options.h"
#include "reaper/state.h"
#include "reaper/victim.h"
#include "reaper/visitors.h"

/* All processes at one moment, the trees among them, and who is connected. */
struct picture {
	struct procs procs;
	struct plan plan;
	struct visitors visitors;
};

/*
 * Take one; always succeeds, with as much as can be seen. err gets the reason
 * when nobody can tell who is connected. Its verdicts are those of the policy;
 * before may be NULL.
 */
void picture_take(struct picture *p, const struct reaper_options *o,
	const struct kind *kinds, const struct state *before,
	struct err *e);

/* Only the processes and their parents, and the marks of who may be an heir. */
void picture_glance(struct picture *p, const struct reaper_options *o,
	const struct kind *kinds, const struct victims *heirs);

void picture_free(struct picture *p);

/* The tree of that root, NULL when there is none. */
const struct plan_tree *picture_tree(const struct picture *p, int pid,
	unsigned long long start);

/* What this pass wants the next to know. */
void picture_remember(const struct picture *p,
	const struct state *before, struct state *after);

#endif
