/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_RUNDIR_H
#define AGENT_RUNDIR_H

#include "agent/agent.h"

/*
 * Make the session's private directory on the node and set its XDG_RUNTIME_DIR,
 * unless the node has given the job one. What earlier sessions had to leave is
 * swept by a child, which nobody waits for. made() is told its name, and later
 * when it gets another. -1 with e set when none can be made.
 */
int rundir_make(struct agent *a, void (*made)(const char *path), struct err *e)
	__attribute__((warn_unused_result));

/*
 * Before each use of it by name: one that is not what it was is made anew, under
 * another name if somebody has taken that one, and the fronts are told. It is on
 * a file system of the node.
 */
void rundir_check(struct agent *a);

/*
 * Remove such a directory, or leave it and say why, when it is in use by others
 * than this process. Call it when nothing of the session runs any more.
 */
void rundir_retire(const char *path);

/* Close what keeps other sessions off it, and free its name. */
void rundir_fini(struct agent *a);

#endif
