/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_WRAPPERS_H
#define AGENT_WRAPPERS_H

#include "agent/jobenv.h"
#include "proto/sessionenv.h"

/*
 * Variables that are of this session on this node alone, and independent jobs: a
 * directory that is first in PATH has sbatch, srun and salloc, which leave these
 * out and run the real ones.
 */
struct wrappers;

/*
 * Make them, in the session's folder; not while the loop runs, since that is in a
 * home directory. env outlives it, and names them once there is something to leave
 * out.
 */
struct wrappers *wrappers_new(struct jobenv *env);
void wrappers_free(struct wrappers *w);	/* NULL is ignored */

/*
 * What env says of this variable now is for the session alone: a shell that begins
 * from now on has it in no job, unless it has given it another value. Call it again
 * when the value is another. -1: jobs would have it, which the log tells.
 */
int wrappers_cover(struct wrappers *w, enum sessionenv_own which);

#endif
