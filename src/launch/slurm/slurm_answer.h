/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_ANSWER_H
#define LAUNCH_SLURM_SLURM_ANSWER_H

#include "base/buf.h"

/*
 * The launcher is two processes: one asks Slurm, the other waits for it and
 * answers in its place when it does not come back (libslurm may block for
 * minutes, or call exit() itself). What both must know lies in shared memory.
 */
enum slurm_phase {
	SLURM_PHASE_INIT,	/* in slurm_init() */
	SLURM_PHASE_ASK,	/* an RPC that changes nothing or may be redone */
	SLURM_PHASE_SUBMIT,	/* an RPC that may make a job */
};

struct slurm_shared {
	volatile int phase;
	char controller[128];	/* for messages */
	char down[512];		/* why Slurm cannot be asked, once that is known */
};
extern struct slurm_shared *slurm_shared;

/* Status of a worker that has written its error record. */
#define SLURM_REPORTED 42

/* Write a record, its empty line added, and empty it; or end the worker. */
void slurm_answer(struct buf *record);

/*
 * Write the record of an error, and end the worker. SLURM_UNFIT is no class: this
 * program is for another Slurm, and ends as one that cannot be loaded.
 */
#define SLURM_UNFIT "unfit"
#define SLURM_UNFIT_STATUS 127
void slurm_fail(const char *class, const char *fmt, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

#endif
