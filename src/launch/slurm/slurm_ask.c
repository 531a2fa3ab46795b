/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From options to the fields of Slurm's description of a job, as sbatch fills them,
 * but for the nodes: a session wants one, unless it is told otherwise.
 */
#include "launch/slurm/slurm_ask.h"

#include "launch/jobscript.h"
#include "launch/slurm/slurm_tres.h"
#include "os/timetext.h"

static uint32_t count_hosts(const char *list)
{
	slurm_hosts hosts = slurm_hostlist_create(list);
	int n = 0;

	if (hosts) {
		slurm_hostlist_uniq(hosts);
		n = slurm_hostlist_count(hosts);
		slurm_hostlist_destroy(hosts);
	}
	return n > 1 ? (uint32_t)n : 1;
}

static void ask_nodes(job_desc_msg_t *j, const struct salloc *o)
{
	j->min_nodes = j->max_nodes = 1;
	if (o->min_nodes) {
		j->min_nodes = o->min_nodes;
		j->max_nodes = o->max_nodes;
	} else if (o->nodelist) {
		j->min_nodes = j->max_nodes = count_hosts(o->nodelist);
	}
	if (o->ntasks && o->ntasks < j->min_nodes)
		j->min_nodes = o->ntasks;
	if (o->ntasks_per_node)
		j->ntasks_per_node = (uint16_t)o->ntasks_per_node;
}

static void ask_cpus(job_desc_msg_t *j, const struct salloc *o)
{
	uint32_t ntasks = o->ntasks, threads = j->threads_per_core;
	uint32_t cpus_per_task = slurm_tres_cpus(o);
	uint64_t cpus;

	/* Of so many nodes and not more each has a task a thread, as with sbatch. */
	if (ntasks == 0 && o->min_nodes == o->max_nodes && threads != NO_VAL16)
		ntasks = o->min_nodes * threads;
	if (ntasks)
		j->bitflags |= JOB_NTASKS_SET;
	else if (o->ntasks_per_node)
		ntasks = j->min_nodes * o->ntasks_per_node;
	/* Unless asked for: SLURM_NTASKS would be one for nested jobs, too. */
	if (ntasks)
		j->num_tasks = ntasks;
	else
		ntasks = j->min_nodes;
	cpus = ntasks;
	if (o->mincpus)
		j->pn_min_cpus = (uint16_t)o->mincpus;
	if (cpus_per_task) {
		cpus *= cpus_per_task;
		j->bitflags |= JOB_CPUS_SET;
		j->cpus_per_task = (uint16_t)cpus_per_task;
		if (o->mincpus < cpus_per_task)
			j->pn_min_cpus = (uint16_t)cpus_per_task;
	}
	j->min_cpus = cpus < NO_VAL ? (uint32_t)cpus : NO_VAL - 1;
}

/*
 * As Slurm's commands take a hint apart, which is nothing beside a number of threads;
 * programs find the word itself, too.
 */
static void ask_threads(job_desc_msg_t *j, const struct salloc *o)
{
	if (o->threads_per_core)
		j->threads_per_core = (uint16_t)o->threads_per_core;
	switch (o->threads_per_core ? SALLOC_NO_HINT : o->hint) {
	case SALLOC_MEMORY_BOUND:
		j->cores_per_socket = 1;
		j->threads_per_core = 1;
		break;
	case SALLOC_COMPUTE_BOUND:
	case SALLOC_NOMULTITHREAD:
		j->threads_per_core = 1;
		break;
	case SALLOC_MULTITHREAD:
		j->ntasks_per_core = INFINITE16;
		break;
	}
}

static uint32_t minutes(uint32_t n)
{
	return n == SALLOC_UNLIMITED ? INFINITE : n;
}

static int ask_time(job_desc_msg_t *j, const struct salloc *o, struct err *e)
{
	if (o->time_limit)
		j->time_limit = minutes(o->time_limit);
	if (o->time_min)
		j->time_min = minutes(o->time_min);
	if (o->begin.kind == BEGINTIME_NONE)
		return 0;
	j->begin_time = timetext_when(&o->begin);
	return j->begin_time == (time_t)-1 ?
		err_set(e, "--begin: there is no such time") : 0;
}

static void ask_memory(job_desc_msg_t *j, const struct salloc *o)
{
	if (o->mem != SALLOC_MEM_UNSET)
		j->pn_min_memory = o->mem;
	else if (o->mem_per_cpu != SALLOC_MEM_UNSET)
		j->pn_min_memory = o->mem_per_cpu | MEM_PER_CPU;
	if (o->tmp != SALLOC_MEM_UNSET)
		j->pn_min_tmp_disk = o->tmp < NO_VAL ? (uint32_t)o->tmp :
			NO_VAL - 1;
#if SLURM_GE(26, 5)
	if (o->mem_margin) {
		j->mem_update_margin = (uint16_t)o->mem_margin;
		j->mem_update_delay = (uint16_t)o->mem_delay;
	}
#endif
}

#define SHARED_TOPO 4		/* JOB_SHARED_TOPO, since 24.05 */

static void ask_sharing(job_desc_msg_t *j, const struct salloc *o)
{
	static const uint16_t shared[] = {
		[SALLOC_EXCLUSIVE] = JOB_SHARED_NONE,
		[SALLOC_EXCLUSIVE_USER] = JOB_SHARED_USER,
		[SALLOC_EXCLUSIVE_MCS] = JOB_SHARED_MCS,
		[SALLOC_EXCLUSIVE_TOPO] = SHARED_TOPO,
		[SALLOC_OVERSUBSCRIBE] = JOB_SHARED_OK,
	};

	if (o->exclusive != SALLOC_SHARED)
		j->shared = shared[o->exclusive];
}

