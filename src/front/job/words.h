/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_WORDS_H
#define FRONT_JOB_WORDS_H

#include "front/job/folder.h"
#include "front/job/invocation.h"
#include "front/job/job.h"
#include "front/job/jobs.h"
#include "front/job/place.h"

/*
 * Why the way to a session ends before its agent, as the user hears it. Each
 * returns the exit status for that.
 */

/* There is a job, by its agent at the place or as the scheduler describes it. */
int words_there(const struct invocation *inv, const struct job *j,
	const struct place *p) __attribute__((warn_unused_result));

/* There is none, and none is made; all: what else there is. */
int words_none_to_join(const struct invocation *inv, const struct jobs *all)
	__attribute__((warn_unused_result));

/* It was ended on purpose, for this reason, and the client came by itself. */
int words_stays_ended(const struct invocation *inv, const char *why)
	__attribute__((warn_unused_result));

/* In its folder is not what we or the agent left there: errno and why. */
int words_folder(const struct invocation *inv, const struct job *j, int error,
	const struct err *why) __attribute__((warn_unused_result));

/*
 * The job is over. The folder is entered for it, and left: what it printed is
 * shown, and kept for `logs`.
 */
int words_job_ended(const struct invocation *inv, const struct job *j,
	struct folder *folder) __attribute__((warn_unused_result));

/* Its agent at the place did not answer for too long. */
int words_agent_lost(const struct place *p, const struct err *why)
	__attribute__((warn_unused_result));

#endif
