/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of salloc in the fields of Slurm's description of a job. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "launch/slurm/slurm_ask.h"

static job_desc_msg_t j;
static struct slurm_tres tres;
static struct salloc o;
static struct err e;

static int teardown(void **state)
{
	(void)state;
	slurm_tres_fini(&tres);
	salloc_fini(&o);
	return 0;
}

/* Words separated by '|'. */
static int make(const char *text)
{
	char *copy = mem_strdup(text), *p = copy, *words[16];
	size_t n = 0;
	int rc;

	teardown(NULL);
	while (p != NULL && *text != '\0')
		words[n++] = strsep(&p, "|");
	slurm_init_job_desc_msg(&j);
	rc = salloc_parse(&o, words, n, SLURM_RELEASE, &e);
	if (rc == 0)
		rc = slurm_ask(&tres, &j, &o, &e);
	free(copy);
	return rc;
}

#if SLURM_GE(23, 11)
#define GRES "gres/"
#else
#define GRES "gres:"
#endif
#if SLURM_GE(24, 5)
#define IS "="
#else
#define IS ":"
#endif

static void strings(void **state)
{
	static const struct {
		const char *word;
		size_t field;
		const char *want;
	} rows[] = {
#define ROW(word, field, want) { word, offsetof(job_desc_msg_t, field), want }
		ROW("--partition=a,b", partition, "a,b"),
		ROW("--account=a", account, "a"), ROW("--qos=q", qos, "q"),
		ROW("--constraint=a&b", features, "a&b"),
		ROW("--prefer=a", prefer, "a"),
		ROW("--reservation=r", reservation, "r"),
		ROW("--licenses=m:2", licenses, "m:2"),
		ROW("--wckey=w", wckey, "w"),
		ROW("--mcs-label=l", mcs_label, "l"),
		ROW("--mail-user=u", mail_user, "u"),
		ROW("--container=/c", container, "/c"),
		ROW("--exclude=n1", exc_nodes, "n1"),
		ROW("--nodelist=n1", req_nodes, "n1"),
		ROW("--gpus=a:1,b:2", tres_per_job,
			GRES "gpu:a:1," GRES "gpu:b:2"),
		ROW("--gpus-per-node=2", tres_per_node, GRES "gpu:2"),
		ROW("--gres=a:2", tres_per_node, GRES "a:2"),
		ROW("--gres=a|--gpus-per-node=2", tres_per_node,
			GRES "gpu:2," GRES "a"),
		ROW("--cpus-per-gpu=3", cpus_per_tres, GRES "gpu:3"),
		ROW("--mem-per-gpu=2G", mem_per_tres, GRES "gpu:2048"),
		ROW("--gpus-per-task=2", tres_per_task, GRES "gpu" IS "2"),
		ROW("--gpus-per-task=a:2,b:1", tres_per_task,
			GRES "gpu:a" IS "2," GRES "gpu:b" IS "1"),
#if SLURM_GE(23, 2)
		ROW("--tres-per-task=cpu=2", tres_per_task, "cpu=2"),
#endif
#if SLURM_GE(23, 11)
		ROW("-c3", tres_per_task, "cpu" IS "3"),
		ROW("-c3|--gpus-per-task=a:2", tres_per_task,
			"cpu" IS "3,gres/gpu:a" IS "2"),
		ROW("--tres-per-task=gres:gpu:1,license:x:2", tres_per_task,
			"gres/gpu:1,license/x:2"),
		ROW("-c3|--tres-per-task=license/x:2", tres_per_task,
			"cpu" IS "3,license/x:2"),
		ROW("--gpus-per-task=2", tres_bind, "gres/gpu:per_task:2"),
		ROW("--gpus-per-task=a:2,b:1", tres_bind,
			"gres/gpu:per_task:3"),
		ROW("--tres-per-task=cpu=2,gres/gpu,gres/nvme:x,gres/b=0,gres/c:4",
			tres_bind,
			"gres/nvme:per_task:1+gres/c:per_task:4+gres/gpu:per_task:1"),
#endif
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *got;

		if (make(rows[i].word) == -1)
			fail_msg("%s: %s", rows[i].word, e.text);
		got = *(char **)(void *)((char *)&j + rows[i].field);
		if (got == NULL || strcmp(got, rows[i].want) != 0)
			fail_msg("%s: %s", rows[i].word, got ? got : "nothing");
	}
}

