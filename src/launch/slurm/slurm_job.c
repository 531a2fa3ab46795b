/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one job of libslurm's list says, without what the library writes for "not
 * set". What differs between Slurm's releases is in launch/jobstate.c.
 */
#include "launch/slurm/slurm_job.h"

#include <signal.h>
#include <stdlib.h>

#include "base/mem.h"

/* In MB, all of the job's. 0: the nodes' whole memory, or not known. */
static uint64_t memory_of(const slurm_job_info_t *job)
{
	if (job->pn_min_memory == NO_VAL64)
		return 0;
	if (job->pn_min_memory & MEM_PER_CPU)
		return (job->pn_min_memory & ~MEM_PER_CPU) * job->num_cpus;
	return job->pn_min_memory * job->num_nodes;
}

static const char *gres_of(const slurm_job_info_t *job)
{
	const char *const lists[] = {
		job->gres_total, job->tres_per_node, job->tres_per_job,
		job->tres_per_socket, job->tres_per_task,
	};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (lists[i] && *lists[i])
			return lists[i];
	return NULL;
}

static long limit_of(const slurm_job_info_t *job)
{
	return job->time_limit == INFINITE ? SLURMJOB_UNLIMITED :
		job->time_limit == NO_VAL ? 0 : (long)job->time_limit * 60;
}

void slurm_job_close(uint32_t job, const char *comment, int status)
{
	char *id = mem_printf("%u", job);
	char *ended = slurmjob_ended_comment(comment, status);
	job_array_resp_msg_t *resp = NULL;
	job_desc_msg_t j;

	slurm_init_job_desc_msg(&j);
	j.job_id_str = id;
	j.comment = ended;
	if (slurm_update_job2(&j, &resp) == 0 && resp != NULL)
		slurm_free_job_array_resp(resp);
	(void)slurm_kill_job2(id, SIGKILL, 0, NULL);
	free(ended);
	free(id);
}

struct slurmjob slurm_job_view(const slurm_job_info_t *job)
{
	return (struct slurmjob){
		.id = job->job_id,
		.state = job->job_state,
		.reason = job->state_reason,
		.exit_code = job->exit_code,
		.release = JOBSTATE_RELEASE(
			SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER),
			SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER)),
		.command = job->command,
		.comment = job->comment,
		.node = job->batch_host ? job->batch_host : job->nodes,
		.partition = job->partition,
		.output = job->std_out,
		.gres = gres_of(job),
		.submitted = job->submit_time,
		.start = job->start_time,
		.end = job->end_time,
		.limit = limit_of(job),
		.mem = memory_of(job),
		.cpus = job->num_cpus == NO_VAL ? 0 : job->num_cpus,
		.is_allocation = job->batch_flag == 0,
		.is_federated = job->fed_origin_str && *job->fed_origin_str,
	};
}
