/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_JOB_H
#define FRONT_JOB_JOB_H

#include <stddef.h>
#include <time.h>

#include "base/kv.h"
#include "front/job/role.h"

/* Who ended a job, by the launcher's word. */
enum job_by {
	JOB_BY_ITSELF,		/* its own program; or it is not known */
	JOB_BY_SCHEDULER,	/* it, by its rules or for somebody */
	JOB_BY_REQUEUE,		/* put back into the queue; its reason says so */
};

/* A record: a job as its scheduler describes it, by a launcher's answer. */
struct job {
	char id[64];		/* "": no job */
	char tag[17];
	char session[65];
	char user[65];		/* whose it is; "": the user's own, or not told */
	enum role_said role;	/* what its launcher says that it is */
	char state[16];		/* pending, ...: vscode-remote-launcher(7) */
	char reason[64];	/* the scheduler's word, or "" */
	char text[256];		/* the same in plain words, or "" */
	char node[256];
	char partition[64];	/* or "" */
	char gres[128];		/* or "" */
	time_t start;		/* 0: unknown */
	long age;		/* seconds since it was submitted; 0: unknown */
	time_t end_epoch;	/* 0: no limit, or not known yet */
	/* The same by clock_ms(), which stays when the wall clock is set. */
	long long ends_ms;
	long time_limit;	/* seconds; 0: unknown, -1: none */
	long cpus, mem;		/* mem in MB; 0: unknown */
	int status;		/* of an ended one; -1: unknown */
	char never[256];	/* it may never start: what to change; or "" */
	long nodes_missing;	/* of its partition; -1: unknown */
	int meant;		/* it was ended on purpose, or by its limit */
	enum job_by by;		/* who ended it, once it is over */
	int lacked_memory;	/* a process of it was killed for that */
	char unwritable[512];	/* its node could not open this; or "" */
};

/* From a record of a launcher just read: what it lacks is as said above. */
struct job job_read(const struct kv *kv);

/* Of its time, given ends_ms of it, which is not 0; never negative. */
long job_seconds_left(long long ends_ms);

/* Whether the launcher protocol's word for its state is this one. */
int job_is(const struct job *j, const char *state);

/* It does not run any more: over, ending, or back in the queue. */
int job_is_over(const struct job *j);

/* The scheduler has ended it, not its own program. */
int job_was_ended(const struct job *j);

/* Why it is over: "cancelled (CANCELLED)". */
void job_fate(const struct job *j, char *out, size_t size);

/* Its node could not write in the state directory. */
int job_could_not_write(const struct job *j);

/* What helps against that, or against nothing in particular: "connect again". */
void job_advice(const struct job *j, char *out, size_t size);

/* Whether a user would be told something else about it than before. */
int job_differs(const struct job *j, const struct job *before);

/* One line on how it stands with a job that is waited for. */
void job_describe(const struct job *j, char *out, size_t size);

#endif
