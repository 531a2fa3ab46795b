/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_ALLOCNODES_H
#define AGENT_ALLOCNODES_H

#include "base/err.h"

/*
 * Partitions of Slurm that take jobs from some nodes only (AllocNodes), as from
 * login nodes: whether that may be why the command argv, which submits a job, has
 * failed on this node. Asks scontrol, found by env, for seconds at most. 1: line says
 * it.
 */
int allocnodes_say(char *const *argv, char *const *env, const char *node,
	struct err *line);

#endif
