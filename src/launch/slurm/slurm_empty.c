/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finds allocations that stand empty, by one question more for each allocation
 * that runs: who lists jobs is the only one who comes by again.
 */
#include "launch/slurm/slurm_empty.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "launch/slurm/slurm_step.h"

#define STARTING 90	/* s: prolog, nodes that boot, srun */

/* -1: Slurm does not say. */
static int has_agent(uint32_t job)
{
	job_step_info_response_msg_t *steps = NULL;
	int has = 0;

	if (SLURM_JOB_STEPS(job, &steps) != 0)
		return -1;
	for (uint32_t i = 0; i < steps->job_step_count && !has; i++) {
		const job_step_info_t *step = &steps->job_steps[i];

		has = step->step_id.step_id == SLURM_INTERACTIVE_STEP ||
			(step->name != NULL &&
			strcmp(step->name, SLURM_STEP_NAME) == 0);
	}
	slurm_free_job_step_info_response_msg(steps);
	return has;
}

int slurm_empty_end(const slurm_job_info_t *job, time_t now)
{
	char id[16];

	if (job->batch_flag != 0 || job->job_state != JOB_RUNNING ||
		now - job->start_time < STARTING || has_agent(job->job_id) != 0)
		return 0;
	snprintf(id, sizeof id, "%u", job->job_id);
	return slurm_kill_job2(id, SIGKILL, 0, NULL) == 0;
}
