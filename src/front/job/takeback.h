/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_TAKEBACK_H
#define FRONT_JOB_TAKEBACK_H

/*
 * Whether a front that does not want its job any more takes it back. Only fronts
 * that wait leave a mark; those that are attached or linger, and a server that
 * works without any, leave none. So a job that may run is never taken back, by
 * whomever it was submitted: that is for the command cancel.
 */

/* How it stands with the job, by the scheduler's word and a look just now. */
enum takeback_job {
	TAKEBACK_UNKNOWN,	/* it did not answer, or says something else */
	TAKEBACK_NONE,		/* there is no such live job */
	TAKEBACK_WAITS,		/* pending or configuring: it has no agent */
	TAKEBACK_RUNS,
};

/* Who else waits for it, by the marks in its folder. */
enum takeback_others {
	TAKEBACK_NOBODY,
	TAKEBACK_SOMEBODY,
	TAKEBACK_CANNOT_TELL,	/* the folder cannot be looked into */
};

enum takeback { TAKEBACK_LEAVE, TAKEBACK_STAYS, TAKEBACK_END };

struct takeback_facts {
	enum takeback_job job;
	int ours;		/* this front has submitted it */
	int anybodys;		/* it may also be one that another submitted */
	enum takeback_others others;
};

/* The word of the launcher protocol for a state. */
enum takeback_job takeback_job(const char *state);

/*
 * TAKEBACK_LEAVE: there is nothing to end. TAKEBACK_STAYS: *why is said to the
 * user. TAKEBACK_END: end it.
 */
enum takeback takeback_decide(const struct takeback_facts *f,
	const char **why);

#endif
