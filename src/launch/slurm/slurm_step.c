/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Words, environment and script of the agent's step. The step's own variables
 * are those of one task, and would be taken for the user's choice by each srun
 * and mpirun of the session: they go, and what a batch job has comes in their
 * place.
 */
#include "launch/slurm/slurm_step.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/shellword.h"

#define EPILOG "end-allocation"

/* A batch job has none of these, or not of a step. */
static const char *const of_step[] = {
	"SLURM_STEP_ID", "SLURM_STEPID", "SLURM_STEP_NODELIST",
	"SLURM_STEP_NUM_NODES", "SLURM_STEP_NUM_TASKS",
	"SLURM_STEP_TASKS_PER_NODE", "SLURM_STEP_LAUNCHER_PORT",
	"SLURM_STEP_RESV_PORTS", "SLURM_SRUN_COMM_HOST", "SLURM_SRUN_COMM_PORT",
	"SLURM_LAUNCH_NODE_IPADDR", "SLURM_DISTRIBUTION", "SLURM_MPI_TYPE",
	"SLURM_NTASKS", "SLURM_NPROCS", "SLURM_UMASK", "SLURM_CPU_BIND",
	"SLURM_CPU_BIND_LIST", "SLURM_CPU_BIND_TYPE", "SLURM_CPU_BIND_VERBOSE",
	"SLURM_JOB_CPUS_PER_NODE_PACK_GROUP_0", "SRUN_DEBUG",
};

/* srun makes these itself, of what it sees. */
static int is_of_srun(const char *word)
{
	static const char *const names[] = {
		"SLURM_RLIMIT_", "SLURM_UMASK=", "SLURM_PRIO_PROCESS=",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strncmp(word, names[i], strlen(names[i])) == 0)
			return 1;
	return 0;
}

/* What srun takes for options, and the session should have all the same. */
static int is_for_script(const char *word)
{
	return strncmp(word, "SLURM_CONF=", 11) != 0 &&
		(strncmp(word, "SLURM_", 6) == 0 ||
		strncmp(word, "SRUN_", 5) == 0);
}

static void export(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "export %s=", name);
	shellword_put(out, value);
	buf_puts(out, "\n");
}

static void export_word(struct buf *out, const char *word)
{
	char *name = mem_strndup(word, strcspn(word, "="));

	if (word[strlen(name)] == '=')
		export(out, name, word + strlen(name) + 1);
	free(name);
}

static void split_env(struct slurm_step *s, const struct slurm_desc *d)
{
	s->env = mem_alloc((d->desc.env_size + 1) * sizeof *s->env);
	buf_puts(&s->vars, "unset");
	for (size_t i = 0; i < sizeof of_step / sizeof *of_step; i++)
		buf_printf(&s->vars, " %s", of_step[i]);
	buf_puts(&s->vars, "\nread -r HOSTNAME </proc/sys/kernel/hostname\n"
		"export HOSTNAME\n");
	for (uint32_t i = 0; i < d->desc.env_size; i++) {
		if (is_of_srun(d->env[i]))
			continue;
		if (is_for_script(d->env[i]))
			export_word(&s->vars, d->env[i]);
		else
			s->env[s->n_env++] = mem_strdup(d->env[i]);
	}
}

/* Beside us, and on the nodes at the same place, as the agent is. */
static char *find_epilog(void)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	if (n <= 0)
		return NULL;
	self[n] = '\0';
	return mem_printf("%s/" EPILOG, dirname(self));
}

static int has_srun(void)
{
	char *dirs = mem_strdup(getenv("PATH") ? getenv("PATH") : "");
	char *save = NULL, *dir;
	int found = 0;

	for (dir = strtok_r(dirs, ":", &save); dir != NULL && !found;
		dir = strtok_r(NULL, ":", &save)) {
		char *path = mem_printf("%s/srun", dir);

		found = access(path, X_OK) == 0;
		free(path);
	}
	free(dirs);
	return found;
}

