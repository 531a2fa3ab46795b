/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_WRAPPERS_H
#define AGENT_WRAPPERS_H

#include "agent/jobenv.h"

/*
 * Variables that are of this session on this node alone, and independent jobs: a
 * directory that is first in PATH has sbatch, srun and salloc, which leave these
 * out and run the real ones.
 */
struct wrappers;

/* env outlives it, and names the directory once there is something to leave out. */
struct wrappers *wrappers_new(struct jobenv *env);
void wrappers_free(struct wrappers *w);	/* NULL is ignored */

/*
 * What env says of this variable now is for the session alone, where it has that
 * value. An option that begins as unless does keeps it; NULL: none does. Both stay.
 * Call it again when the value is another. -1: they are not there, which the log
 * tells.
 */
int wrappers_cover(struct wrappers *w, const char *name, const char *unless);

#endif
