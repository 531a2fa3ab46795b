/* SPDX-License-Identifier: BSD-2-Clause */
/* A job as Slurm tells it, in the launcher's words; made up, nobody is asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/kv.h"
#include "launch/slurm/slurm_job.h"

#define MARK "vscode-remote-shell session=a.b tag=0123456789abcdef"

/* A running job of two nodes. */
static slurm_job_info_t running(void)
{
	slurm_job_info_t j;

	memset(&j, 0, sizeof j);
	j.job_id = 17;
	j.job_state = JOB_RUNNING;
	j.command = (char *)MARK;
	j.nodes = (char *)"n[1-2]";
	j.batch_host = (char *)"n1";
	j.submit_time = 1000;
	j.start_time = 1100;
	j.end_time = 4700;
	j.time_limit = 60;
	j.num_cpus = 4;
	j.num_nodes = 2;
	j.pn_min_memory = 1000;
	return j;
}

static struct kv kv;

static const char *get(const char *key)
{
	const char *value = kv_get(&kv, key);

	return value != NULL ? value : "-";
}

static void take(struct buf *b)
{
	kv_fini(&kv);
	buf_puts(b, "\n");
	assert_true(kv_parse(&kv, buf_data(b), b->len, 1, NULL) > 0);
	buf_fini(b);
}

static void describe(const slurm_job_info_t *j)
{
	struct buf b = { 0 };

	const struct slurmjob view = slurm_job_view(j);

	slurmjob_describe(&b, &view);
	take(&b);
}

static void describe_more(const slurm_job_info_t *j, time_t now)
{
	struct buf b = { 0 };

	const struct slurmjob view = slurm_job_view(j);

	slurmjob_describe_more(&b, &view, now);
	take(&b);
}

static const struct jobstate_text *waits_for(const slurm_job_info_t *j)
{
	const struct slurmjob view = slurm_job_view(j);

	return slurmjob_waits_for(&view);
}

