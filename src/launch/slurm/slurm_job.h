/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_SLURM_SLURM_JOB_H
#define LAUNCH_SLURM_SLURM_JOB_H

#include "base/buf.h"
#include "base/tag.h"
#include "launch/slurm/jobstate.h"
#include "launch/slurm/slurm_compat.h"

/* A job of Slurm's list, in the words of the launcher protocol. */

/*
 * Whose job it is. Its command says so, which nobody can change, and its
 * comment, which people see.
 */
struct slurm_job_mark {
	char session[TAG_NAME_MAX + 1], tag[TAG_LEN + 1];
};

/* -1: it is no session's. */
int slurm_job_mark(struct slurm_job_mark *mark, const slurm_job_info_t *job);

/* What watch and find tell of it, but for the limit. */
void slurm_job_describe(struct buf *out, const slurm_job_info_t *job);

/* What a job that is pending waits for; NULL when it is not. */
const struct jobstate_text *slurm_job_waits_for(const slurm_job_info_t *job);

/*
 * What only find does: who it is, and what it has or asks for. now is
 * slurmctld's clock, by which all times of a job are.
 */
void slurm_job_describe_more(struct buf *out, const slurm_job_info_t *job,
	time_t now);

/*
 * When the time limit ends it, and how long that is from now: both, or nothing
 * for a job that has no limit or has not begun. Part of describe_more().
 */
void slurm_job_describe_limit(struct buf *out, const slurm_job_info_t *job,
	time_t now);

#endif
