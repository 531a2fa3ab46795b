/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "launch/jobstate.h"

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
		{ 15, "pending", "REQUEUED", "completing", "COMPLETING",
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
		{ JOBSTATE_RUNNING | JOBSTATE_COMPLETING, "COMPLETING" },
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

/* By the words of squeue, which shows one flag or the base. */
static void test_named(void **state)
{
	static const struct {
		const char *shown, *word;
	} rows[] = {
		{ "PENDING", "pending" }, { "RUNNING", "running" },
		{ "SUSPENDED", "suspended" }, { "COMPLETED", "ended" },
		{ "CANCELLED", "ended" }, { "TIMEOUT", "ended" },
		{ "OUT_OF_MEMORY", "ended" }, { "COMPLETING", "completing" },
		{ "STAGE_OUT", "completing" }, { "CONFIGURING", "configuring" },
		{ "REQUEUED", "pending" }, { "REQUEUE_HOLD", "pending" },
		{ "RESV_DEL_HOLD", "pending" }, { "STOPPED", "suspended" },
		{ "REVOKED", "ended" },
		/* What is not known lives: nobody may start another. */
		{ "SIGNALING", "running" }, { "OF_A_LATER_RELEASE", "running" },
		{ "", "running" },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++)
		assert_string_equal(jobstate_word(jobstate_named(
			rows[i].shown)), rows[i].word);
	for (uint32_t i = 0; i < JOBSTATE_BASES; i++)
		assert_int_equal(jobstate_named(jobstate_base(i)->word), i);
	assert_true(jobstate_is_ending(jobstate_named("COMPLETING")));
	assert_false(jobstate_is_ending(JOBSTATE_CANCELLED |
		JOBSTATE_COMPLETING));
}

/* There and back: each has its text again, also where a number had two. */
static void test_reason_named(void **state)
{
	static const char *const words[] = {
		"None", "Resources", "Priority", "FrontEndDown",
		"NvidiaImexChannels", "BlockMaxError", "RaisedSignal",
		"ReservationDeleted", "QOSMaxJobsPerUserLimit",
	};
	uint32_t reason;
	int release;

	(void)state;
	for (size_t i = 0; i < ELEMENTS(words); i++) {
		reason = jobstate_reason_named(words[i], &release);
		assert_string_equal(jobstate_reason(reason, release)->word,
			words[i]);
	}
	reason = jobstate_reason_named(
		"ReqNodeNotAvail, UnavailableNodes:c[1-2]", &release);
	assert_string_equal(jobstate_reason(reason, release)->word,
		"ReqNodeNotAvail");
	assert_int_equal(jobstate_reason_named("OfALaterRelease", &release),
		0);
	assert_int_equal(jobstate_reason_named("Prio", &release), 0);
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

#define NOW JOBSTATE_RELEASE(26, 5)
#define OLD JOBSTATE_RELEASE(22, 5)

/*
 * Slurm's exit codes, beside the state and reason with which they are seen, of
 * slurmctld and slurmstepd 22.05 to 26.05.
 */
static void test_ends(void **state)
{
	static const struct {
		uint32_t state, reason, code;
		enum jobstate_end_kind kind;
		uint32_t number;
		const char *word, *text;
	} rows[] = {
		/* by itself: the low byte is free */
		{ JOBSTATE_COMPLETE, 0, 0, JOBSTATE_END_EXIT, 0, "COMPLETED",
			NULL },
		{ JOBSTATE_FAILED, 24, 3 << 8, JOBSTATE_END_EXIT, 3,
			"NonZeroExitCode", NULL },
		{ JOBSTATE_FAILED, 24, 127 << 8, JOBSTATE_END_EXIT, 127,
			"NonZeroExitCode", NULL },
		{ JOBSTATE_FAILED, 24, 255 << 8, JOBSTATE_END_EXIT, 255,
			"NonZeroExitCode", NULL },
		/* a signal: the upper one is; 0x80 is a core */
		{ JOBSTATE_FAILED, 33, 9, JOBSTATE_END_SIGNAL, 9,
			"RaisedSignal", NULL },
		{ JOBSTATE_FAILED, 33, 11 | 0x80, JOBSTATE_END_SIGNAL, 11,
			"RaisedSignal", NULL },
		{ JOBSTATE_FAILED, 33, 53, JOBSTATE_END_SIGNAL, 53,
			"RaisedSignal", NULL },
		{ JOBSTATE_FAILED, 33, 64, JOBSTATE_END_SIGNAL, 64,
			"RaisedSignal", NULL },
		/* 22.05 calls that a failed launch */
		{ JOBSTATE_FAILED, 23, 9, JOBSTATE_END_SIGNAL, 9,
			"RaisedSignal", NULL },
		/* ESLURMD_IO_ERROR is "0:53" to scontrol */
		{ JOBSTATE_FAILED, 33, 4021, JOBSTATE_END_ERROR, 4021,
			"JobLaunchFailure",
			"its node could not open the job's output file" },
		{ JOBSTATE_FAILED, 23, 4021, JOBSTATE_END_ERROR, 4021,
			"JobLaunchFailure",
			"its node could not open the job's output file" },
		{ JOBSTATE_FAILED, 33, 4020, JOBSTATE_END_ERROR, 4020,
			"JobLaunchFailure",
			"its node could not run the job's script" },
		{ JOBSTATE_FAILED, 33, 4016, JOBSTATE_END_ERROR, 4016,
			"JobLaunchFailure", NULL },
		{ JOBSTATE_FAILED, 33, 2010, JOBSTATE_END_ERROR, 2010,
			"JobLaunchFailure",
			"its node does not know your user id" },
		/* one that no table has */
		{ JOBSTATE_FAILED, 33, 4999, JOBSTATE_END_ERROR, 4999,
			"JobLaunchFailure",
			"the job could not be launched on its node" },
		/* SLURM_ERROR is neither, and Slurm takes it for a success */
		{ JOBSTATE_COMPLETE, 0, UINT32_MAX, JOBSTATE_END_ERROR,
			UINT32_MAX, "JobLaunchFailure", NULL },
		{ JOBSTATE_FAILED, 24, UINT32_MAX, JOBSTATE_END_ERROR,
			UINT32_MAX, "JobLaunchFailure", NULL },
		{ JOBSTATE_FAILED, 33, 0x7f, JOBSTATE_END_ERROR, 0x7f,
			"JobLaunchFailure", NULL },
		{ JOBSTATE_FAILED, 33, 65, JOBSTATE_END_ERROR, 65,
			"JobLaunchFailure", NULL },
		/* SIG_OOM, also with an exit status above it */
		{ JOBSTATE_OOM, 181, 253, JOBSTATE_END_OOM, 0,
			"OUT_OF_MEMORY", NULL },
		{ JOBSTATE_OOM, 181, 0, JOBSTATE_END_OOM, 0,
			"OUT_OF_MEMORY", NULL },
		{ JOBSTATE_FAILED, 24, 253 | 1 << 8, JOBSTATE_END_OOM, 0,
			"OUT_OF_MEMORY", NULL },
		/* "badly": slurmctld's own 1 is no SIGHUP */
		{ JOBSTATE_FAILED, 23, 1, JOBSTATE_END_NONE, 0,
			"JobLaunchFailure", NULL },
		{ JOBSTATE_FAILED, 22, 1, JOBSTATE_END_NONE, 0,
			"SystemFailure", NULL },
		{ JOBSTATE_FAILED, 21, 1, JOBSTATE_END_NONE, 0,
			"BadConstraints", NULL },
		{ JOBSTATE_FAILED, 0, 1, JOBSTATE_END_NONE, 0, "FAILED", NULL },
		{ JOBSTATE_FAILED, 27, 0, JOBSTATE_END_NONE, 0,
			"InvalidAccount", NULL },
		{ JOBSTATE_CANCELLED, 0, 1, JOBSTATE_END_NONE, 0, "CANCELLED",
			NULL },
		{ JOBSTATE_CANCELLED, 0, 9, JOBSTATE_END_NONE, 0, "CANCELLED",
			NULL },
		{ JOBSTATE_TIMEOUT, 25, 15, JOBSTATE_END_NONE, 0, "TIMEOUT",
			NULL },
		{ JOBSTATE_NODE_FAIL, 20, UINT32_MAX - 1, JOBSTATE_END_NONE, 0,
			"NODE_FAIL", NULL },
		{ JOBSTATE_BOOT_FAIL, 23, 1, JOBSTATE_END_NONE, 0, "BOOT_FAIL",
			NULL },
		{ JOBSTATE_PREEMPTED, 0, 15, JOBSTATE_END_NONE, 0, "PREEMPTED",
			NULL },
		{ JOBSTATE_DEADLINE, 167, 1, JOBSTATE_END_NONE, 0, "DEADLINE",
			NULL },
		/* of an earlier run */
		{ JOBSTATE_PENDING, 3, 9, JOBSTATE_END_NONE, 0, "Resources",
			NULL },
		{ JOBSTATE_RUNNING, 0, 0, JOBSTATE_END_NONE, 0, "RUNNING",
			NULL },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct jobstate_end end = jobstate_end(rows[i].state,
			rows[i].reason, rows[i].code);
		const struct jobstate_text *why = jobstate_why(rows[i].state,
			rows[i].reason, rows[i].code, NOW);

		assert_int_equal(end.kind, rows[i].kind);
		assert_int_equal(end.number, rows[i].number);
		assert_string_equal(why->word, rows[i].word);
		if (rows[i].text)
			assert_string_equal(why->text, rows[i].text);
	}
	assert_string_equal(jobstate_why(JOBSTATE_RUNNING |
		JOBSTATE_CONFIGURING, 0, 0, NOW)->word, "CONFIGURING");
}

/*
 * Every base state, reason and release beside every exit code that there can
 * be: what is told as signal or exit status is the low or the high byte of a
 * wait status, and nothing is called well that was not.
 */
static void test_every_end(void **state)
{
	static const int releases[] = { OLD, JOBSTATE_RELEASE(23, 2), NOW };
	static const uint32_t odd[] = { 65536, 65537, 0xfffe0000,
		UINT32_MAX - 1, UINT32_MAX };

	(void)state;
	for (uint32_t n = 0; n < 65536 + ELEMENTS(odd); n++)
		for (uint32_t b = 0; b < JOBSTATE_BASES; b++)
			for (uint32_t r = 0; r < 40; r++) {
				const uint32_t code = n < 65536 ? n :
					odd[n - 65536];
				struct jobstate_end e = jobstate_end(b, r,
					code);
				const char *word = jobstate_why(b, r, code,
					releases[n % 3])->word;

				if (e.kind == JOBSTATE_END_EXIT)
					assert_int_equal(e.number << 8, code);
				else if (e.kind == JOBSTATE_END_SIGNAL)
					assert_int_equal(e.number,
						code & ~UINT32_C(0x80));
				if (strcmp(word, "COMPLETED") == 0)
					assert_true(e.kind ==
						JOBSTATE_END_EXIT);
				assert_true(strcmp(word, "RaisedSignal") != 0 ||
					e.kind == JOBSTATE_END_SIGNAL ||
					b == JOBSTATE_PENDING || r == 33);
			}
}

/*
 * All reasons that a job itself can be the cause of, by their words, in all
 * releases; another one is what others use, what is down or what is held.
 */
static void test_change(void **state)
{
	static const char *const own[] = {
		"PartitionNodeLimit", "PartitionTimeLimit", "BadConstraints",
		"InvalidAccount", "InvalidQOS", "QOSNotAllowed",
		"AccountNotAllowed", "DependencyNeverSatisfied",
		"QOSMaxWallDurationPerJobLimit",
		"AssocMaxWallDurationPerJobLimit", "PartitionConfig",
		"MaxMemPerLimit", "ReservationDeleted", "ReservationInvalid",
		"Constraints",
	};
	/* Of QOS and account, for each resource. */
	static const char *const parts[] = {
		"PerJob", "PerNode", "QOSMin", "MinutesPerJob",
	};
	static const int releases[] = {
		JOBSTATE_RELEASE(22, 5), JOBSTATE_RELEASE(26, 5),
	};

	(void)state;
	for (uint32_t i = 0; i < JOBSTATE_REASONS + 2; i++) {
		for (size_t r = 0; r < ELEMENTS(releases); r++) {
			const struct jobstate_text *t =
				jobstate_reason(i, releases[r]);
			int wanted = 0;

			for (size_t k = 0; k < ELEMENTS(own); k++)
				wanted |= !strcmp(t->word, own[k]);
			for (size_t k = 0; k < ELEMENTS(parts); k++)
				wanted |= strstr(t->word, parts[k]) != NULL;
			if ((t->change != NULL) != wanted)
				print_error("%u: %s\n", i, t->word);
			assert_int_equal(t->change != NULL, wanted);
			if (wanted)
				assert_true(strlen(t->change) > 15 &&
					strlen(t->change) < 200);
		}
	}
	assert_null(jobstate_reason(3, releases[0])->change);
	assert_null(jobstate_reason(6, releases[0])->change);
	assert_non_null(jobstate_reason(69, releases[0])->change);
}

/* Every way to be over, with what Slurm gives for it. */
static void test_by(void **state)
{
	static const int release = JOBSTATE_RELEASE(25, 11);
	static const struct {
		uint32_t state, reason, exit_code;
		const char *by;
		int memory;
	} rows[] = {
		{ JOBSTATE_RUNNING, 0, 0, NULL, 0 },
		{ JOBSTATE_SUSPENDED, 0, 0, NULL, 0 },
		{ JOBSTATE_PENDING, 0, 0, NULL, 0 },
		{ JOBSTATE_PENDING, 3, 0, NULL, 0 },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE, 0, 0, "requeue", 0 },
		{ JOBSTATE_PENDING | JOBSTATE_REQUEUE_HOLD, 0, 0, "requeue", 0 },
		{ JOBSTATE_PENDING | JOBSTATE_SPECIAL_EXIT, 0, 0, "requeue", 0 },
		{ JOBSTATE_PENDING | JOBSTATE_COMPLETING, 0, 0, "requeue", 0 },
		{ JOBSTATE_COMPLETE, 0, 0, "itself", 0 },
		{ JOBSTATE_COMPLETE | JOBSTATE_COMPLETING, 0, 0, "itself", 0 },
		{ JOBSTATE_FAILED, 0, 0, "itself", 0 },
		{ JOBSTATE_FAILED, 24, 3 << 8, "itself", 0 },
		{ JOBSTATE_FAILED, 33, 9, "itself", 0 },
		{ JOBSTATE_FAILED, 0, JOBSTATE_IO_ERROR, "scheduler", 0 },
		{ JOBSTATE_FAILED, 23, 1 << 8, "scheduler", 0 },
		{ JOBSTATE_OOM, 0, 0, "itself", 1 },
		{ JOBSTATE_COMPLETE, 0, 253, "itself", 1 },
		{ JOBSTATE_CANCELLED, 0, 0, "scheduler", 0 },
		{ JOBSTATE_CANCELLED | JOBSTATE_COMPLETING, 0, 0, "scheduler",
			0 },
		{ JOBSTATE_TIMEOUT, 0, 0, "scheduler", 0 },
		{ JOBSTATE_NODE_FAIL, 0, 0, "scheduler", 0 },
		{ JOBSTATE_PREEMPTED, 0, 0, "scheduler", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ELEMENTS(rows); i++) {
		const struct jobstate_text *why = jobstate_why(rows[i].state,
			rows[i].reason, rows[i].exit_code, release);
		const char *by = jobstate_by(rows[i].state, why);

		if (by == NULL || rows[i].by == NULL ? by != rows[i].by :
			strcmp(by, rows[i].by) != 0)
			fail_msg("row %zu, %s: by %s", i, why->word,
				by ? by : "nobody");
		if (jobstate_lacked_memory(why) != rows[i].memory)
			fail_msg("row %zu, %s: memory", i, why->word);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_bases),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_each_flag),
		cmocka_unit_test(test_named),
		cmocka_unit_test(test_reason_named),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_change),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_every_end),
		cmocka_unit_test(test_by),
	};

	return cmocka_run_group_tests_name("jobstate", tests, NULL, NULL);
}
