/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the job is: script, environment and resources. sbatch adds a dozen
 * things of its own to a job, the library adds none, so they are added here.
 */
#include "launch/slurm/slurm_desc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/timespan.h"
#include "launch/jobscript.h"
#include "launch/launch_request.h"
#include "launch/slurmjob.h"

int slurm_desc_options(struct salloc *options, const struct kv *request,
	struct err *e)
{
	char **words = mem_alloc((request->n + 1) * sizeof *words);
	const char *word;
	size_t pos = 0, n = 0;
	int rc;

	while ((word = kv_next(request, "option", &pos)))
		words[n++] = (char *)(uintptr_t)word;
	rc = salloc_parse(options, words, n, SLURM_RELEASE, e);
	free(words);
	return rc;
}

/* Without a plugin that binds tasks, srun complains about the word. */
int slurm_desc_binds_tasks(void)
{
	const char *plugin = slurm_conf.task_plugin;

	return plugin != NULL && (strstr(plugin, "affinity") != NULL ||
		strstr(plugin, "cgroup") != NULL);
}

static enum jobscript_nodes further_nodes(const job_desc_msg_t *j)
{
	if (j->max_nodes == 1)
		return JOBSCRIPT_ONE;
	return slurm_desc_binds_tasks() ? JOBSCRIPT_BOUND : JOBSCRIPT_SEVERAL;
}

int slurm_desc_step(struct buf *out, const struct slurm_desc *d,
	const struct kv *request, const char *epilog, struct err *e)
{
	char *more = NULL;
	long claim;
	int ret;

	if (kv_get(request, "claim") == NULL)
		more = mem_strdup("");
	else if (launch_request_number(request, "claim", TIMESPAN_MAX, &claim,
		e) == -1)
		return -1;
	else
		more = mem_printf(" --unclaimed-timeout=%lds", claim);
	ret = jobscript_step(out, request, further_nodes(&d->desc),
		&(const struct jobscript_step){ .epilog = epilog,
			.hello = SLURM_DESC_HELLO, .more = more }, e);
	free(more);
	return ret;
}

static void add_env(struct slurm_desc *d, char *word)
{
	d->env[d->desc.env_size++] = word;
}

/* Does PropagateResourceLimits of slurm.conf name this limit? */
static int propagates(const char *name)
{
	const char *only = slurm_conf.propagate_rlimits;
	const char *except = slurm_conf.propagate_rlimits_except;

	if (except)
		return strcasestr(except, name) == NULL;
	return only == NULL || strcasestr(only, "ALL") ||
		strcasestr(only, name);
}

/* Soft limits, as sbatch passes them; slurmd takes them out again. */
static void add_limits(struct slurm_desc *d)
{
	static const struct {
		const char *name;
		int resource;
	} limits[] = {
		{ "CPU", RLIMIT_CPU }, { "FSIZE", RLIMIT_FSIZE },
		{ "DATA", RLIMIT_DATA }, { "STACK", RLIMIT_STACK },
		{ "CORE", RLIMIT_CORE }, { "RSS", RLIMIT_RSS },
		{ "NPROC", RLIMIT_NPROC }, { "NOFILE", RLIMIT_NOFILE },
		{ "MEMLOCK", RLIMIT_MEMLOCK }, { "AS", RLIMIT_AS },
	};

	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit limit;

		if (propagates(limits[i].name) &&
			getrlimit(limits[i].resource, &limit) == 0)
			add_env(d, mem_printf("SLURM_RLIMIT_%s=%ju",
				limits[i].name, (uintmax_t)limit.rlim_cur));
	}
}

#if SLURM_GE(23, 11)
static int has_env(const struct slurm_desc *d, const char *word)
{
	size_t len = strcspn(word, "=") + 1;

	for (size_t i = 0; i < d->desc.env_size; i++)
		if (strncmp(d->env[i], word, len) == 0)
			return 1;
	return 0;
}

/*
 * How mpirun starts its daemons in a job, as sbatch says it to them; what the
 * user has set stays.
 */
static void add_mpi(struct slurm_desc *d)
{
	static const char *const words[] = {
		"OMPI_MCA_plm_slurm_args=--external-launcher",
		"PRTE_MCA_plm_slurm_args=--external-launcher",
		"HYDRA_BOOTSTRAP=slurm",
		"HYDRA_LAUNCHER_EXTRA_ARGS=--external-launcher",
		"I_MPI_HYDRA_BOOTSTRAP=slurm",
		"I_MPI_HYDRA_BOOTSTRAP_EXEC_EXTRA_ARGS=--external-launcher",
	};
	const char *params = slurm_conf.mpi_params;
	int no_hydra = params &&
		strstr(params, "disable_slurm_hydra_bootstrap");

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (!(no_hydra && strstr(words[i], "HYDRA_")) &&
			!has_env(d, words[i]))
			add_env(d, mem_strdup(words[i]));
}
#endif

#define ADDED_ENV_MAX 24

