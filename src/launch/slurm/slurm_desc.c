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

int slurm_desc_options(struct salloc *options, const struct kv *request,
	struct err *e)
{
	char **words = mem_alloc((request->n + 1) * sizeof *words);
	const char *word;
	size_t pos = 0, n = 0;
	int rc;

	while ((word = kv_next(request, "option", &pos)))
		words[n++] = (char *)(uintptr_t)word;
	rc = salloc_parse(options, words, n, e);
	free(words);
	return rc;
}

static void quote(struct buf *out, const char *word)
{
	buf_puts(out, "'");
	for (const char *p = word; *p; p++) {
		if (*p == '\'')
			buf_puts(out, "'\\''");
		else
			buf_append(out, p, 1);
	}
	buf_puts(out, "'");
}

/*
 * A backslash in the path of a job's output takes the meaning from all patterns
 * there, and is itself left out: Slurm has no way to write one.
 */
static int slurm_can_open(const char *path)
{
	return strchr(path, '\\') == NULL;
}

/* As Slurm does; 73 is what an agent says that cannot write there. */
static void open_log(struct buf *out, const char *log)
{
	buf_puts(out, "log=");
	quote(out, log);
	buf_puts(out, "\ntrue >>\"$log\" || exit 73\n"
		"exec >>\"$log\" 2>&1\nunset log\n");
}

/*
 * exec, so that the signals Slurm sends to the batch shell reach the agent.
 * --watch-parent, since the agent outlives a slurmstepd that was killed.
 */
static int make_script(struct buf *out, const struct kv *request,
	const char *log, struct err *e)
{
	const char *agent = kv_get(request, "command"), *word;
	size_t pos = 0;

	if (agent == NULL || agent[0] != '/')
		return err_set(e, "bad request: command is not absolute");
	buf_puts(out, "#!/bin/sh\n");
	if (!slurm_can_open(log))
		open_log(out, log);
	buf_puts(out, "agent=");
	quote(out, agent);
	buf_puts(out, "\nif test ! -f \"$agent\" || test ! -x \"$agent\"; then\n"
		"\techo \"vscode-remote-shell: $agent: missing or not executable on node ${SLURMD_NODENAME:-$(hostname)}\" >&2\n"
		"\texit 127\nfi\nunset agent\nexec");
	while ((word = kv_next(request, "command", &pos))) {
		buf_puts(out, " ");
		quote(out, word);
	}
	buf_puts(out, " --watch-parent\n");
	buf_append(out, "", 1);
	return 0;
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
	if (d->options.cpus_per_task)
		add_env(d, mem_printf("SLURM_CPUS_PER_TASK=%u",
			d->options.cpus_per_task));
	add_limits(d);
#if SLURM_GE(23, 11)
	add_mpi(d);
#endif
	d->desc.environment = d->env;
}

/*
 * Escape a path for a job's output, where Slurm takes '%' for the beginning of
 * a pattern.
 */
static char *plain_path(const char *path)
{
	struct buf out = { 0 };
	char *plain;

	for (const char *p = path; *p; p++) {
		if (*p == '%')
			buf_puts(&out, "%");
		buf_append(&out, p, 1);
	}
	plain = mem_strndup(buf_data(&out), out.len);
	buf_fini(&out);
	return plain;
}

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

static void ask_size(job_desc_msg_t *j, const struct salloc *o)
{
	uint32_t ntasks = o->ntasks;
	uint64_t cpus;

	j->min_nodes = j->max_nodes = 1;
	if (o->min_nodes) {
		j->min_nodes = o->min_nodes;
		j->max_nodes = o->max_nodes;
	} else if (o->nodelist) {
		j->min_nodes = j->max_nodes = count_hosts(o->nodelist);
	}
	if (ntasks == 0) {
		ntasks = j->min_nodes;
	} else {
		j->bitflags |= JOB_NTASKS_SET;
		if (ntasks < j->min_nodes)
			j->min_nodes = ntasks;
	}
	cpus = ntasks;
	if (o->cpus_per_task) {
		cpus *= o->cpus_per_task;
		j->bitflags |= JOB_CPUS_SET;
		j->cpus_per_task = (uint16_t)o->cpus_per_task;
		j->pn_min_cpus = (uint16_t)o->cpus_per_task;
	}
	/* Unless asked for: SLURM_NTASKS would be one for nested jobs, too. */
	if (o->ntasks)
		j->num_tasks = ntasks;
	j->min_cpus = cpus < NO_VAL ? (uint32_t)cpus : NO_VAL - 1;
	if (o->time_limit)
		j->time_limit = o->time_limit == SALLOC_UNLIMITED ? INFINITE :
			o->time_limit;
	if (o->mem != SALLOC_MEM_UNSET)
		j->pn_min_memory = o->mem;
	else if (o->mem_per_cpu != SALLOC_MEM_UNSET)
		j->pn_min_memory = o->mem_per_cpu | MEM_PER_CPU;
	if (o->exclusive)
		j->shared = o->exclusive == SALLOC_EXCLUSIVE_USER ?
			JOB_SHARED_USER :
			o->exclusive == SALLOC_EXCLUSIVE_MCS ? JOB_SHARED_MCS :
			JOB_SHARED_NONE;
}