static void numbers(void **state)
{
	(void)state;
	assert_int_equal(make("--time=1:00:00|--time-min=30"), 0);
	assert_int_equal(j.time_limit, 60);
	assert_int_equal(j.time_min, 30);
	assert_int_equal(make("--time=0|--time-min=unlimited"), 0);
	assert_int_equal(j.time_limit, INFINITE);
	assert_int_equal(j.time_min, INFINITE);
	assert_int_equal(make("--tmp=2G|--mem-per-cpu=1G"), 0);
	assert_int_equal(j.pn_min_tmp_disk, 2048);
	assert_true(j.pn_min_memory == (1024 | MEM_PER_CPU));
	assert_int_equal(make("--switches=2@1:00"), 0);
	assert_int_equal(j.req_switch, 2);
	assert_int_equal(j.wait4switch, 60);
	assert_int_equal(make("--nice"), 0);
	assert_true(j.nice == NICE_OFFSET + 100u);
	assert_int_equal(make("--nice=-5"), 0);
	assert_true(j.nice == NICE_OFFSET - 5u);
	assert_int_equal(make(""), 0);
	assert_true(j.nice == NO_VAL);
	assert_true(j.priority == NO_VAL);
	assert_int_equal(make("-H"), 0);
	assert_int_equal(j.priority, 0);
}

