/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_NODES_H
#define LAUNCH_SLURM_SLURM_NODES_H

/*
 * How many nodes of a partition are not there: DOWN, FUTURE, powered down, or
 * not registered yet. Two RPCs, which tell of all nodes. -1 with errno: Slurm
 * did not tell, or has no such partition.
 */
long slurm_nodes_missing(const char *partition);

#endif