static void ask_resources(struct slurm_desc *d)
{
	const struct salloc *o = &d->options;
	job_desc_msg_t *j = &d->desc;

	j->partition = o->partition;
	j->account = o->account;
	j->qos = o->qos;
	j->features = o->constraint;
	j->reservation = o->reservation;
	j->licenses = o->licenses;
	j->wckey = o->wckey;
	j->exc_nodes = o->exclude;
	j->req_nodes = o->nodelist;
	j->tres_per_job = o->gpus;
	if (o->gres && o->gpus_per_node)
		d->tres_per_node = mem_printf("%s,%s", o->gpus_per_node,
			o->gres);
	else if (o->gres || o->gpus_per_node)
		d->tres_per_node = mem_strdup(o->gres ? o->gres :
			o->gpus_per_node);
	j->tres_per_node = d->tres_per_node;
	ask_size(j, o);
}

/*
 * "singleton" makes a job wait for all of the user's of that name. So behind a
 * name of the user's choice always stands the session: it may be that of his
 * other jobs, which a session should not wait for.
 */
static char *job_name(const struct salloc *o, const char *session)
{
	const char *base = o->job_name ? o->job_name : "vscode-remote-shell";

	if (o->job_name == NULL && strcmp(session, "default") == 0)
		return mem_strdup(base);
	return mem_printf("%s-%s", base, session);
}

static char *work_dir(const struct salloc *o, const char *dir)
{
	if (o->chdir == NULL)
		return mem_strdup(dir);
	if (o->chdir[0] == '/')
		return mem_strdup(o->chdir);
	return mem_printf("%s/%s", dir, o->chdir);
}

int slurm_desc_init(struct slurm_desc *d, const struct kv *request,
	struct err *e)
{
	static char dev_null[] = "/dev/null", singleton[] = "singleton";
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
	d->name = job_name(&d->options, session);
	/*
	 * By this the jobs of a session are known: slurm_job_mark(). The
	 * script does not look at it; Slurm shows it as the job's command.
	 * A comment alone may be changed while the job lives, also by a site's
	 * plugin.
	 */
	d->argv[0] = mem_printf("vscode-remote-shell session=%s tag=%s",
		session, tag);
	d->comment = mem_printf("%s%s%s", d->argv[0],
		d->options.comment ? "; " : "",
		d->options.comment ? d->options.comment : "");
	d->work_dir = work_dir(&d->options, dir);
	d->log = slurm_can_open(log) ? plain_path(log) : mem_strdup(dev_null);
	if (make_script(&d->script, request, log, e) == -1)
		return -1;
	make_env(d, request);
	ask_resources(d);

	j->name = d->name;
	j->argc = 1;
	j->argv = d->argv;
	j->comment = d->comment;
	j->work_dir = d->work_dir;
	j->script = buf_data(&d->script);
	j->std_in = dev_null;
	j->std_out = j->std_err = d->log;
	j->open_mode = OPEN_MODE_APPEND;
	/* Two fronts that race must not make two agents. */
	j->dependency = singleton;
	/* The default would start a second agent after a node failure. */
	j->requeue = 0;
#if !SLURM_GE(23, 2)
	j->user_id = getuid();
	j->group_id = getgid();
#endif
	return 0;
}

void slurm_desc_fini(struct slurm_desc *d)
{
	for (uint32_t i = 0; d->env && i < d->desc.env_size; i++)
		free(d->env[i]);
	free(d->env);
	free(d->name);
	free(d->argv[0]);
	free(d->comment);
	free(d->work_dir);
	free(d->log);
	free(d->tres_per_node);
	buf_fini(&d->script);
	salloc_fini(&d->options);
}