int slurm_step_init(struct slurm_step *s, const struct slurm_desc *d,
	const struct kv *request, struct err *e)
{
	*s = (struct slurm_step){ .epilog = find_epilog() };
	if (!has_srun())
		return err_set(e, "srun is not in PATH on this host, and an allocation needs it");
	if (s->epilog == NULL)
		return err_set(e, "cannot find our own folder: %s",
			strerror(errno));
	s->dir = mem_strdup(d->work_dir);
	s->cpus_per_task = slurm_tres_cpus(&d->options);
	if (s->cpus_per_task == 0)
		s->cpus_per_task = 1;
	split_env(s, d);
	if (d->options.ntasks != 0) {
		buf_printf(&s->vars, "export SLURM_NTASKS=%u SLURM_NPROCS=%u\n",
			d->options.ntasks, d->options.ntasks);
	}
	return slurm_desc_step(&s->script, d, request, s->epilog, e);
}

/* As Slurm writes a number for each node: "4(x2),2"; of so many CPUs each. */
static void put_counts(struct buf *out, const char *name,
	const resource_allocation_response_msg_t *r, uint32_t cpus)
{
	buf_printf(out, "export %s='", name);
	for (uint32_t i = 0; i < r->num_cpu_groups; i++) {
		uint32_t n = r->cpus_per_node[i] / cpus;

		buf_printf(out, "%s%u", i ? "," : "", n > 0 ? n : 1);
		if (r->cpu_count_reps[i] > 1)
			buf_printf(out, "(x%u)", r->cpu_count_reps[i]);
	}
	buf_puts(out, "'\n");
}

void slurm_step_allocated(struct slurm_step *s,
	const resource_allocation_response_msg_t *r)
{
	struct buf *out = &s->vars;

	buf_printf(out, "export SLURM_JOB_NUM_NODES=%u SLURM_NNODES=%u\n",
		r->node_cnt, r->node_cnt);
	if (r->node_list != NULL) {
		export(out, "SLURM_JOB_NODELIST", r->node_list);
		export(out, "SLURM_NODELIST", r->node_list);
	}
	if (r->partition != NULL)
		export(out, "SLURM_JOB_PARTITION", r->partition);
	if (r->account != NULL)
		export(out, "SLURM_JOB_ACCOUNT", r->account);
	if (r->qos != NULL)
		export(out, "SLURM_JOB_QOS", r->qos);
	if (slurm_conf.cluster_name != NULL)
		export(out, "SLURM_CLUSTER_NAME", slurm_conf.cluster_name);
	put_counts(out, "SLURM_JOB_CPUS_PER_NODE", r, 1);
	put_counts(out, "SLURM_TASKS_PER_NODE", r, s->cpus_per_task);
}

static void add_word(struct slurm_step *s, char *word)
{
	s->argv[s->argc++] = word;
}

void slurm_step_words(struct slurm_step *s, uint32_t job, int interactive)
{
	static const char *const fixed[] = {
		"--job-name=" SLURM_STEP_NAME, "--mpi=none",
		"--input=none", "--export=ALL", "--quiet",
	};
	static const char *const shared[] = {
		"--overlap", "--nodes=1", "--ntasks=1", "--mem=0",
	};
	struct buf text = { 0 };

	for (size_t i = 0; i < s->argc; i++)
		free(s->argv[i]);
	free(s->argv);
	s->argc = 0;
	s->argv = mem_alloc(20 * sizeof *s->argv);
	add_word(s, mem_strdup("srun"));
	add_word(s, mem_printf("--jobid=%u", job));
	if (interactive)
		add_word(s, mem_strdup("--interactive"));
	for (size_t i = 0; !interactive &&
		i < sizeof shared / sizeof *shared; i++)
		add_word(s, mem_strdup(shared[i]));
	for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
		add_word(s, mem_strdup(fixed[i]));
	if (slurm_desc_binds_tasks())
		add_word(s, mem_strdup("--cpu-bind=none"));
	add_word(s, mem_printf("--chdir=%s", s->dir));
	add_word(s, mem_printf("--task-epilog=%s", s->epilog));
	add_word(s, mem_strdup("/bin/sh"));
	add_word(s, mem_strdup("-c"));
	buf_append(&text, buf_data(&s->vars), s->vars.len);
	buf_append(&text, buf_data(&s->script), s->script.len);
	add_word(s, mem_strndup(buf_data(&text), text.len));
	buf_fini(&text);
}

void slurm_step_fini(struct slurm_step *s)
{
	for (size_t i = 0; i < s->argc; i++)
		free(s->argv[i]);
	for (size_t i = 0; i < s->n_env; i++)
		free(s->env[i]);
	free(s->argv);
	free(s->env);
	free(s->epilog);
	free(s->dir);
	buf_fini(&s->script);
	buf_fini(&s->vars);
}