static void knows_its_mark(void **state)
{
	static const struct {
		const char *command, *comment, *session;
	} rows[] = {
		{ MARK, NULL, "a.b" },
		{ NULL, MARK, "a.b" },
		{ "/bin/sh", MARK "; of a user", "a.b" },
		{ MARK, "something else", "a.b" },
		/* As sbatch shows it, whose script has it for a word. */
		{ "/dev/stdin " MARK, NULL, "a.b" },
		{ "/dev/stdin /dev/stdin " MARK, NULL, NULL },
		{ NULL, NULL, NULL },
		{ "vscode-remote-shell session= tag=0123456789abcdef", NULL,
			NULL },
		{ "vscode-remote-shell session=a tag=0123456789abcde", NULL,
			NULL },
		{ "vscode-remote-shell session=a tag=0123456789abcdef0", NULL,
			NULL },
		{ MARK "x", NULL, NULL },
		{ MARK " more", NULL, NULL },
		{ "x " MARK, "x " MARK, NULL },
		{ "vscode-remote-shell session=a/b tag=0123456789abcdef", NULL,
			NULL },
		{ "vscode-remote-shell session=12345678901234567890123456789012345678901234567890123456789012345 tag=0123456789abcdef",
			NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slurm_job_info_t j = running();
		struct slurmjob_mark mark;
		struct slurmjob view;

		j.command = (char *)rows[i].command;
		j.comment = (char *)rows[i].comment;
		view = slurm_job_view(&j);
		assert_int_equal(slurmjob_mark(&mark, &view),
			rows[i].session ? 0 : -1);
		if (rows[i].session != NULL) {
			assert_string_equal(mark.session, rows[i].session);
			assert_string_equal(mark.tag, "0123456789abcdef");
		}
	}
}

static void describes_a_running_job(void **state)
{
	slurm_job_info_t j = running();

	(void)state;
	describe(&j);
	assert_string_equal(get("job"), "17");
	assert_string_equal(get("tag"), "0123456789abcdef");
	assert_string_equal(get("state"), "running");
	assert_string_equal(get("node"), "n1");
	assert_string_equal(get("mem"), "2000");
	assert_string_equal(get("start"), "1100");
	assert_string_equal(get("status"), "-");
	assert_string_equal(get("meant"), "-");
	j.pn_min_memory = 1000 | MEM_PER_CPU;
	j.batch_host = NULL;
	describe(&j);
	assert_string_equal(get("mem"), "4000");
	assert_string_equal(get("node"), "n[1-2]");
	j.pn_min_memory = NO_VAL64;
	describe(&j);
	assert_string_equal(get("mem"), "-");
	assert_null(waits_for(&j));
}

static void describes_a_pending_job(void **state)
{
	slurm_job_info_t j = running();

	(void)state;
	j.job_state = JOB_PENDING;
	j.state_reason = WAIT_RESOURCES;
	j.start_time = 0;
	describe(&j);
	assert_string_equal(get("state"), "pending");
	assert_string_equal(get("reason"), "Resources");
	assert_string_equal(get("node"), "-");
	assert_string_equal(get("start"), "-");
	assert_string_equal(waits_for(&j)->word, "Resources");
	/* Its end, if Slurm says one, is a guess. */
	describe_more(&j, 1010);
	assert_string_equal(get("end"), "-");
	assert_string_equal(get("age"), "10");
}

static void describes_an_end(void **state)
{
	static const struct {
		uint32_t job_state, reason, exit_code;
		const char *status, *meant;
	} rows[] = {
		{ JOB_COMPLETE, 0, 0, "0", "-" },
		{ JOB_FAILED, 0, 3 << 8, "3", "-" },
		{ JOB_FAILED, FAIL_LAUNCH, 9, "137", "-" },
		/* Who was ended by another has no status of its own. */
		{ JOB_FAILED, 0, 9, "-", "-" },
		{ JOB_CANCELLED, 0, 15, "-", "yes" },
		{ JOB_TIMEOUT, 0, 15, "-", "yes" },
		{ JOB_DEADLINE, 0, 0, "-", "yes" },
		{ JOB_NODE_FAIL, 0, 0, "-", "-" },
		{ JOB_PREEMPTED, 0, 15, "-", "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slurm_job_info_t j = running();

		j.job_state = rows[i].job_state;
		j.state_reason = rows[i].reason;
		j.exit_code = rows[i].exit_code;
		describe(&j);
		assert_string_equal(get("state"), "ended");
		assert_string_equal(get("meant"), rows[i].meant);
		assert_string_equal(get("status"), rows[i].status);
	}
}

static void tells_the_limit(void **state)
{
	slurm_job_info_t j = running();

	(void)state;
	describe_more(&j, 4600);
	assert_string_equal(get("session"), "a.b");
	assert_string_equal(get("age"), "3600");
	assert_string_equal(get("end"), "4700");
	assert_string_equal(get("left"), "100");
	assert_string_equal(get("time-limit"), "3600");
	assert_string_equal(get("cpus"), "4");
	/* It is over, and never before it was submitted. */
	describe_more(&j, 5000);
	assert_string_equal(get("left"), "0");
	describe_more(&j, 900);
	assert_string_equal(get("age"), "0");
	j.time_limit = INFINITE;
	describe_more(&j, 4600);
	assert_string_equal(get("end"), "-");
	assert_string_equal(get("time-limit"), "unlimited");
	j.time_limit = NO_VAL;
	describe_more(&j, 4600);
	assert_string_equal(get("time-limit"), "-");
}

static void tells_the_gres(void **state)
{
	static const struct {
		const char *total, *node, *want;
	} rows[] = {
		{ "gres:gpu:a100:1,gres/nvme=2", NULL, "gpu:a100:1,nvme=2" },
		{ "gpu:2(IDX:0-1)", NULL, "gpu:2(IDX:0-1)" },
		{ "", "gres/gpu:1", "gpu:1" },
		{ NULL, NULL, "-" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slurm_job_info_t j = running();

		j.gres_total = (char *)rows[i].total;
		j.tres_per_node = (char *)rows[i].node;
		j.partition = (char *)"gpu";
		describe_more(&j, 1100);
		assert_string_equal(get("gres"), rows[i].want);
		assert_string_equal(get("partition"), "gpu");
	}
}

/* Slurm calls each allocation cancelled that is over before its time. */
static void tells_how_an_allocation_ended(void **state)
{
	static const struct {
		const char *comment;
		uint16_t batch;
		const char *by, *meant, *status;
	} rows[] = {
		{ MARK, 0, "scheduler", "yes", "-" },
		{ MARK "; of a user", 0, "scheduler", "yes", "-" },
		{ MARK "; ended", 0, "itself", "-", "-" },
		{ MARK "; ended=127", 0, "itself", "-", "127" },
		{ MARK "; of a user; ended=73", 0, "itself", "-", "73" },
		{ MARK "; ended=x", 0, "itself", "-", "-" },
		{ MARK "; ended early, of a user", 0, "scheduler", "yes", "-" },
		{ MARK "; ended early; ended", 0, "itself", "-", "-" },
		{ MARK "; ended=127", 1, "scheduler", "yes", "-" },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		slurm_job_info_t j = running();

		j.job_state = JOB_CANCELLED;
		j.comment = (char *)(uintptr_t)rows[i].comment;
		j.batch_flag = rows[i].batch;
		describe(&j);
		assert_string_equal(get("state"), "ended");
		assert_string_equal(get("by"), rows[i].by);
		assert_string_equal(get("meant"), rows[i].meant);
		assert_string_equal(get("status"), rows[i].status);
	}
}

static int teardown(void **state)
{
	(void)state;
	kv_fini(&kv);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_its_mark),
		cmocka_unit_test(describes_a_running_job),
		cmocka_unit_test(describes_a_pending_job),
		cmocka_unit_test(describes_an_end),
		cmocka_unit_test(tells_how_an_allocation_ended),
		cmocka_unit_test(tells_the_limit),
		cmocka_unit_test(tells_the_gres),
	};

	return cmocka_run_group_tests_name("slurm_job", tests, NULL, teardown);
}
