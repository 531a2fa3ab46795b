/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_KILL_H
#define REAPER_KILL_H

#include "reaper/picture.h"

/*
 * End the trees of the picture whose verdict is PLAN_END: looked at once
 * more and stopped as they are, SIGTERM from the leaves upwards, the grace, then
 * what still lives, and what it started meanwhile, is stopped and killed. Whom a
 * signal cannot reach has no influence on the others. all gets everybody who was
 * dealt with, with .tree an index of the picture's trees, and .gone or .error;
 * what the second look spares is not in it, and its verdict in the picture is
 * changed.
 */
void kill_trees(struct picture *p, const struct reaper_options *o,
	const struct kind *kinds, const struct state *before,
	struct victims *all);

#endif
