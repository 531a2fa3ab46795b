/* SPDX-License-Identifier: BSD-2-Clause */
/* What is submitted: from a request to Slurm's description of a job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/stat.h>

#include "base/kv.h"
#include "launch/slurm/slurm_desc.h"

static struct slurm_desc d;
static struct kv kv;
static struct err e;

static int teardown(void **state)
{
	(void)state;
	slurm_desc_fini(&d);
	d = (struct slurm_desc){ 0 };
	kv_fini(&kv);
	kv = (struct kv){ 0 };
	return 0;
}

/* A request with these lines more: key=value, NULL at the end. */
static int make(const char *const *lines)
{
	static const char usual[] = "session=default\ntag=0123456789abcdef\n"
		"command=/opt/agent\ncommand=--tag=0123456789abcdef\n"
		"env=A=1\nlog=/state/agent.log\nchdir=/home/u\n";
	struct buf b = { 0 };

	teardown(NULL);
	for (; *lines != NULL; lines++)
		buf_printf(&b, "%s\n", *lines);
	/* The first of a key counts, so these come behind. */
	buf_puts(&b, usual);
	buf_puts(&b, "\n");
	assert_true(kv_parse(&kv, buf_data(&b), b.len, 1, NULL) > 0);
	buf_fini(&b);
	return slurm_desc_init(&d, &kv, &e);
}

#define MAKE(...) make((const char *const[]){ __VA_ARGS__ __VA_OPT__(,) NULL })

static const char *env(const char *name)
{
	size_t len = strlen(name);

	for (uint32_t i = 0; i < d.desc.env_size; i++)
		if (strncmp(d.desc.environment[i], name, len) == 0 &&
			d.desc.environment[i][len] == '=')
			return d.desc.environment[i] + len + 1;
	return "-";
}

static void is_as_sbatch_would(void **state)
{
	char mask[8];
	mode_t was = umask(0);

	(void)state;
	umask(was);
	snprintf(mask, sizeof mask, "%04o", (unsigned)was);
	assert_int_equal(MAKE(), 0);
	assert_string_equal(d.desc.name, "vscode-remote-shell");
	assert_string_equal(d.desc.argv[0],
		"vscode-remote-shell session=default tag=0123456789abcdef");
	assert_string_equal(d.desc.comment, d.desc.argv[0]);
	assert_string_equal(d.desc.dependency, "singleton");
	assert_int_equal(d.desc.requeue, 0);
	assert_string_equal(d.desc.work_dir, "/home/u");
	assert_string_equal(d.desc.std_out, "/state/agent.log");
	assert_string_equal(d.desc.std_in, "/dev/null");
	assert_int_equal(d.desc.open_mode, OPEN_MODE_APPEND);
	assert_int_equal(d.desc.min_nodes, 1);
	assert_int_equal(d.desc.max_nodes, 1);
	assert_int_equal(d.desc.min_cpus, 1);
	assert_int_equal(d.desc.num_tasks, NO_VAL);
	assert_string_equal(env("A"), "1");
	assert_string_equal(env("SLURM_JOB_NAME"), "vscode-remote-shell");
	assert_string_equal(env("SLURM_SUBMIT_DIR"), "/home/u");
	assert_string_equal(env("SLURM_UMASK"), mask);
	assert_string_not_equal(env("SLURM_RLIMIT_NOFILE"), "-");
	assert_string_equal(env("SLURM_CPUS_PER_TASK"), "-");
}

/* exec, so that Slurm's signals reach the agent; each word as it was. */
static void its_script_starts_the_agent(void **state)
{
	(void)state;
	assert_int_equal(MAKE("command=/opt/it's here/agent",
		"command=$(touch x) `y`"), 0);
	assert_non_null(strstr(d.desc.script,
		"agent='/opt/it'\\''s here/agent'\n"));
	assert_non_null(strstr(d.desc.script,
		"\nset -- '/opt/it'\\''s here/agent' '$(touch x) `y`' "));
	assert_non_null(strstr(d.desc.script,
		" --watch-parent\nexec \"$@\"\n"));
	assert_int_equal(strncmp(d.desc.script, "#!/bin/sh\n", 10), 0);
	assert_null(strstr(d.desc.script, "log="));
}

/* Whether the job has several is known when it runs; of one it is known now. */
static void its_script_tells_of_nodes(void **state)
{
	(void)state;
	assert_int_equal(MAKE("option=--nodes=1-2"), 0);
	assert_non_null(strstr(d.desc.script, "\"--nodes=$SLURMD_NODENAME,$nodes\" --step=env --step=-u --step=SLURM_CPUS_PER_TASK "));
	assert_non_null(strstr(d.desc.script, " --step=--nodelist=%n "));
	assert_non_null(strstr(d.desc.script, "\nexec \"$@\"\n"));
	assert_int_equal(MAKE("option=--nodes=1"), 0);
	assert_null(strstr(d.desc.script, "--step="));
}

