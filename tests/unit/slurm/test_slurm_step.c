/* SPDX-License-Identifier: BSD-2-Clause */
/* The agent's step in an allocation: words of srun, and what runs there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "launch/slurm/slurm_step.h"

static struct slurm_desc d;
static struct slurm_step step;
static struct kv kv;
static struct err e;

static int teardown(void **state)
{
	(void)state;
	slurm_step_fini(&step);
	step = (struct slurm_step){ 0 };
	slurm_desc_fini(&d);
	d = (struct slurm_desc){ 0 };
	kv_fini(&kv);
	kv = (struct kv){ 0 };
	return 0;
}

static int make(const char *more)
{
	struct buf b = { 0 };

	teardown(NULL);
	buf_printf(&b, "%ssession=default\ntag=0123456789abcdef\n"
		"command=/opt/agent\ncommand=--x=it's\nenv=A=1\n"
		"env=SLURM_CPU_BIND=no ne\nenv=SLURM_CONF=/c\nenv=SRUN_X=2\n"
		"log=/state/agent.log\nchdir=/home/u\n\n", more);
	assert_true(kv_parse(&kv, buf_data(&b), b.len, 1, NULL) > 0);
	buf_fini(&b);
	assert_int_equal(slurm_desc_init(&d, &kv, &e), 0);
	slurm_desc_allocate(&d);
	return slurm_step_init(&step, &d, &kv, &e);
}

static int has(char **list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return 1;
	return 0;
}

static const char *script(void)
{
	return step.argv[step.argc - 1];
}

/* A file or a script is a batch job's. */
static void describes_an_allocation(void **state)
{
	(void)state;
	assert_int_equal(make(""), 0);
	assert_null(d.desc.script);
	assert_null(d.desc.std_out);
	assert_string_equal(d.desc.dependency, "singleton");
	assert_string_equal(d.desc.argv[0],
		"vscode-remote-shell session=default tag=0123456789abcdef");
}

static void calls_srun(void **state)
{
	(void)state;
	assert_int_equal(make(""), 0);
	slurm_step_words(&step, 17, 1);
	assert_string_equal(step.argv[0], "srun");
	assert_null(step.argv[step.argc]);
	assert_true(has(step.argv, step.argc, "--jobid=17"));
	assert_true(has(step.argv, step.argc, "--interactive"));
	assert_false(has(step.argv, step.argc, "--overlap"));
	assert_true(has(step.argv, step.argc, "--chdir=/home/u"));
	slurm_step_words(&step, 18, 0);
	assert_true(has(step.argv, step.argc, "--jobid=18"));
	assert_false(has(step.argv, step.argc, "--interactive"));
	assert_true(has(step.argv, step.argc, "--overlap"));
	assert_true(has(step.argv, step.argc, "--ntasks=1"));
}

/* What srun would take for its own options comes to the session behind it. */
static void parts_the_environment(void **state)
{
	(void)state;
	assert_int_equal(make("option=--ntasks=3\n"), 0);
	slurm_step_words(&step, 17, 1);
	assert_true(has(step.env, step.n_env, "A=1"));
	assert_true(has(step.env, step.n_env, "SLURM_CONF=/c"));
	assert_null(step.env[step.n_env]);
	for (size_t i = 0; i < step.n_env; i++)
		assert_true(strncmp(step.env[i], "SLURM_CONF=", 11) == 0 ||
			(strncmp(step.env[i], "SLURM_", 6) != 0 &&
			strncmp(step.env[i], "SRUN_", 5) != 0));
	assert_non_null(strstr(script(), "export SLURM_CPU_BIND='no ne'\n"));
	assert_non_null(strstr(script(), "export SRUN_X=2\n"));
	assert_non_null(strstr(script(),
		"export SLURM_SUBMIT_DIR=/home/u\n"));
	assert_null(strstr(script(), "SLURM_RLIMIT_"));
	assert_non_null(strstr(script(), "unset SLURM_STEP_ID "));
	assert_non_null(strstr(script(),
		"export SLURM_NTASKS=3 SLURM_NPROCS=3\n"));
}

