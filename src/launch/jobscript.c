/* SPDX-License-Identifier: BSD-2-Clause */
/* Pure: no I/O, no clock, no globals. */
/*
 * What Slurm is told of a session's job beside its resources: one form for
 * libslurm and for sbatch, so that a job is the same by either. The script execs
 * the agent, so that the signals Slurm sends to the batch shell reach it.
 */
#include "launch/jobscript.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"

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

/*
 * As Slurm does; 73 is what an agent says that cannot write there. hello is the
 * last that is said to who has started us, or NULL.
 */
static void open_log(struct buf *out, const char *log, const char *hello)
{
	buf_puts(out, "log=");
	quote(out, log);
	buf_puts(out, "\ntrue >>\"$log\" || exit 73\n");
	if (hello != NULL)
		buf_printf(out, "echo %s\n", hello);
	buf_puts(out, "exec >>\"$log\" 2>&1\nunset log\n");
}

/* 127, as of a shell, where the program of that path cannot be run. */
static void test_program(struct buf *out, const char *path)
{
	buf_puts(out, "agent=");
	quote(out, path);
	buf_puts(out, "\nif test ! -f \"$agent\" || test ! -x \"$agent\"; then\n"
		"\techo \"vscode-remote-shell: $agent: missing or not executable on node ${SLURMD_NODENAME:-$(hostname)}\" >&2\n"
		"\texit 127\nfi\nunset agent\n");
}

/*
 * How the agent starts another on a node of the job: in a step that has all the
 * job has there, beside whatever else runs, and whose own choices no srun in it
 * takes for its user's. Since Slurm 23.11 srun takes what the job has for each task
 * for its own -c, and the step would have no more CPUs than that.
 */
static const char *const node_step[] = {
	"env", "-u", "SLURM_CPUS_PER_TASK", "-u", "SLURM_TRES_PER_TASK", "srun",
	"--job-name=vscode-remote-agent", "--overlap", "--nodes=1",
	"--ntasks=1", "--nodelist=%n", "--mem=0", "--mpi=none", "--export=ALL", "--input=none", NULL
};
static const char *const node_env[] = {
	"env", "-u", "SLURM_CPU_BIND", "-u", "SLURM_CPU_BIND_LIST",
	"-u", "SLURM_CPU_BIND_TYPE", "-u", "SLURM_CPU_BIND_VERBOSE", NULL
};
/* Which has them all the same. */
static const char *const node_given[] = {
	"SLURM_CPUS_PER_TASK", "SLURM_TRES_PER_TASK", NULL
};

static void add_step(struct buf *out, const char *const *words)
{
	for (; *words != NULL; words++)
		buf_printf(out, " --step=%s", *words);
}

/* Without a plugin that binds tasks, srun complains about the word. */
static void add_bind(struct buf *out, enum jobscript_nodes nodes)
{
	if (nodes == JOBSCRIPT_BOUND)
		buf_puts(out, " --step=--cpu-bind=none");
	else if (nodes == JOBSCRIPT_ASK)
		buf_puts(out, " $bind");
}

static void add_nodes(struct buf *out, enum jobscript_nodes nodes)
{
	buf_puts(out, "if test \"${SLURM_JOB_NUM_NODES:-1}\" -gt 1; then\n"
		"\tnodes=$(scontrol show hostnames \"$SLURM_JOB_NODELIST\" | grep -vxF \"$SLURMD_NODENAME\" | tr '\\n' ,)\n");
	if (nodes == JOBSCRIPT_ASK)
		buf_puts(out, "\tbind=\n"
			"\tscontrol show config | grep -Eq '^TaskPlugin .*(affinity|cgroup)' && bind=--step=--cpu-bind=none\n");
	buf_puts(out, "\tset -- \"$@\" \"--nodes=$SLURMD_NODENAME,$nodes\"");
	add_step(out, node_step);
	add_bind(out, nodes);
	add_step(out, node_env);
	for (const char *const *v = node_given; *v != NULL; v++)
		buf_printf(out, " ${%s:+\"--step=%s=$%s\"}", *v, *v, *v);
	buf_printf(out, "\n\tunset nodes%s\nfi\n",
		nodes == JOBSCRIPT_ASK ? " bind" : "");
}

