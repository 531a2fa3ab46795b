/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What salloc and sbatch of Slurm 22.05 to 26.05 take: first the options that a
 * session's job can have, then those that mean nothing for it, each with the reason.
 * Where a release has another spelling of a value the parser knows it, or the one
 * who writes the job's description (launch/slurm/slurm_ask.c).
 */
#include "salloc/salloctable.h"

#include <stdint.h>
#include <string.h>

#include "salloc/sallocset.h"
#include "salloc/sallocval.h"

#define AT(member) .field = offsetof(struct salloc, member)
#define STRING(member) \
	.parse = sallocval_string, AT(member), .max = SALLOC_STRING_MAX
#define HOSTS(member) .parse = sallocval_hosts, AT(member), .max = 65000
#define COUNT(member, most) \
	.parse = sallocval_number, AT(member), .max = most
#define MEMORY(member) .parse = sallocval_memory, AT(member)
#define MINUTES(member) .parse = sallocval_time, AT(member)
#define GPUS(member, most) .parse = sallocval_gpus, AT(member), .max = most
#define ONE_OF(letter, release) .one_of = letter, .one_since = release
#define ENV(name) .env = name
#define SINCE(year, month) .since = SALLOC_RELEASE(year, month)
#define REFUSED(reason) .parse = sallocval_refuse, .why = reason
#define REFUSED_SBATCH(reason) REFUSED(reason), .only_sbatch = 1

#define OURS "the session sets this by itself"
#define ONE_AGENT "a session is one job with one agent"
#define LOCAL "it is about salloc or sbatch themselves, which are not run"
#define STAGED "nothing is staged for a session"
#define LAYOUT "how tasks lie on nodes means nothing for a session; give it to the jobs or steps that run in it"
#define BINDS "the session is not bound within its job; give it to srun in the session"
#define FREQUENCY "a frequency is set for a step; give it to srun in the session"
#define SYSTEM_CORES "cores of the system are not for editors"
#define OF_USER "a session is its user's own; --group is for workgroups"

