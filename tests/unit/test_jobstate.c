/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "pure/jobstate.h"

#define ELEMENTS(a) (sizeof(a) / sizeof *(a))

static void test_words(void **state)
{
	static const struct {
		uint32_t state;
		const char *word;
		int live;
	} rows[] = {
		{ JOBSTATE_PENDING, "pending", 1 },
		{ JOBSTATE_PENDING | JOBSTATE_COMPLETING, "pending", 1 },
		{ JOBSTATE_PENDING | UINT32_C(1) << 10, "pending", 1 },
		{ JOBSTATE_RUNNING, "running", 1 },
		{ JOBSTATE_RUNNING | UINT32_C(1) << 22, "running", 1 },
		{ JOBSTATE_RUNNING | JOBSTATE_CONFIGURING, "configuring", 1 },
		{ JOBSTATE_RUNNING | JOBSTATE_POWER_UP_NODE, "configuring", 1 },
		{ JOBSTATE_RUNNING | JOBSTATE_STOPPED, "suspended", 1 },
		{ JOBSTATE_RUNNING | JOBSTATE_COMPLETING, "completing", 0 },
		{ JOBSTATE_SUSPENDED, "suspended", 1 },
		{ JOBSTATE_COMPLETE, "ended", 0 },
		{ JOBSTATE_COMPLETE | JOBSTATE_COMPLETING, "completing", 0 },
		{ JOBSTATE_CANCELLED | JOBSTATE_STAGE_OUT, "completing", 0 },
		{ JOBSTATE_TIMEOUT, "ended", 0 },
		{ JOBSTATE_CANCELLED, "ended", 0 },
		{ JOBSTATE_FAILED, "ended", 0 },
		{ JOBSTATE_NODE_FAIL, "ended", 0 },
		{ JOBSTATE_PREEMPTED, "ended", 0 },
		{ JOBSTATE_BOOT_FAIL, "ended", 0 },
		{ JOBSTATE_DEADLINE, "ended", 0 },
		{ JOBSTATE_OOM, "ended", 0 },
		{ JOBSTATE_OOM | JOBSTATE_COMPLETING, "completing", 0 },
		{ JOBSTATE_FAILED | JOBSTATE_SPECIAL_EXIT, "completing", 0 },
		{ JOBSTATE_NODE_FAIL | JOBSTATE_REQUEUE, "completing", 0 },
		{ JOBSTATE_CANCELLED | JOBSTATE_REQUEUE_HOLD, "completing", 0 },
		{ JOBSTATE_FAILED | JOBSTATE_EXPEDITING, "completing", 0 },
		{ JOBSTATE_PENDING | JOBSTATE_SPECIAL_EXIT, "pending", 1 },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE_HOLD, "pending", 1 },
		{ JOBSTATE_PENDING | JOBSTATE_RESV_DEL_HOLD, "pending", 1 },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE_FED, "pending", 1 },
		{ JOBSTATE_PENDING | JOBSTATE_REVOKED, "ended", 0 },
		{ 200, "ended", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		assert_string_equal(jobstate_word(rows[i].state),
			rows[i].word);
		assert_int_equal(jobstate_is_live(rows[i].state),
			rows[i].live);
	}
}

/* All of slurm.h from 22.05 to 26.05, in their order. */
static void test_bases(void **state)
{
	static const char *const words[JOBSTATE_BASES] = {
		"PENDING", "RUNNING", "SUSPENDED", "COMPLETED", "CANCELLED",
		"FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL",
		"DEADLINE", "OUT_OF_MEMORY",
	};

	(void)state;
	for (uint32_t i = 0; i < JOBSTATE_BASES; i++) {
		assert_string_equal(jobstate_base(i)->word, words[i]);
		assert_true(strlen(jobstate_base(i)->text) > 6);
	}
	assert_string_equal(jobstate_base(JOBSTATE_TIMEOUT |
		JOBSTATE_COMPLETING)->word, "TIMEOUT");
	assert_string_equal(jobstate_base(255)->word, "Unknown");
}

/*
 * Each flag of slurm.h, alone on a job that waits, runs and has ended: the word
 * of the protocol, and what the flag says in place of the reason or base state.
 */
