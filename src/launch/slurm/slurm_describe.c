/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A row a field of a job's description. One is told when it is not what libslurm
 * begins with, so that what nobody asked for is left to Slurm's own defaults, and
 * is not told.
 */
#include "launch/slurm/slurm_describe.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/timespan.h"
#include "launch/jobfield.h"
#include "launch/slurm/slurm_answer.h"
#include "launch/slurm/slurm_compat.h"
#include "launch/slurm/slurm_make.h"
#include "launch/slurm/slurm_reach.h"
#include "os/timetext.h"

enum field_kind { TEXT, U8, U16, U32, HEX16, HEX32, MINUTES, EPOCH };

struct field {
	const char *name;	/* scontrol's, or one like them */
	enum field_kind kind;
	size_t at;		/* in job_desc_msg_t */
	const char *options;	/* those that say it, by blanks; of salloc, or ours */
};

#define AT(member) offsetof(job_desc_msg_t, member)

static const struct field fields[] = {
	{ "JobName", TEXT, AT(name), "job-name session" },
	{ "Partition", TEXT, AT(partition), "partition" },
	{ "Account", TEXT, AT(account), "account" },
	{ "QOS", TEXT, AT(qos), "qos" },
	{ "Reservation", TEXT, AT(reservation), "reservation" },
	{ "WCKey", TEXT, AT(wckey), "wckey" },
	{ "Clusters", TEXT, AT(clusters), "clusters" },
	{ "TimeLimit", MINUTES, AT(time_limit), "time" },
	{ "TimeMin", MINUTES, AT(time_min), "time-min" },
	{ "StartTime", EPOCH, AT(begin_time), "begin" },
	{ "Deadline", EPOCH, AT(deadline), "deadline" },
	{ "Priority", U32, AT(priority), "priority hold" },
	{ "MinNodes", U32, AT(min_nodes), "nodes nodelist ntasks" },
	{ "MaxNodes", U32, AT(max_nodes), "nodes nodelist ntasks" },
	{ "NumCPUs", U32, AT(min_cpus), "cpus-per-task ntasks nodes ntasks-per-node" },
	{ "NumTasks", U32, AT(num_tasks), "ntasks ntasks-per-node" },
	{ "CPUs/Task", U16, AT(cpus_per_task), "cpus-per-task" },
	{ "MinCPUsNode", U16, AT(pn_min_cpus), "mincpus cpus-per-task" },
	{ "NtasksPerNode", U16, AT(ntasks_per_node), "ntasks-per-node" },
	{ "NtasksPerSocket", U16, AT(ntasks_per_socket), "ntasks-per-socket" },
	{ "NtasksPerCore", U16, AT(ntasks_per_core), "ntasks-per-core hint" },
	{ "NtasksPerTRES", U16, AT(ntasks_per_tres), "ntasks-per-gpu" },
	{ "SocketsPerNode", U16, AT(sockets_per_node),
		"sockets-per-node extra-node-info" },
	{ "CoresPerSocket", U16, AT(cores_per_socket),
		"cores-per-socket extra-node-info" },
	{ "ThreadsPerCore", U16, AT(threads_per_core),
		"threads-per-core extra-node-info hint" },
	{ "MinTmpDiskNode", U32, AT(pn_min_tmp_disk), "tmp" },
	{ "Features", TEXT, AT(features), "constraint" },
	{ "Prefer", TEXT, AT(prefer), "prefer" },
	{ "TresPerJob", TEXT, AT(tres_per_job), "gpus" },
	{ "TresPerNode", TEXT, AT(tres_per_node), "gres gpus-per-node" },
	{ "TresPerSocket", TEXT, AT(tres_per_socket), "gpus-per-socket" },
	{ "TresPerTask", TEXT, AT(tres_per_task), "gpus-per-task tres-per-task" },
	{ "CpusPerTres", TEXT, AT(cpus_per_tres), "cpus-per-gpu" },
	{ "MemPerTres", TEXT, AT(mem_per_tres), "mem-per-gpu" },
	{ "TresBind", TEXT, AT(tres_bind), "gpu-bind" },
	{ "TresFreq", TEXT, AT(tres_freq), "gpu-freq" },
	{ "Licenses", TEXT, AT(licenses), "licenses" },
	{ "ReqNodeList", TEXT, AT(req_nodes), "nodelist" },
	{ "ExcNodeList", TEXT, AT(exc_nodes), "exclude" },
	{ "ReqSwitch", U32, AT(req_switch), "switches" },
	{ "SwitchWait", U32, AT(wait4switch), "switches" },
	{ "Signal", U16, AT(warn_signal), "signal" },
	{ "SignalTime", U16, AT(warn_time), "signal" },
	{ "Contiguous", U16, AT(contiguous), "contiguous" },
	{ "CoreSpec", U16, AT(core_spec), "core-spec thread-spec" },
	{ "Overcommit", U8, AT(overcommit), "overcommit" },
	{ "Reboot", U16, AT(reboot), "reboot" },
	{ "TaskDist", HEX32, AT(task_dist), "distribution" },
	{ "Profile", U32, AT(profile), "profile" },
	{ "Container", TEXT, AT(container), "container" },
	{ "BurstBuffer", TEXT, AT(burst_buffer), "bb bbf" },
	{ "Network", TEXT, AT(network), "network" },
	{ "MCS_label", TEXT, AT(mcs_label), "mcs-label" },
	{ "MailType", HEX16, AT(mail_type), "mail-type" },
	{ "MailUser", TEXT, AT(mail_user), "mail-user" },
	{ "Dependency", TEXT, AT(dependency), "dependency" },
	{ "Requeue", U16, AT(requeue), "" },
	{ "WorkDir", TEXT, AT(work_dir), "chdir" },
	{ "StdIn", TEXT, AT(std_in), "" },
	{ "StdOut", TEXT, AT(std_out), "state-dir" },
	{ "Comment", TEXT, AT(comment), "comment session" },
};

