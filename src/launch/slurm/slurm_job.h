/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_JOB_H
#define LAUNCH_SLURM_SLURM_JOB_H

#include "launch/slurm/slurm_compat.h"
#include "launch/slurmjob.h"

/* A job of libslurm's list as launchers tell of it, which is valid as long. */
struct slurmjob slurm_job_view(const slurm_job_info_t *job);

/*
 * End an allocation in which the agent did not start, so that its record says
 * the status of what should have started it. comment: the one that it was given.
 */
void slurm_job_close(uint32_t job, const char *comment, int status);

#endif