static void has_a_name_of_the_session(void **state)
{
	(void)state;
	assert_int_equal(MAKE("session=gpu"), 0);
	assert_string_equal(d.desc.name, "vscode-remote-shell-gpu");
	/* "singleton" would wait for the user's other jobs of that name. */
	assert_int_equal(MAKE("option=--job-name=mine"), 0);
	assert_string_equal(d.desc.name, "mine-default");
	assert_int_equal(MAKE("option=--comment=hello"), 0);
	assert_string_equal(d.desc.comment,
		"vscode-remote-shell session=default tag=0123456789abcdef; hello");
}

static void takes_odd_paths(void **state)
{
	(void)state;
	assert_int_equal(MAKE("log=/a%j/100%.log"), 0);
	assert_string_equal(d.desc.std_out, "/a%%j/100%%.log");
	/* Slurm has no way to write a backslash: the script opens it. */
	assert_int_equal(MAKE("log=/a\\\\b/agent.log"), 0);
	assert_string_equal(d.desc.std_out, "/dev/null");
	assert_non_null(strstr(d.desc.script, "log='/a\\b/agent.log'\n"));
	assert_int_equal(MAKE("option=--chdir=sub"), 0);
	assert_string_equal(d.desc.work_dir, "/home/u/sub");
	assert_int_equal(MAKE("option=--chdir=/abs"), 0);
	assert_string_equal(d.desc.work_dir, "/abs");
}

static void asks_for_what_is_asked(void **state)
{
	(void)state;
	assert_int_equal(MAKE("option=--partition=gpu", "option=--gres=gpu:1",
		"option=--time=90", "option=--cpus-per-task=8",
		"option=--mem=4G", "option=--exclusive"), 0);
	assert_string_equal(d.desc.partition, "gpu");
	assert_string_equal(d.desc.tres_per_node,
		SLURM_GE(23, 11) ? "gres/gpu:1" : "gres:gpu:1");
	assert_int_equal(d.desc.time_limit, 90);
	assert_int_equal(d.desc.cpus_per_task, 8);
	assert_int_equal(d.desc.min_cpus, 8);
	assert_true(d.desc.pn_min_memory == 4096);
	assert_int_equal(d.desc.shared, JOB_SHARED_NONE);
	assert_string_equal(env("SLURM_CPUS_PER_TASK"), "8");
#if SLURM_GE(23, 2)
	assert_int_equal(MAKE("option=--tres-per-task=cpu=3"), 0);
	assert_string_equal(env("SLURM_CPUS_PER_TASK"), "3");
#endif
	assert_int_equal(MAKE("option=--mem-per-cpu=100",
		"option=--time=UNLIMITED"), 0);
	assert_true(d.desc.pn_min_memory == (100 | MEM_PER_CPU));
	assert_int_equal(d.desc.time_limit, INFINITE);
}

static void counts_nodes_and_tasks(void **state)
{
	(void)state;
	assert_int_equal(MAKE("option=-N", "option=2-4", "option=-n",
		"option=6", "option=-c", "option=2"), 0);
	assert_int_equal(d.desc.min_nodes, 2);
	assert_int_equal(d.desc.max_nodes, 4);
	assert_int_equal(d.desc.num_tasks, 6);
	assert_int_equal(d.desc.min_cpus, 12);
	assert_int_equal(MAKE("option=-N", "option=4096"), 0);
	assert_int_equal(d.desc.min_nodes, 4096);
	assert_int_equal(MAKE("option=--nodelist=n[1-3],n2"), 0);
	assert_int_equal(d.desc.min_nodes, 3);
	assert_string_equal(d.desc.req_nodes, "n[1-3],n2");
}

static void refuses_what_it_does_not_know(void **state)
{
	static const char *const missing[] = { "session", "log", "chdir",
		"tag" };

	(void)state;
	assert_int_equal(MAKE("option=--nonsense"), -1);
	assert_non_null(strstr(e.text, "--nonsense"));
	assert_int_equal(MAKE("command=agent"), -1);
	assert_string_equal(e.text, "bad request: command is not absolute");
	for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
		assert_int_equal(MAKE(), 0);
		slurm_desc_fini(&d);
		for (size_t k = 0; k < kv.n; k++)
			if (strcmp(kv.pairs[k].key, missing[i]) == 0)
				kv.pairs[k].key[0] = 'x';
		assert_int_equal(slurm_desc_init(&d, &kv, &e), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(is_as_sbatch_would, teardown),
		cmocka_unit_test_teardown(its_script_starts_the_agent, teardown),
		cmocka_unit_test_teardown(its_script_tells_of_nodes, teardown),
		cmocka_unit_test_teardown(has_a_name_of_the_session, teardown),
		cmocka_unit_test_teardown(takes_odd_paths, teardown),
		cmocka_unit_test_teardown(asks_for_what_is_asked, teardown),
		cmocka_unit_test_teardown(counts_nodes_and_tasks, teardown),
		cmocka_unit_test_teardown(refuses_what_it_does_not_know,
			teardown),
	};

	return cmocka_run_group_tests_name("slurm_desc", tests, NULL, NULL);
}