const struct sallocrow salloctable[] = {
	{ "account", 'A', STRING(account), ENV("ACCOUNT") },
	{ "begin", 'b', .parse = sallocval_begin },
	{ "chdir", 'D', STRING(chdir) },
	{ "cluster", .alias = "clusters" },
	{ "clusters", 'M', STRING(clusters), ENV("CLUSTERS") },
	{ "comment", 0, STRING(comment) },
	{ "constraint", 'C', STRING(constraint), ENV("CONSTRAINT") },
	{ "container", 0, STRING(container), ENV("CONTAINER") },
	{ "cpus-per-gpu", 0, COUNT(cpus_per_gpu, 65533),
		ONE_OF('c', 0), ENV("CPUS_PER_GPU") },
	{ "cpus-per-task", 'c', COUNT(cpus_per_task, 65533),
		ONE_OF('c', 0) },
	{ "dependency", 'd', .parse = sallocval_dependency,
		AT(dependency), .max = 65000 },
	{ "exclude", 'x', HOSTS(exclude) },
	{ "exclusive", 0, SALLOC_MAY_HAVE_VALUE, .parse = sallocset_exclusive,
		ONE_OF('s', SALLOC_RELEASE(23, 2)), ENV("EXCLUSIVE") },
	{ "gpus", 'G', GPUS(gpus, SALLOC_STRING_MAX), ENV("GPUS") },
	{ "gpus-per-node", 0, GPUS(gpus_per_node, SALLOC_STRING_MAX / 2), ENV("GPUS_PER_NODE") },
	{ "gpus-per-task", 0, STRING(gpus_per_task),
		ENV("GPUS_PER_TASK") },
	{ "gres", 0, .parse = sallocval_gres, AT(gres),
		.max = SALLOC_STRING_MAX / 2, ENV("GRES") },
	{ "gres-flags", 0, .parse = sallocset_gres_flags, ENV("GRES_FLAGS") },
	{ "hint", 0, .parse = sallocset_hint, ENV("HINT") },
	{ "hold", 'H', SALLOC_NO_VALUE, .parse = sallocval_hold },
	{ "job-name", 'J', STRING(job_name), ENV("JOB_NAME") },
	{ "licenses", 'L', STRING(licenses) },
	{ "mail-type", 0, .parse = sallocset_mail_type },
	{ "mail-user", 0, STRING(mail_user) },
	{ "mcs-label", 0, STRING(mcs_label) },
	{ "mem", 0, MEMORY(mem), ONE_OF('m', 0), ENV("MEM_PER_NODE") },
	{ "mem-per-cpu", 0, MEMORY(mem_per_cpu), ONE_OF('m', 0), ENV("MEM_PER_CPU") },
	{ "mem-per-gpu", 0, MEMORY(mem_per_gpu), ONE_OF('m', 0), ENV("MEM_PER_GPU") },
	{ "mem-update", 0, .parse = sallocval_mem_update,
		SINCE(26, 5) },
	{ "mincpus", 0, COUNT(mincpus, 65533) },
	{ "nice", 0, SALLOC_MAY_HAVE_VALUE, .parse = sallocval_nice },
	{ "no-shell", 0, SALLOC_NO_VALUE, .parse = sallocval_nothing },
	{ "nodelist", 'w', HOSTS(nodelist) },
	{ "nodes", 'N', .parse = sallocval_nodes, AT(max_nodes) },
	{ "ntasks", 'n', COUNT(ntasks, INT32_MAX - 1) },
	{ "ntasks-per-node", 0, COUNT(ntasks_per_node, 65533) },
	{ "oversubscribe", 's', SALLOC_NO_VALUE, .parse = sallocset_oversubscribe,
		ONE_OF('s', SALLOC_RELEASE(23, 2)) },
	{ "partition", 'p', STRING(partition), ENV("PARTITION") },
	{ "prefer", 0, STRING(prefer) },
	{ "qos", 'q', STRING(qos), ENV("QOS") },
	{ "reservation", 0, STRING(reservation), ENV("RESERVATION") },
	{ "signal", 0, .parse = sallocset_signal, ENV("SIGNAL") },
	{ "switches", 0, .parse = sallocval_switches },
	{ "tasks-per-node", .alias = "ntasks-per-node" },
	{ "threads-per-core", 0, COUNT(threads_per_core, 65533), ENV("THREADS_PER_CORE") },
	{ "time", 't', MINUTES(time_limit), ENV("TIMELIMIT") },
	{ "time-min", 0, MINUTES(time_min) },
	{ "tmp", 0, MEMORY(tmp) },
	{ "tres-per-task", 0, STRING(tres_per_task),
		SINCE(23, 2), ENV("TRES_PER_TASK") },
	{ "wckey", 0, STRING(wckey), ENV("WCKEY") },
	/* Those people may try, with the reason why not. */
	{ "acctg-freq", 0, REFUSED("how often a job is sampled is left to the site"), ENV("ACCTG_FREQ") },
	{ "array", 'a', REFUSED_SBATCH(ONE_AGENT), ENV("ARRAY_INX") },
	{ "autocomplete", 0, REFUSED(LOCAL),
		SINCE(23, 2) },
	{ "batch", 0, REFUSED_SBATCH("the session runs on the first node of its job; --constraint says what nodes must have"), ENV("BATCH") },
	{ "bb", 0, REFUSED(STAGED), ENV("BURST_BUFFER") },
	{ "bbf", 0, REFUSED(STAGED) },
	{ "bell", 0, SALLOC_NO_VALUE, REFUSED(LOCAL), ENV("BELL") },
	{ "cluster-constraint", 0, REFUSED("it is for jobs that any cluster of a federation may take; name one by --clusters"), ENV("CLUSTER_CONSTRAINT") },
	{ "consolidate-segments", 0, SALLOC_NO_VALUE, REFUSED(LAYOUT), ENV("CONSOLIDATE_SEGMENTS"),
		SINCE(25, 11) },
	{ "container-id", 0, REFUSED("give the bundle itself, --container=PATH"), ENV("CONTAINER_ID"),
		SINCE(23, 2) },
	{ "container-type", 0, REFUSED("the container is the one that the site has set up"), ENV("CONTAINER_TYPE"),
		SINCE(26, 5) },
	{ "context", 0, REFUSED("the session has the context of its user") },
	{ "contiguous", 0, SALLOC_NO_VALUE, REFUSED(LAYOUT) },
	{ "core-spec", 'S', REFUSED(SYSTEM_CORES), ENV("CORE_SPEC") },
	{ "cores-per-socket", 0, REFUSED(LAYOUT) },
	{ "cpu-bind", 0, REFUSED_SBATCH(BINDS) },
	{ "cpu-freq", 0, REFUSED(FREQUENCY), ENV("CPU_FREQ_REQ") },
	{ "deadline", 0, REFUSED("a session ends at its time limit, see --time") },
	{ "delay-boot", 0, REFUSED("when nodes boot is left to the site"), ENV("DELAY_BOOT") },
	{ "distribution", 'm', REFUSED(BINDS), ENV("DISTRIBUTION") },
	{ "error", 'e', REFUSED_SBATCH(OURS), ENV("ERROR") },
	{ "export", 0, REFUSED_SBATCH("the session has the environment of a batch job; -e of vscode-remote-shell sets variables"), ENV("EXPORT") },
	{ "export-file", 0, REFUSED_SBATCH("the session has the environment of a batch job; -e of vscode-remote-shell sets variables") },
	{ "external", 0, SALLOC_NO_VALUE, REFUSED_SBATCH("a job without a program can have no session") },
	{ "extra", 0, REFUSED("it may choose nodes, as a site has set it up"),
		SINCE(23, 2) },
	{ "extra-node-info", 'B', REFUSED(LAYOUT) },
	{ "get-user-env", 0, SALLOC_MAY_HAVE_VALUE, REFUSED("the shells of a session are login shells already"), ENV("GET_USER_ENV") },
	{ "gid", 0, REFUSED(OF_USER) },
	{ "gpu-bind", 0, REFUSED(BINDS), ENV("GPU_BIND") },
	{ "gpu-freq", 0, REFUSED(FREQUENCY), ENV("GPU_FREQ") },
	{ "gpus-per-socket", 0, REFUSED("give --gpus or --gpus-per-node"), ENV("GPUS_PER_SOCKET") },
	{ "help", 'h', SALLOC_NO_VALUE, REFUSED(LOCAL) },
	{ "ignore-pbs", 0, SALLOC_NO_VALUE, REFUSED_SBATCH(OURS), ENV("IGNORE_PBS") },
	{ "immediate", 'I', SALLOC_MAY_HAVE_VALUE, REFUSED("a session waits in the queue as long as it must; `cancel` takes it back"), ENV("IMMEDIATE") },
	{ "input", 'i', REFUSED_SBATCH(OURS), ENV("INPUT") },
	{ "kill-command", 'K', SALLOC_MAY_HAVE_VALUE, REFUSED("there is no command on the login node that could be killed"), ENV("KILL_CMD") },
	{ "kill-on-invalid-dep", 0, REFUSED_SBATCH("--on-impossible of vscode-remote-shell says what becomes of a job that can never start") },
	{ "mem-bind", 0, REFUSED(BINDS), ENV("MEM_BIND") },
	{ "network", 0, REFUSED("it is for programs on several nodes; give it to srun in the session"), ENV("NETWORK") },
	{ "no-bell", 0, SALLOC_NO_VALUE, REFUSED(LOCAL), ENV("NO_BELL") },
	{ "no-kill", 'k', SALLOC_MAY_HAVE_VALUE, REFUSED("a session ends with its first node"), ENV("NO_KILL") },
	{ "no-requeue", 0, SALLOC_NO_VALUE, REFUSED_SBATCH("a session is never put back into the queue by itself"), ENV("NO_REQUEUE") },
	{ "nodefile", 'F', REFUSED("files of node names are not read here, give --nodelist") },
	{ "ntasks-per-core", 0, REFUSED(LAYOUT) },
	{ "ntasks-per-gpu", 0, REFUSED(LAYOUT) },
	{ "ntasks-per-socket", 0, REFUSED(LAYOUT) },
	{ "ntasks-per-tres", 0, REFUSED(LAYOUT) },
	{ "oom-kill-step", 0, SALLOC_MAY_HAVE_VALUE, REFUSED("the session is no step; give it to srun in the session"),
		SINCE(24, 11) },
	{ "open-mode", 0, REFUSED_SBATCH(OURS), ENV("OPEN_MODE") },
	{ "output", 'o', REFUSED_SBATCH(OURS), ENV("OUTPUT") },
	{ "overcommit", 'O', SALLOC_NO_VALUE, REFUSED(LAYOUT), ENV("OVERCOMMIT") },
	{ "parsable", 0, SALLOC_NO_VALUE, REFUSED_SBATCH(LOCAL) },
	{ "power", 0, REFUSED("no release of Slurm since 24.05 has it"), ENV("POWER") },
	{ "priority", 0, REFUSED("it is for operators, who say it by scontrol; --nice lowers it") },
	{ "profile", 0, REFUSED("a session is no step that is profiled; give it to srun in the session"), ENV("PROFILE") },
	{ "propagate", 0, SALLOC_MAY_HAVE_VALUE, REFUSED_SBATCH("the limits of the login node are passed on as slurm.conf says it") },
	{ "pty", 0, SALLOC_MAY_HAVE_VALUE, REFUSED_SBATCH("ssh -t gives a terminal") },
	{ "quiet", 'Q', SALLOC_NO_VALUE, REFUSED(LOCAL) },
	{ "reboot", 0, SALLOC_NO_VALUE, REFUSED("a node that has booted is lost time for everybody; ask for what it must have by --constraint") },
	{ "requeue", 0, SALLOC_MAY_HAVE_VALUE, REFUSED_SBATCH(ONE_AGENT), ENV("REQUEUE") },
	{ "resources", 0, REFUSED("give --licenses"),
		SINCE(25, 11) },
	{ "resv-ports", 0, SALLOC_MAY_HAVE_VALUE, REFUSED("it is for srun, give it there"),
		SINCE(23, 11) },
	{ "segment", 0, REFUSED(LAYOUT), ENV("SEGMENT_SIZE"),
		SINCE(24, 5) },
	{ "sockets-per-node", 0, REFUSED(LAYOUT) },
	{ "spread-job", 0, SALLOC_NO_VALUE, REFUSED(LAYOUT), ENV("SPREAD_JOB") },
	{ "spread-segments", 0, SALLOC_NO_VALUE, REFUSED(LAYOUT), ENV("SPREAD_SEGMENTS"),
		SINCE(25, 11) },
	{ "stepmgr", 0, SALLOC_NO_VALUE, REFUSED("a session has few steps"),
		SINCE(24, 5) },
	{ "test-only", 0, SALLOC_NO_VALUE, REFUSED_SBATCH("it makes no job") },
	{ "thread-spec", 0, REFUSED(SYSTEM_CORES), ENV("THREAD_SPEC") },
	{ "tres-bind", 0, REFUSED(BINDS), ENV("TRES_BIND"),
		SINCE(23, 11) },
	{ "uid", 0, REFUSED(OF_USER) },
	{ "usage", 0, SALLOC_NO_VALUE, REFUSED(LOCAL) },
	{ "use-min-nodes", 0, SALLOC_NO_VALUE, REFUSED(LAYOUT), ENV("USE_MIN_NODES") },
	{ "verbose", 'v', SALLOC_NO_VALUE, REFUSED(LOCAL), ENV("DEBUG") },
	{ "version", 'V', SALLOC_NO_VALUE, REFUSED(LOCAL) },
	{ "wait", 'W', SALLOC_MAY_HAVE_VALUE, REFUSED_SBATCH(LOCAL), ENV("WAIT") },
	{ "wait-all-nodes", 0, REFUSED("the session begins on its first node"), ENV("WAIT_ALL_NODES") },
	{ "wrap", 0, REFUSED_SBATCH(OURS) },
	{ "x11", 0, SALLOC_MAY_HAVE_VALUE, REFUSED("not for a batch job") },
	{ 0 }
};

_Static_assert(sizeof salloctable / sizeof *salloctable <= SALLOCTABLE_MAX,
	"more options than SALLOCTABLE_MAX");

const struct sallocrow *salloctable_behind(const struct sallocrow *row)
{
	return row->alias == NULL ? row :
		salloctable_find(row->alias, strlen(row->alias));
}

const struct sallocrow *salloctable_find(const char *name, size_t len)
{
	for (const struct sallocrow *row = salloctable; row->name != NULL; row++)
		if (strncmp(row->name, name, len) == 0 && row->name[len] == '\0')
			return salloctable_behind(row);
	return NULL;
}
