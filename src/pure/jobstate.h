/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PURE_JOBSTATE_H
#define PURE_JOBSTATE_H

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
};

/*
 * "pending", "configuring", "running", "suspended", "completing" or "ended". A
 * job that was put back into the queue is pending, also while its last run is
 * still being cleaned up; one that is about to be is completing. Never NULL.
 */
const char *jobstate_word(uint32_t state);

/* True for a job that runs or still will: neither completing nor ended. */
int jobstate_is_live(uint32_t state);

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
 * A wait status as a shell gives it: the exit status, or 128 + signal. Slurm's
 * own number for a kill when memory ran out is the SIGKILL that it was.
 */
int jobstate_exit_status(uint32_t wait_status);

#endif