static int ask_gres_flags(job_desc_msg_t *j, const struct salloc *o,
	struct err *e)
{
	static const struct {
		int flag;
		uint64_t bit;
	} rows[] = {
		{ SALLOC_GRES_DISABLE_BINDING, GRES_DISABLE_BIND },
		{ SALLOC_GRES_ENFORCE_BINDING, GRES_ENFORCE_BIND },
#ifdef GRES_ONE_TASK_PER_SHARING
		{ SALLOC_GRES_ONE_TASK, GRES_ONE_TASK_PER_SHARING },
#endif
#ifdef GRES_MULT_TASKS_PER_SHARING
		{ SALLOC_GRES_MULTIPLE_TASKS, GRES_MULT_TASKS_PER_SHARING },
#endif
	};
	int left = o->gres_flags;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (left & rows[i].flag)
			j->bitflags |= rows[i].bit;
		left &= ~rows[i].flag;
	}
	if (!(o->gres_flags & SALLOC_GRES_DISABLE_BINDING) &&
		SLURM_ENFORCES_BINDING)
		j->bitflags |= GRES_ENFORCE_BIND;
	if (!(o->gres_flags & SALLOC_GRES_MULTIPLE_TASKS) &&
		SLURM_ONE_TASK_PER_SHARING)
		j->bitflags |= GRES_ONE_TASK_PER_SHARING;
	return left == 0 ? 0 :
		err_set(e, "--gres-flags: Slurm %d.%02d has no such flag",
			SLURM_RELEASE / 100, SLURM_RELEASE % 100);
}

static void ask_mail(job_desc_msg_t *j, const struct salloc *o)
{
	static const struct {
		int type;
		uint16_t bit;
	} rows[] = {
		{ SALLOC_MAIL_BEGIN, MAIL_JOB_BEGIN },
		{ SALLOC_MAIL_END, MAIL_JOB_END },
		{ SALLOC_MAIL_FAIL, MAIL_JOB_FAIL },
		{ SALLOC_MAIL_REQUEUE, MAIL_JOB_REQUEUE },
		{ SALLOC_MAIL_TIME100, MAIL_JOB_TIME100 },
		{ SALLOC_MAIL_TIME90, MAIL_JOB_TIME90 },
		{ SALLOC_MAIL_TIME80, MAIL_JOB_TIME80 },
		{ SALLOC_MAIL_TIME50, MAIL_JOB_TIME50 },
		{ SALLOC_MAIL_STAGE_OUT, MAIL_JOB_STAGE_OUT },
		{ SALLOC_MAIL_ARRAY_TASKS, MAIL_ARRAY_TASKS },
		{ SALLOC_MAIL_INVALID_DEPEND, MAIL_INVALID_DEPEND },
	};

	j->mail_user = o->mail_user;
	if (!o->has_mail_type)
		return;
	j->mail_type = 0;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (o->mail_type & rows[i].type)
			j->mail_type |= rows[i].bit;
}

static void ask_signal(job_desc_msg_t *j, const struct salloc *o)
{
	if (o->warn_signal == 0)
		return;
	j->warn_signal = (uint16_t)o->warn_signal;
	j->warn_time = (uint16_t)o->warn_seconds;
	if (o->warn_reservation)
		j->warn_flags = KILL_JOB_RESV;
}

/* What nobody says is the site's to say; the library makes it "no" and "none". */
static void ask_unsaid(job_desc_msg_t *j)
{
#if SLURM_GE(24, 5)
	j->resv_port_cnt = NO_VAL16;
#endif
#if SLURM_GE(24, 11)
	j->oom_kill_step = NO_VAL16;
#endif
	(void)j;
}

static void ask_strings(job_desc_msg_t *j, const struct salloc *o)
{
	j->partition = o->partition;
	j->account = o->account;
	j->qos = o->qos;
	j->features = o->constraint;
	j->prefer = o->prefer;
	j->reservation = o->reservation;
	j->licenses = o->licenses;
	j->wckey = o->wckey;
	j->mcs_label = o->mcs_label;
	j->container = o->container;
	j->exc_nodes = o->exclude;
	j->req_nodes = o->nodelist;
}

int slurm_ask(struct slurm_tres *tres, job_desc_msg_t *j, const struct salloc *o,
	struct err *e)
{
	if (slurm_tres_init(tres, j, o, e) == -1)
		return -1;
	ask_unsaid(j);
	ask_strings(j, o);
	ask_nodes(j, o);
	ask_threads(j, o);
	ask_cpus(j, o);
	ask_memory(j, o);
	ask_sharing(j, o);
	ask_mail(j, o);
	ask_signal(j, o);
	if (o->has_nice)
		j->nice = (uint32_t)(NICE_OFFSET + o->nice);
	if (o->hold)
		j->priority = 0;
	if (o->switches) {
		j->req_switch = o->switches;
		if (o->switch_seconds)
			j->wait4switch = o->switch_seconds;
	}
	if (ask_time(j, o, e) == -1 || ask_gres_flags(j, o, e) == -1)
		return -1;
	return jobscript_cluster(o->clusters, slurm_conf.cluster_name, e);
}
