/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_LOCAL_LOCAL_JOB_H
#define LAUNCH_LOCAL_LOCAL_JOB_H

#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#define LOCAL_ID_MAX 999999999999999L	/* more is no number of a job */
#define LOCAL_LIMIT_MAX (365 * 86400L)	/* seconds; the agent takes no more */

/*
 * The jobs of launch-local: numbered records in a directory, of which the last
 * is never removed, so that no number comes back. What these cannot do ends the
 * program with an error record.
 */
struct local_job {
	long id;
	pid_t pid;
	unsigned long long start;
	time_t began;
	long limit;		/* seconds, 0: none */
	char tag[17], session[65], host[256], boot[37];
};

/* Who we are: to be set before anything else. */
extern char local_host[256], local_boot[37];

/* -1: there is no such record. */
int local_load(int dir, const char *name, struct local_job *j);

/* Whether its process runs; only for one that is here. */
int local_is_alive(const struct local_job *j);

/* Whether it is of this machine since it was started. */
int local_is_here(const struct local_job *j);

/*
 * The live jobs of this machine, the oldest first, to be freed; how many.
 * Records of its dead ones are removed. dir -1: there are none. *highest: of all
 * numbers.
 */
size_t local_live(int dir, struct local_job **jobs, long *highest);

/* Whether no job before it in that list is of the same session. */
int local_is_first(const struct local_job *jobs, size_t i);

/*
 * Whether an older job of its session lives, whose end it has to wait for, or
 * may live: that cannot be looked at now. A job that waits ends for no such
 * reason.
 */
int local_waits(int dir, const struct local_job *j);

/* Store a new job and return its number; its process is killed on failure. */
long local_store(int dir, const struct local_job *j);

/* Replace the record of a job. */
void local_rewrite(int dir, const struct local_job *j);

/* Answer with this error, and end. */
__attribute__((noreturn, format(printf, 2, 3)))
void local_fail(const char *class, const char *fmt, ...);

#endif
