/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_PICTURE_H
#define REAPER_PICTURE_H

#include "pure/reapplan.h"
#include "pure/reapstate.h"
#include "pure/reapvictim.h"
#include "pure/sockdump.h"
#include "reaper/options.h"

/* All processes at one moment, the trees among them, and who is connected. */
struct picture {
	struct reapplan_proc *proc;
	size_t n, room;
	struct reapplan plan;
	struct sockdump socks;
	int blind;		/* the kernel does not tell about sockets */
	unsigned self;		/* our effective uid */
	double now;		/* seconds since boot */
	double hz;		/* ticks a second */
};

/*
 * Take one; always succeeds, with as much as can be seen. err gets the reason
 * when blind. Its verdicts are those of the policy; before may be NULL.
 */
void picture_take(struct picture *p, const struct options *o,
	const struct reapkind *kinds, const struct reapstate *before,
	struct err *e);

/* Only the processes and their parents, and the marks of who may be an heir. */
void picture_glance(struct picture *p, const struct options *o,
	const struct reapkind *kinds, const struct reapvictims *heirs);

void picture_free(struct picture *p);

/*
 * Look once more, now, who is connected to a tree: the number, or -1 when
 * nobody can tell.
 */
long picture_connections(const struct picture *p,
	const struct reapplan_tree *t);

/* Is the process inside a Slurm job? What cannot be read is not. */
int picture_in_slurm(int pid);

/* The tree of that root, NULL when there is none. */
const struct reapplan_tree *picture_tree(const struct picture *p, int pid,
	unsigned long long start);

/* What this pass wants the next to know. */
void picture_remember(const struct picture *p,
	const struct reapstate *before, struct reapstate *after);

#endif
