/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libslurm from 22.05 to 26.05, and all that differs between them for the few
 * calls used here. Headers and library of different releases must never meet:
 * structures change with each release; slurm_reach_init() checks it.
 */
#ifndef LAUNCH_SLURM_SLURM_COMPAT_H
#define LAUNCH_SLURM_SLURM_COMPAT_H

/* Its old-style prototypes are not ours to mend. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <slurm/slurm.h>
#include <slurm/slurm_errno.h>
#include <slurm/slurmdb.h>
#pragma GCC diagnostic pop

#define SLURM_GE(a, b) (SLURM_VERSION_NUMBER >= SLURM_VERSION_NUM(a, b, 0))

/* As SALLOC_RELEASE(): 22.05 is 2205. */
#define SLURM_RELEASE ((int)(SLURM_VERSION_MAJOR(SLURM_VERSION_NUMBER) * 100 + \
	SLURM_VERSION_MINOR(SLURM_VERSION_NUMBER)))

#if SLURM_GE(25, 11)
#define RESPONSE_JOB_ID(r) ((r)->step_id.job_id)
#define SLURM_JOB_STEP_ID(job) ((slurm_step_id_t){ .job_id = (job), \
	.step_id = NO_VAL, .step_het_comp = NO_VAL })
#define SLURM_JOB_STEPS(job, steps) slurm_get_job_steps( \
	&SLURM_JOB_STEP_ID(job), (steps), SHOW_ALL | SHOW_LOCAL)
#else
#define RESPONSE_JOB_ID(r) ((r)->job_id)
#define SLURM_JOB_STEPS(job, steps) slurm_get_job_steps(0, (job), NO_VAL, \
	(steps), SHOW_ALL | SHOW_LOCAL)
#endif

/* Until it is granted; waits(), if need be, is called with the job's id. */
#if SLURM_GE(26, 5)
#define SLURM_ALLOCATE(desc, waits) \
	slurm_allocate_resources_blocking((desc), 0, (waits), -1)
#else
#define SLURM_ALLOCATE(desc, waits) \
	slurm_allocate_resources_blocking((desc), 0, (waits))
#endif
#if SLURM_GE(25, 11)
#define SLURM_PENDING_JOB slurm_step_id_t *
#define SLURM_PENDING_ID(job) ((job)->job_id)
#else
#define SLURM_PENDING_JOB uint32_t
#define SLURM_PENDING_ID(job) (job)
#endif

#if SLURM_GE(23, 11)
typedef hostlist_t *slurm_hosts;
#else
typedef hostlist_t slurm_hosts;
#endif

/*
 * The accounts above that of an association and itself, "/all/phys/lab/0-user/". 23.02
 * looks at them, too, but does not tell them; earlier ones look at none.
 */
#if SLURM_GE(23, 11)
#define SLURM_LINEAGE(assoc) ((assoc)->lineage)
#else
#define SLURM_LINEAGE(assoc) NULL
#endif
#define SLURM_HIDES_LINEAGE (SLURM_GE(23, 2) && !SLURM_GE(23, 11))

/* What SelectTypeParameters says of generic resources for jobs that do not. */
#if SLURM_GE(25, 11)
#define SLURM_ENFORCES_BINDING \
	(slurm_conf.select_type_param & SELECT_ENFORCE_BINDING_GRES)
#define SLURM_ONE_TASK_PER_SHARING \
	(slurm_conf.select_type_param & SELECT_ONE_TASK_PER_SHARING_GRES)
#elif SLURM_GE(23, 11)
#define SLURM_ENFORCES_BINDING \
	(slurm_conf.select_type_param & ENFORCE_BINDING_GRES)
#define SLURM_ONE_TASK_PER_SHARING \
	(slurm_conf.select_type_param & ONE_TASK_PER_SHARING_GRES)
#else
#define SLURM_ENFORCES_BINDING 0
#define SLURM_ONE_TASK_PER_SHARING 0
#define GRES_ONE_TASK_PER_SHARING 0
#endif

/* CPUs and MB of a node that jobs have. */
static inline void slurm_node_used(const node_info_t *n, uint64_t *cpus,
	uint64_t *mem)
{
#if SLURM_GE(25, 5)
	*cpus = n->alloc_cpus;
	*mem = n->alloc_memory;
#else
	uint16_t used = 0;

	*mem = 0;
	if (slurm_get_select_nodeinfo(n->select_nodeinfo,
		SELECT_NODEDATA_SUBCNT, NODE_STATE_ALLOCATED, &used) != 0)
		used = 0;
	if (slurm_get_select_nodeinfo(n->select_nodeinfo,
		SELECT_NODEDATA_MEM_ALLOC, NODE_STATE_ALLOCATED, mem) != 0)
		*mem = 0;
	*cpus = used;
#endif
}

/* Exported by all releases, declared by none. */
extern void slurm_free_will_run_response_msg(will_run_response_msg_t *msg);

/*
 * What slurm_init() read. Exported by all releases, declared by none; the
 * documented slurm_load_ctl_conf() would need the controller to tell where the
 * controller is.
 */
extern slurm_conf_t slurm_conf;

#endif
