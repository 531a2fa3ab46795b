/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_JOBSTATE_H
#define LAUNCH_JOBSTATE_H

#include <stdint.h>

/*
 * What Slurm's numbers for a job's state and for the reason of it mean, in the
 * words of the launcher protocol and in plain words.
 *
 * The numbers are Slurm's own. They are the same in all releases since 22.05,
 * but for two reasons that were given a second life, so jobstate_reason() wants
 * the release: JOBSTATE_RELEASE(23, 2).
 */
#define JOBSTATE_RELEASE(major, minor) ((major) << 8 | (minor))

enum jobstate_base {
	JOBSTATE_PENDING,
	JOBSTATE_RUNNING,
	JOBSTATE_SUSPENDED,
	JOBSTATE_COMPLETE,
	JOBSTATE_CANCELLED,
	JOBSTATE_FAILED,
	JOBSTATE_TIMEOUT,
	JOBSTATE_NODE_FAIL,
	JOBSTATE_PREEMPTED,
	JOBSTATE_BOOT_FAIL,
	JOBSTATE_DEADLINE,
	JOBSTATE_OOM,
	JOBSTATE_BASES,
};
#define JOBSTATE_BASE_MASK 0xffu

/* The flags beside the base state that matter here. */
#define JOBSTATE_REQUEUE (UINT32_C(1) << 10)
#define JOBSTATE_REQUEUE_HOLD (UINT32_C(1) << 11)
#define JOBSTATE_SPECIAL_EXIT (UINT32_C(1) << 12)
#define JOBSTATE_RESIZING (UINT32_C(1) << 13)
#define JOBSTATE_CONFIGURING (UINT32_C(1) << 14)
#define JOBSTATE_COMPLETING (UINT32_C(1) << 15)
#define JOBSTATE_STOPPED (UINT32_C(1) << 16)
#define JOBSTATE_POWER_UP_NODE (UINT32_C(1) << 18)
#define JOBSTATE_REVOKED (UINT32_C(1) << 19)
#define JOBSTATE_REQUEUE_FED (UINT32_C(1) << 20)
#define JOBSTATE_RESV_DEL_HOLD (UINT32_C(1) << 21)
#define JOBSTATE_STAGE_OUT (UINT32_C(1) << 23)
#define JOBSTATE_EXPEDITING (UINT32_C(1) << 24) /* since 25.11 */

#define JOBSTATE_REASONS 221	/* one more than the highest */

struct jobstate_text {
	const char *word;	/* Slurm's own */
	const char *text;	/* the same for people */
	/*
	 * Of a reason that lies in what the job asks for alone, not in what
	 * others use or what is down: without this it may never start. NULL: it
	 * may, or nobody can tell.
	 */
	const char *change;
};

/*
 * "pending", "configuring", "running", "suspended", "completing" or "ended". A
 * job that was put back into the queue is pending, also while its last run is
 * still being cleaned up; one that is about to be is completing. Never NULL.
 */
const char *jobstate_word(uint32_t state);

/* True for a job that runs or still will: neither completing nor ended. */
int jobstate_is_live(uint32_t state);

/*
 * The numbers of words by which Slurm's commands tell them. Of a state they show
 * one flag or the base: a job that is completing has none of the bases. An unknown
 * state is one of a job that lives; an unknown reason, or none, is 0. *release is
 * one in which the reason has that word.
 */
uint32_t jobstate_named(const char *word);
uint32_t jobstate_reason_named(const char *word, int *release);

/* Whether it is not known how a job comes to its end: commands tell it later. */
int jobstate_is_ending(uint32_t state);

/* How a job ended, or its base state. Never NULL. */
const struct jobstate_text *jobstate_base(uint32_t state);

/*
 * What a flag says of a job that runs or waits, or that is another cluster's;
 * NULL: none says more.
 */
const struct jobstate_text *jobstate_flag(uint32_t state);

/* Why a job waits or failed. Never NULL; an unknown number is "Unknown". */
const struct jobstate_text *jobstate_reason(uint32_t reason, int release);

/*
 * What the number means that Slurm keeps as a job's exit code. That is a wait
 * status only where a program of the job ended by itself; else it is a number of
 * slurm_errno.h (4021, whose low bits look like signal 53), the mark of a kill
 * for lack of memory, or a 1 or -1 that says no more than "badly".
 */
enum jobstate_end_kind {
	JOBSTATE_END_NONE,	/* the state and its reason say all */
	JOBSTATE_END_EXIT,
	JOBSTATE_END_SIGNAL,
	JOBSTATE_END_ERROR,
	JOBSTATE_END_OOM,
};

struct jobstate_end {
	enum jobstate_end_kind kind;
	uint32_t number;	/* exit status, signal, or number of an error */
};

#define JOBSTATE_IO_ERROR 4021	/* it could not open the job's output */

struct jobstate_end jobstate_end(uint32_t state, uint32_t reason,
	uint32_t exit_code);

/*
 * Who ended a job that is over for the reason of that text, as launchers say it:
 * "itself", "scheduler" or "requeue". NULL: it is not over, or is back in the
 * queue for another reason than that it was put there.
 */
const char *jobstate_by(uint32_t state, const struct jobstate_text *why);

/* Whether that text says that memory was short. */
int jobstate_lacked_memory(const struct jobstate_text *why);

/* How it stands with a job, and why. Never NULL. */
const struct jobstate_text *jobstate_why(uint32_t state, uint32_t reason,
	uint32_t exit_code, int release);

#endif