static void sizes(void **state)
{
	static const struct {
		const char *words;
		uint32_t min_nodes, max_nodes, tasks, cpus;
		uint16_t pn_cpus, per_task, per_node;
	} rows[] = {
		{ "", 1, 1, NO_VAL, 1, NO_VAL16, NO_VAL16, NO_VAL16 },
		{ "-c4", 1, 1, NO_VAL, 4, 4, 4, NO_VAL16 },
		{ "-c4|--mincpus=8", 1, 1, NO_VAL, 4, 8, 4, NO_VAL16 },
		{ "-c4|--mincpus=2", 1, 1, NO_VAL, 4, 4, 4, NO_VAL16 },
		{ "--mincpus=2", 1, 1, NO_VAL, 1, 2, NO_VAL16, NO_VAL16 },
		{ "-n3|-c2", 1, 1, 3, 6, 2, 2, NO_VAL16 },
		{ "-N2-4|-n6", 2, 4, 6, 6, NO_VAL16, NO_VAL16, NO_VAL16 },
		{ "-N2|--ntasks-per-node=3", 2, 2, 6, 6, NO_VAL16, NO_VAL16, 3 },
		{ "--ntasks-per-node=3|-c2", 1, 1, 3, 6, 2, 2, 3 },
		{ "-N1|--threads-per-core=4", 1, 1, 4, 4, NO_VAL16, NO_VAL16,
			NO_VAL16 },
		{ "--threads-per-core=4", 1, 1, NO_VAL, 1, NO_VAL16, NO_VAL16,
			NO_VAL16 },
		{ "-wn[1-3]", 3, 3, NO_VAL, 3, NO_VAL16, NO_VAL16, NO_VAL16 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (make(rows[i].words) == -1)
			fail_msg("%s: %s", rows[i].words, e.text);
		if (j.min_nodes != rows[i].min_nodes ||
			j.max_nodes != rows[i].max_nodes ||
			j.num_tasks != rows[i].tasks ||
			j.min_cpus != rows[i].cpus ||
			j.pn_min_cpus != rows[i].pn_cpus ||
			j.cpus_per_task != rows[i].per_task ||
			j.ntasks_per_node != rows[i].per_node)
			fail_msg("'%s': %u-%u nodes, %u tasks, %u cpus, %u %u %u",
				rows[i].words, j.min_nodes, j.max_nodes,
				j.num_tasks, j.min_cpus, j.pn_min_cpus,
				j.cpus_per_task, j.ntasks_per_node);
	}
}

static void flags(void **state)
{
	(void)state;
	assert_int_equal(make("--exclusive"), 0);
	assert_int_equal(j.shared, JOB_SHARED_NONE);
	assert_int_equal(make("--exclusive=mcs"), 0);
	assert_int_equal(j.shared, JOB_SHARED_MCS);
	assert_int_equal(make("--oversubscribe"), 0);
	assert_int_equal(j.shared, JOB_SHARED_OK);
	assert_int_equal(make("--gres-flags=disable-binding"), 0);
	assert_true(j.bitflags & GRES_DISABLE_BIND);
	assert_int_equal(make("-n1|-c1"), 0);
	assert_true((j.bitflags & (JOB_NTASKS_SET | JOB_CPUS_SET)) ==
		(JOB_NTASKS_SET | JOB_CPUS_SET));
	assert_int_equal(make("--mail-type=ALL,TIME_LIMIT_90"), 0);
	assert_int_equal(j.mail_type, MAIL_INVALID_DEPEND | MAIL_JOB_BEGIN |
		MAIL_JOB_END | MAIL_JOB_FAIL | MAIL_JOB_REQUEUE |
		MAIL_JOB_STAGE_OUT | MAIL_JOB_TIME90);
	assert_int_equal(make("--signal=R:USR1@30"), 0);
	assert_int_equal(j.warn_signal, 10);
	assert_int_equal(j.warn_time, 30);
	assert_int_equal(j.warn_flags, KILL_JOB_RESV);
	assert_int_equal(make("--threads-per-core=2"), 0);
	assert_int_equal(j.threads_per_core, 2);
	assert_int_equal(make("--hint=nomultithread"), 0);
	assert_int_equal(j.threads_per_core, 1);
	assert_int_equal(make("--hint=nomultithread|--threads-per-core=2"), 0);
	assert_int_equal(j.threads_per_core, 2);
	assert_int_equal(make("--hint=memory_bound"), 0);
	assert_int_equal(j.cores_per_socket, 1);
}

/* What is not said is for the site to say. */
static void leaves_to_the_site(void **state)
{
	(void)state;
	assert_int_equal(make(""), 0);
	assert_null(j.tres_per_task);
	assert_null(j.tres_bind);
	assert_false(j.bitflags & GRES_ENFORCE_BIND);
#if SLURM_GE(24, 5)
	assert_int_equal(j.resv_port_cnt, NO_VAL16);
#endif
#if SLURM_GE(24, 11)
	assert_int_equal(j.oom_kill_step, NO_VAL16);
#endif
#if SLURM_GE(23, 11)
	slurm_conf.select_type_param = 0x40 | 0x80;
	assert_true(SLURM_ENFORCES_BINDING && SLURM_ONE_TASK_PER_SHARING);
	assert_int_equal(make(""), 0);
	assert_true(j.bitflags & GRES_ENFORCE_BIND);
	assert_true(j.bitflags & GRES_ONE_TASK_PER_SHARING);
	assert_int_equal(make("--gres-flags=disable-binding,multiple-tasks-per-sharing"),
		0);
	assert_false(j.bitflags & GRES_ENFORCE_BIND);
	assert_false(j.bitflags & GRES_ONE_TASK_PER_SHARING);
	slurm_conf.select_type_param = 0;
#endif
}

#if SLURM_GE(23, 2)
static void of_two_words_for_one_thing(void **state)
{
	(void)state;
	assert_int_equal(make("--tres-per-task=cpu=2"), 0);
	assert_int_equal(j.cpus_per_task, 2);
	assert_int_equal(j.min_cpus, 2);
	assert_true(j.bitflags & JOB_CPUS_SET);
	assert_int_equal(make("--tres-per-task=cpu=2|-c2"), -1);
	assert_string_equal(e.text, "--cpus-per-task and --tres-per-task=cpu=2 exclude each other");
	assert_int_equal(make("--tres-per-task=cpu=2|--cpus-per-gpu=2"), -1);
	assert_string_equal(e.text, "--cpus-per-gpu and --tres-per-task=cpu=2 exclude each other");
	assert_int_equal(make("--tres-per-task=gres/gpu=2|--gpus-per-task=2"),
		-1);
	assert_string_equal(e.text, "--gpus-per-task and --tres-per-task=gres/gpu=2 exclude each other");
	assert_int_equal(make("--tres-per-task=cpu=70000"), -1);
	assert_string_equal(e.text, "--tres-per-task=cpu=70000: not a number of CPUs from 1 to 65533");
	assert_int_equal(make("--tres-per-task=cpus=2"), -1);
	assert_int_equal(make("--tres-per-task=cpu:9:1"), -1);
	assert_int_equal(make("--gres=gpu|--gpus-per-node=2"),
		SLURM_GE(26, 5) ? -1 : 0);
}
#endif

static void begins(void **state)
{
	time_t now = time(NULL);

	(void)state;
	assert_int_equal(make("--begin=now+1hour"), 0);
	assert_in_range(j.begin_time, now + 3600, now + 3600 + 600);
	assert_int_equal(make("--begin=uts2000000000"), 0);
	assert_int_equal(j.begin_time, 2000000000);
	setenv("TZ", "UTC0", 1);
	tzset();
	assert_int_equal(make("--begin=2033-05-18T03:33:20"), 0);
	assert_int_equal(j.begin_time, 2000000000);
	assert_int_equal(make("--begin=tomorrow"), 0);
	assert_int_equal(j.begin_time % 86400, 0);
	assert_in_range(j.begin_time, now, now + 2 * 86400);
}

static void is_of_one_cluster(void **state)
{
	(void)state;
	slurm_conf.cluster_name = (char *)"here";
	assert_int_equal(make("--clusters=there,HERE"), 0);
	assert_int_equal(make("-Mall"), 0);
	assert_int_equal(make("-Mthere"), -1);
	assert_string_equal(e.text, "--clusters=there: this login node is of the cluster here, and its sessions are there");
	slurm_conf.cluster_name = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(strings, teardown),
		cmocka_unit_test_teardown(numbers, teardown),
		cmocka_unit_test_teardown(sizes, teardown),
		cmocka_unit_test_teardown(flags, teardown),
		cmocka_unit_test_teardown(leaves_to_the_site, teardown),
#if SLURM_GE(23, 2)
		cmocka_unit_test_teardown(of_two_words_for_one_thing, teardown),
#endif
		cmocka_unit_test_teardown(begins, teardown),
		cmocka_unit_test_teardown(is_of_one_cluster, teardown),
	};

	return cmocka_run_group_tests_name("slurm_ask", tests, NULL, NULL);
}