static void test_each_flag(void **state)
{
	static const struct {
		int bit;
		const char *waits, *waits_text, *runs, *runs_text, *ended;
	} rows[] = {
		/* LAUNCH_FAILED: the reason says so */
		{ 8, "pending", NULL, "running", NULL, "ended" },
		/* UPDATE_DB, then GETENV_FAILED, of --get-user-env */
		{ 9, "pending", NULL, "running", NULL, "ended" },
		{ 10, "pending", "REQUEUED", "running", NULL, "completing" },
		{ 11, "pending", "REQUEUE_HOLD", "running", NULL,
			"completing" },
		{ 12, "pending", "SPECIAL_EXIT", "running", NULL,
			"completing" },
		{ 13, "pending", NULL, "running", "RESIZING", "ended" },
		{ 14, "pending", NULL, "configuring", "CONFIGURING", "ended" },
		{ 15, "pending", "REQUEUED", "completing", NULL,
			"completing" },
		{ 16, "pending", NULL, "suspended", "STOPPED", "ended" },
		/* RECONFIG_FAIL: of a request, never of a job */
		{ 17, "pending", NULL, "running", NULL, "ended" },
		{ 18, "pending", NULL, "configuring", "POWER_UP_NODE",
			"ended" },
		{ 19, "ended", "REVOKED", "ended", "REVOKED", "ended" },
		{ 20, "pending", "REQUEUE_FED", "running", NULL,
			"completing" },
		{ 21, "pending", "RESV_DEL_HOLD", "running", NULL, "ended" },
		/* SIGNALING: a signal is on its way */
		{ 22, "pending", NULL, "running", NULL, "ended" },
		{ 23, "pending", NULL, "running", NULL, "completing" },
		{ 24, "pending", NULL, "running", NULL, "completing" },
		/* of a release to come */
		{ 25, "pending", NULL, "running", NULL, "ended" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const uint32_t flag = UINT32_C(1) << rows[i].bit;
		const struct jobstate_text *waits =
			jobstate_flag(JOBSTATE_PENDING | flag);
		const struct jobstate_text *runs =
			jobstate_flag(JOBSTATE_RUNNING | flag);

		assert_string_equal(jobstate_word(JOBSTATE_PENDING | flag),
			rows[i].waits);
		assert_string_equal(waits ? waits->word : "",
			rows[i].waits_text ? rows[i].waits_text : "");
		assert_string_equal(jobstate_word(JOBSTATE_RUNNING | flag),
			rows[i].runs);
		assert_string_equal(runs ? runs->word : "",
			rows[i].runs_text ? rows[i].runs_text : "");
		for (uint32_t b = JOBSTATE_COMPLETE; b < JOBSTATE_BASES; b++) {
			assert_string_equal(jobstate_word(b | flag),
				rows[i].ended);
			assert_true(rows[i].bit == 19 ||
				jobstate_flag(b | flag) == NULL);
			assert_string_equal(jobstate_base(b | flag)->word,
				jobstate_base(b)->word);
		}
	}
}

static void test_flags(void **state)
{
	static const struct {
		uint32_t state;
		const char *word;
	} rows[] = {
		{ JOBSTATE_PENDING, NULL },
		{ JOBSTATE_RUNNING, NULL },
		{ JOBSTATE_SUSPENDED, NULL },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE, "REQUEUED" },
		{ JOBSTATE_PENDING | JOBSTATE_COMPLETING, "REQUEUED" },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE_HOLD, "REQUEUE_HOLD" },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE | JOBSTATE_SPECIAL_EXIT,
			"SPECIAL_EXIT" },
		{ JOBSTATE_RUNNING | JOBSTATE_STOPPED, "STOPPED" },
		{ JOBSTATE_RUNNING | JOBSTATE_CONFIGURING, "CONFIGURING" },
		{ JOBSTATE_RUNNING | JOBSTATE_CONFIGURING |
			JOBSTATE_POWER_UP_NODE, "POWER_UP_NODE" },
		{ JOBSTATE_RUNNING | JOBSTATE_RESIZING, "RESIZING" },
		{ JOBSTATE_RUNNING | JOBSTATE_REQUEUE, NULL },
		{ JOBSTATE_RUNNING | JOBSTATE_COMPLETING, NULL },
		{ JOBSTATE_CANCELLED | JOBSTATE_COMPLETING, NULL },
		{ JOBSTATE_CANCELLED | JOBSTATE_STOPPED, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct jobstate_text *t = jobstate_flag(rows[i].state);

		assert_int_equal(t == NULL, rows[i].word == NULL);
		if (t != NULL)
			assert_string_equal(t->word, rows[i].word);
	}
}

static void test_reasons(void **state)
{
	static const struct {
		uint32_t reason;
		int release;
		const char *word;
	} rows[] = {
		{ 0, JOBSTATE_RELEASE(22, 5), "None" },
		{ 1, JOBSTATE_RELEASE(22, 5), "Priority" },
		{ 3, JOBSTATE_RELEASE(26, 5), "Resources" },
		{ 17, JOBSTATE_RELEASE(25, 5), "FrontEndDown" },
		{ 17, JOBSTATE_RELEASE(25, 11), "NvidiaImexChannels" },
		{ 33, JOBSTATE_RELEASE(22, 5), "BlockMaxError" },
		{ 33, JOBSTATE_RELEASE(23, 2), "RaisedSignal" },
		{ 53, JOBSTATE_RELEASE(23, 2), "QOSMaxJobsPerUserLimit" },
		{ 179, JOBSTATE_RELEASE(23, 2), "AccountingPolicy" },
		{ 198, JOBSTATE_RELEASE(22, 5), "ReservationDeleted" },
		{ 220, JOBSTATE_RELEASE(26, 5), "MpiPortsBusy" },
		{ 34, JOBSTATE_RELEASE(26, 5), "Unknown" },
		{ 221, JOBSTATE_RELEASE(26, 5), "Unknown" },
		{ UINT32_MAX, JOBSTATE_RELEASE(26, 5), "Unknown" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		assert_string_equal(jobstate_reason(rows[i].reason,
			rows[i].release)->word, rows[i].word);
	assert_string_equal(jobstate_reason(3, 0)->text,
		"waiting for free nodes");
	for (uint32_t i = 0; i < JOBSTATE_REASONS; i++) {
		const struct jobstate_text *t = jobstate_reason(i, 0);

		assert_true(i == 34 || strcmp(t->word, "Unknown") != 0);
		assert_true(t->text && t->text[0] != '\0');
		assert_null(strpbrk(t->word, " ="));
	}
}

static void test_exit_status(void **state)
{
	(void)state;
	assert_int_equal(jobstate_exit_status(0), 0);
	assert_int_equal(jobstate_exit_status(3 << 8), 3);
	assert_int_equal(jobstate_exit_status(127 << 8), 127);
	assert_int_equal(jobstate_exit_status(9), 137);
	assert_int_equal(jobstate_exit_status(15 | 0x80), 143);
	assert_int_equal(jobstate_exit_status(253), 137);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_each_flag),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_exit_status),
	};

	return cmocka_run_group_tests_name("jobstate", tests, NULL, NULL);
}