static void tells_what_was_allocated(void **state)
{
	static const struct {
		uint16_t cpus[3];
		uint32_t reps[3], n;
		const char *option, *per_node, *tasks;
	} rows[] = {
		{ { 4 }, { 1 }, 1, "", "4", "4" },
		{ { 4 }, { 2 }, 1, "", "4(x2)", "4(x2)" },
		{ { 4, 2 }, { 2, 1 }, 2, "", "4(x2),2", "4(x2),2" },
		{ { 4, 2 }, { 2, 1 }, 2, "option=--cpus-per-task=2\n",
			"4(x2),2", "2(x2),1" },
		{ { 3 }, { 1 }, 1, "option=--cpus-per-task=2\n", "3", "1" },
		{ { 1 }, { 1 }, 1, "option=--cpus-per-task=2\n", "1", "1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		uint16_t cpus[3];
		uint32_t reps[3];
		resource_allocation_response_msg_t r = {
			.node_cnt = 3, .node_list = (char *)"n[1-3]",
			.partition = (char *)"p", .num_cpu_groups = rows[i].n,
			.cpus_per_node = cpus, .cpu_count_reps = reps };
		char line[128];

		memcpy(cpus, rows[i].cpus, sizeof cpus);
		memcpy(reps, rows[i].reps, sizeof reps);
		assert_int_equal(make(rows[i].option), 0);
		slurm_step_allocated(&step, &r);
		slurm_step_words(&step, 17, 1);
		assert_non_null(strstr(script(),
			"export SLURM_JOB_NUM_NODES=3 SLURM_NNODES=3\n"));
		assert_non_null(strstr(script(),
			"export SLURM_JOB_NODELIST='n[1-3]'\n"));
		snprintf(line, sizeof line,
			"export SLURM_JOB_CPUS_PER_NODE='%s'\n",
			rows[i].per_node);
		assert_non_null(strstr(script(), line));
		snprintf(line, sizeof line,
			"export SLURM_TASKS_PER_NODE='%s'\n", rows[i].tasks);
		assert_non_null(strstr(script(), line));
	}
}

static void comes_before(const char *first, const char *second)
{
	const char *a = strstr(script(), first), *b = strstr(script(), second);

	assert_non_null(a);
	assert_non_null(b);
	assert_true(a < b);
}

static void runs_the_agent(void **state)
{
	(void)state;
	assert_int_equal(make("claim=60\n"), 0);
	slurm_step_words(&step, 17, 1);
	assert_non_null(strstr(script(), "set -- '/opt/agent' '--x=it'\\''s' "
		"--watch-parent --unclaimed-timeout=60s --orphan-command='/"));
	/* What is missing is said before who started it is let go. */
	comes_before("agent='/opt/agent'", "echo " SLURM_DESC_HELLO "\n");
	comes_before("end-allocation'", "echo " SLURM_DESC_HELLO "\n");
	comes_before("echo " SLURM_DESC_HELLO "\n",
		"exec >>\"$log\" 2>&1\n");
	assert_int_equal(make(""), 0);
	slurm_step_words(&step, 17, 1);
	assert_null(strstr(script(), "--unclaimed-timeout"));
	assert_int_equal(make("claim=x\n"), -1);
}

static void needs_srun(void **state)
{
	char *path = strdup(getenv("PATH"));

	(void)state;
	setenv("PATH", "/nonexistent", 1);
	assert_int_equal(make(""), -1);
	setenv("PATH", path, 1);
	free(path);
	assert_string_equal(e.text, "srun is not in PATH on this host, and an allocation needs it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(describes_an_allocation),
		cmocka_unit_test(calls_srun),
		cmocka_unit_test(parts_the_environment),
		cmocka_unit_test(tells_what_was_allocated),
		cmocka_unit_test(runs_the_agent),
		cmocka_unit_test(needs_srun),
	};

	return cmocka_run_group_tests_name("slurm_step", tests, NULL, teardown);
}
