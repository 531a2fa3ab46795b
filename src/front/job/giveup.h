/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_GIVEUP_H
#define FRONT_JOB_GIVEUP_H

#include "front/job/folder.h"
#include "front/job/invocation.h"
#include "front/job/job.h"
#include "front/job/takeback.h"

/*
 * Taking back a job that nobody wants any more, if it is ours to end and nobody
 * else waits for it: takeback.h says when. What becomes of it is told.
 */
struct giveup_ops {
	/* Enter the folder of the job: -1 when it cannot be. */
	int (*enter)(void *arg);
	/* It was tried to end the job. */
	void (*done)(void *arg);
};

struct giveup {
	const struct invocation *inv;
	struct folder *folder;		/* the caller's */
	const struct giveup_ops *ops;
	void *arg;
	const struct job *job;
	struct launcher_call *call;
	int marked;			/* the folder says that we end the job */
};

void giveup_init(struct giveup *g, const struct invocation *inv,
	struct folder *folder, const struct giveup_ops *ops, void *arg);

/* Others that wait are to know whether the job stays. */
void giveup_fini(struct giveup *g);

/*
 * job is as the scheduler has described it a moment ago, and stays as it is; its
 * id is "" when there is none, or nobody knows. made: the id of one that was
 * submitted from here, or "". Who else waits is found out here. Returns what was
 * decided; with TAKEBACK_END the job is being ended, and done() follows.
 */
enum takeback giveup_job(struct giveup *g, struct takeback_facts facts,
	const struct job *job, const char *made)
	__attribute__((warn_unused_result));

#endif
