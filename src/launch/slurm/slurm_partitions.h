/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_PARTITIONS_H
#define LAUNCH_SLURM_SLURM_PARTITIONS_H

#include "base/kv.h"

/*
 * The verb partitions: a record for each that the user sees, with what is idle in
 * it and why he cannot use it. Slurm is asked twice, whatever its size, and
 * once more for the user's accounts where a partition is not for all of them.
 */
void slurm_partitions(const struct kv *request);

#endif