static void make_env(struct slurm_desc *d, const struct kv *request)
{
	static const char *const hints[] = {
		[SALLOC_COMPUTE_BOUND] = "compute_bound",
		[SALLOC_MEMORY_BOUND] = "memory_bound",
		[SALLOC_MULTITHREAD] = "multithread",
		[SALLOC_NOMULTITHREAD] = "nomultithread",
	};
	char host[256] = "";
	const char *word;
	size_t pos = 0;
	mode_t mask = umask(0);

	umask(mask);
	gethostname(host, sizeof host - 1);
	d->env = mem_alloc((request->n + ADDED_ENV_MAX) * sizeof *d->env);
	d->desc.env_size = 0;
	while ((word = kv_next(request, "env", &pos)))
		add_env(d, mem_strdup(word));
	add_env(d, mem_printf("SLURM_JOB_NAME=%s", d->name));
	add_env(d, mem_printf("SLURM_SUBMIT_DIR=%s",
		kv_get(request, "chdir")));
	add_env(d, mem_printf("SLURM_SUBMIT_HOST=%s", host));
	add_env(d, mem_printf("SLURM_UMASK=%04o", (unsigned)mask));
	add_env(d, mem_printf("SLURM_PRIO_PROCESS=%d",
		getpriority(PRIO_PROCESS, 0)));
	/*
	 * Programs in the job take their number of threads from it, and slurmd
	 * does not set it.
	 */
	if (slurm_tres_cpus(&d->options))
		add_env(d, mem_printf("SLURM_CPUS_PER_TASK=%u",
			slurm_tres_cpus(&d->options)));
	if (d->options.hint && d->options.threads_per_core == 0)
		add_env(d, mem_printf("SLURM_HINT=%s", hints[d->options.hint]));
	add_limits(d);
#if SLURM_GE(23, 11)
	add_mpi(d);
#endif
	d->desc.environment = d->env;
}

int slurm_desc_init(struct slurm_desc *d, const struct kv *request,
	struct err *e)
{
	static char dev_null[] = "/dev/null";
	const char *session = kv_get(request, "session");
	const char *tag = kv_get(request, "tag");
	const char *log = kv_get(request, "log");
	const char *dir = kv_get(request, "chdir");
	job_desc_msg_t *j = &d->desc;

	*d = (struct slurm_desc){ 0 };
	slurm_init_job_desc_msg(j);
	if (slurm_desc_options(&d->options, request, e) == -1)
		return -1;
	if (session == NULL || tag == NULL || log == NULL || dir == NULL)
		return err_set(e, "bad request: session, tag, log or chdir is missing");
	d->name = jobscript_name(d->options.job_name, session);
	/*
	 * By this the jobs of a session are known: slurmjob_mark(). The
	 * script does not look at it; Slurm shows it as the job's command.
	 * A comment alone may be changed while the job lives, also by a site's
	 * plugin.
	 */
	d->argv[0] = slurmjob_mark_text(session, tag);
	d->comment = jobscript_comment(d->argv[0], d->options.comment);
	d->dependency = jobscript_dependency(d->options.dependency);
	d->work_dir = jobscript_dir(d->options.chdir, dir);
	d->log = jobscript_output(log);
	if (slurm_ask(&d->tres, j, &d->options, e) == -1)
		return SLURM_DESC_REFUSED;
	if (jobscript_make(&d->script, request, further_nodes(j), e) == -1)
		return -1;
	make_env(d, request);

	j->name = d->name;
	j->argc = 1;
	j->argv = d->argv;
	j->comment = d->comment;
	j->work_dir = d->work_dir;
	j->script = buf_data(&d->script);
	j->std_in = dev_null;
	j->std_out = j->std_err = d->log;
	j->open_mode = OPEN_MODE_APPEND;
	j->dependency = d->dependency;
	/* The default would start a second agent after a node failure. */
	j->requeue = 0;
#if !SLURM_GE(23, 2)
	j->user_id = getuid();
	j->group_id = getgid();
#endif
	return 0;
}

void slurm_desc_allocate(struct slurm_desc *d)
{
	job_desc_msg_t *j = &d->desc;

	j->script = j->std_in = j->std_out = j->std_err = NULL;
	j->open_mode = 0;
}

void slurm_desc_start(struct slurm_desc *d, const struct kv *request)
{
	const char *start = kv_get(request, "start");

	if (start != NULL && strcmp(start, "allocation") == 0)
		slurm_desc_allocate(d);
}

void slurm_desc_fini(struct slurm_desc *d)
{
	for (uint32_t i = 0; d->env && i < d->desc.env_size; i++)
		free(d->env[i]);
	free(d->env);
	free(d->name);
	free(d->argv[0]);
	free(d->comment);
	free(d->dependency);
	free(d->work_dir);
	free(d->log);
	slurm_tres_fini(&d->tres);
	buf_fini(&d->script);
	salloc_fini(&d->options);
}
