/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_EMPTY_H
#define LAUNCH_SLURM_SLURM_EMPTY_H

#include <time.h>

#include "launch/slurm/slurm_compat.h"

/*
 * An allocation of a session that runs without the agent's step: whoever would
 * have started that, or ended the allocation with it, was killed. It is ended,
 * and is none any more: 1. now: by slurmctld's clock.
 */
int slurm_empty_end(const slurm_job_info_t *job, time_t now);

#endif