/* --watch-parent, since the agent outlives a slurmstepd that was killed. */
static int exec_agent(struct buf *out, const struct kv *request,
	enum jobscript_nodes nodes, const char *more, struct err *e)
{
	const char *agent = kv_get(request, "command"), *word;
	size_t pos = 0;

	if (agent == NULL || agent[0] != '/')
		return err_set(e, "bad request: command is not absolute");
	test_program(out, agent);
	buf_puts(out, "set --");
	while ((word = kv_next(request, "command", &pos))) {
		buf_puts(out, " ");
		quote(out, word);
	}
	buf_printf(out, " --watch-parent%s\n", more);
	if (nodes != JOBSCRIPT_ONE)
		add_nodes(out, nodes);
	return 0;
}

int jobscript_make(struct buf *out, const struct kv *request,
	enum jobscript_nodes nodes, struct err *e)
{
	const char *log = kv_get(request, "log");

	buf_puts(out, "#!/bin/sh\n");
	if (!slurm_can_open(log))
		open_log(out, log, NULL);
	if (exec_agent(out, request, nodes, "", e) == -1)
		return -1;
	buf_puts(out, "exec \"$@\"\n");
	buf_append(out, "", 1);
	return 0;
}

int jobscript_step(struct buf *out, const struct kv *request,
	enum jobscript_nodes nodes, const struct jobscript_step *step,
	struct err *e)
{
	struct buf more = { 0 };
	int ret;

	/* slurmstepd runs it, unless it was killed itself. */
	buf_printf(&more, "%s --orphan-command=", step->more);
	quote(&more, step->epilog);
	buf_append(&more, "", 1);
	test_program(out, step->epilog);
	ret = exec_agent(out, request, nodes, buf_data(&more), e);
	buf_fini(&more);
	if (ret == -1)
		return -1;
	open_log(out, kv_get(request, "log"), step->hello);
	buf_puts(out, "exec \"$@\"\n");
	buf_append(out, "", 1);
	return 0;
}

/* Slurm takes '%' for the beginning of a pattern. */
char *jobscript_output(const char *log)
{
	struct buf out = { 0 };
	char *plain;

	if (!slurm_can_open(log))
		return mem_strdup("/dev/null");
	for (const char *p = log; *p; p++) {
		if (*p == '%')
			buf_puts(&out, "%");
		buf_append(&out, p, 1);
	}
	plain = mem_strndup(buf_data(&out), out.len);
	buf_fini(&out);
	return plain;
}

/*
 * "singleton" makes a job wait for all of the user's of that name. So behind a
 * name of the user's choice always stands the session: it may be that of his
 * other jobs, which a session should not wait for.
 */
char *jobscript_name(const char *given, const char *session)
{
	const char *base = given ? given : "vscode-remote-shell";

	if (given == NULL && strcmp(session, "default") == 0)
		return mem_strdup(base);
	return mem_printf("%s-%s", base, session);
}

char *jobscript_dir(const char *given, const char *dir)
{
	if (given == NULL)
		return mem_strdup(dir);
	if (given[0] == '/')
		return mem_strdup(given);
	return mem_printf("%s/%s", dir, given);
}

char *jobscript_comment(const char *mark, const char *given)
{
	return mem_printf("%s%s%s", mark, given ? "; " : "",
		given ? given : "");
}

char *jobscript_dependency(const char *given)
{
	return mem_printf("%s%ssingleton", given ? given : "",
		given ? "," : "");
}

int jobscript_cluster(const char *given, const char *own, struct err *e)
{
	for (const char *p = given; p != NULL && *p != '\0'; p += *p == ',') {
		size_t len = strcspn(p, ",");

		if ((len == 3 && strncasecmp(p, "all", 3) == 0) || (own != NULL &&
			strlen(own) == len && strncasecmp(p, own, len) == 0))
			return 0;
		p += len;
	}
	return given == NULL ? 0 :
		err_set(e, "--clusters=%.100s: this login node is of the cluster %s, and its sessions are there",
			given, own ? own : "without a name");
}