static size_t size_of(enum field_kind kind)
{
	static const size_t sizes[] = {
		[TEXT] = sizeof(char *), [U8] = 1, [U16] = 2, [U32] = 4,
		[HEX16] = 2, [HEX32] = 4, [MINUTES] = 4,
		[EPOCH] = sizeof(time_t),
	};

	return sizes[kind];
}

static uint32_t number_of(const struct field *f, const void *at)
{
	switch (size_of(f->kind)) {
	case 1:
		return *(const uint8_t *)at;
	case 2:
		return *(const uint16_t *)at;
	default:
		return *(const uint32_t *)at;
	}
}

static void put_field(const struct field *f, const void *at, struct buf *out)
{
	const char *text;

	switch (f->kind) {
	case TEXT:
		text = *(char *const *)at;
		buf_puts(out, text);
		break;
	case MINUTES:
		buf_puts(out, number_of(f, at) == INFINITE ? "UNLIMITED" :
			timespan_text(number_of(f, at) * 60L).s);
		break;
	case EPOCH:
		buf_puts(out, timetext(TIMETEXT_ISO, *(const time_t *)at).s);
		break;
	case HEX16:
	case HEX32:
		buf_printf(out, "0x%x", (unsigned)number_of(f, at));
		break;
	default:
		buf_printf(out, "%u", (unsigned)number_of(f, at));
	}
}

static void describe_say(const char *name, const char *value,
	const char *options)
{
	struct buf out = { 0 };

	jobfield_put(&out, name, value, options);
	slurm_answer(&out);
}

static void say_field(const struct field *f, const job_desc_msg_t *desc,
	const job_desc_msg_t *begin)
{
	const char *at = (const char *)desc + f->at;
	struct buf value = { 0 };

	if (memcmp(at, (const char *)begin + f->at, size_of(f->kind)) == 0 ||
		(f->kind == TEXT && *(char *const *)(const void *)at == NULL))
		return;
	put_field(f, at, &value);
	buf_append(&value, "", 1);
	describe_say(f->name, buf_data(&value), f->options);
	buf_fini(&value);
}

/* Those of which one field says several things. */
static void say_rest(const job_desc_msg_t *desc, const job_desc_msg_t *begin)
{
	uint64_t mem = desc->pn_min_memory;
	char text[64];

	if (mem != begin->pn_min_memory) {
		snprintf(text, sizeof text, "%lluM",
			(unsigned long long)(mem & ~MEM_PER_CPU));
		describe_say(mem & MEM_PER_CPU ? "MinMemoryCPU" :
			"MinMemoryNode", text, "mem mem-per-cpu");
	}
	if (desc->shared != begin->shared)
		describe_say("OverSubscribe",
			desc->shared == JOB_SHARED_NONE ? "NO" :
			desc->shared == JOB_SHARED_USER ? "USER" :
			desc->shared == JOB_SHARED_MCS ? "MCS" : "YES",
			"exclusive oversubscribe");
	if (desc->nice != begin->nice) {
		snprintf(text, sizeof text, "%lld",
			(long long)desc->nice - NICE_OFFSET);
		describe_say("Nice", text, "nice");
	}
}

void slurm_describe(const struct kv *request)
{
	job_desc_msg_t begin;
	struct slurm_desc d;
	struct buf out = { 0 };

	slurm_make(&d, request, slurm_reach_init);
	slurm_desc_start(&d, request);
	slurm_init_job_desc_msg(&begin);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		say_field(&fields[i], &d.desc, &begin);
	say_rest(&d.desc, &begin);
	jobfield_put_env(&out, d.desc.env_size);
	slurm_answer(&out);
	jobfield_put_command(&out, request);
	slurm_answer(&out);
	slurm_desc_fini(&d);
}
