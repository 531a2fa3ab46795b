/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_WAIT_H
#define FRONT_JOB_WAIT_H

#include "front/job/folder.h"
#include "front/job/invocation.h"
#include "front/job/job.h"

/* Waiting for the agent of a job: its call, its record, or the job's end. */

struct wait;

/* One of these ends the waiting; it may begin again with wait_for(). */
struct wait_ops {
	/* The agent is there. */
	void (*found)(const struct endpoint *at, void *arg);
	/* The job is over; given_up: a front ended it that did not see us. */
	void (*ended)(const struct job *j, int given_up, void *arg);
	/* It can never start, and --on-impossible=fail was given. */
	void (*impossible)(const struct job *j, void *arg);
	/* The folder was removed, and the job will run all the same. */
	void (*lost)(void *arg);
	/* The folder is not what the agent or we left there: errno and why. */
	void (*unusable)(int error, const struct err *why, void *arg);
};

/* folder is the caller's; what waits is in the one that is entered. */
struct wait *wait_new(const struct invocation *inv, struct folder *folder,
	const struct wait_ops *ops, void *arg);
void wait_free(struct wait *w);

/*
 * The launcher's network by which agents are reached, "": it names none. What
 * the user has chosen comes first. Before all below.
 */
void wait_set_network(struct wait *w, const char *network);

/* The network by which we and the agent reach each other; NULL: all. */
const char *wait_network(const struct wait *w);

/*
 * Be reachable for the agent: listen, and leave our address in the folder. For
 * a job that is about to be submitted; wait_for() does it by itself. A call that
 * comes before wait_for() is kept for it. What was waited for before is not any
 * more. EX_OK, or how to end, with e set.
 */
int wait_listen(struct wait *w, struct err *e)
	__attribute__((warn_unused_result));

/* Wait for the agent of j, whose folder is entered. May call back at once. */
void wait_for(struct wait *w, const struct job *j);

/* No callbacks any more, and not reachable. */
void wait_stop(struct wait *w);

#endif
