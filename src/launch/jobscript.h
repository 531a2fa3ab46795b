/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_JOBSCRIPT_H
#define LAUNCH_JOBSCRIPT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/kv.h"

/* Whether an agent may start others, on further nodes of its job. */
enum jobscript_nodes {
	JOBSCRIPT_ONE,		/* it has no others */
	JOBSCRIPT_SEVERAL,
	JOBSCRIPT_BOUND,	/* and Slurm would bind those to CPUs */
	JOBSCRIPT_ASK,		/* whether it would, scontrol tells the script */
};

/*
 * The script, with a NUL behind it: it execs the command of the request, whose
 * output goes to its log. -1 with e set.
 */
int jobscript_make(struct buf *out, const struct kv *request,
	enum jobscript_nodes nodes, struct err *e)
	__attribute__((warn_unused_result));

/*
 * What the first step of an allocation runs, for sh -c: the same, but that it
 * writes the log by itself.
 */
struct jobscript_step {
	const char *epilog;	/* ends the allocation after it; looked for, and
				   run by the agent if slurmstepd is gone */
	const char *hello;	/* said on stdout when it begins */
	const char *more;	/* words for the agent, with a blank before each */
};
int jobscript_step(struct buf *out, const struct kv *request,
	enum jobscript_nodes nodes, const struct jobscript_step *step,
	struct err *e) __attribute__((warn_unused_result));

/* What Slurm is to be told as the job's output, of that log. To be freed. */
char *jobscript_output(const char *log);

/* The job's name and directory; given: what the user asked for, or NULL. */
char *jobscript_name(const char *given, const char *session);
char *jobscript_dir(const char *given, const char *dir);

/* The comment of a job with that mark. given: the user's own, or NULL. */
char *jobscript_comment(const char *mark, const char *given);

/* Two fronts that race must not make two agents. To be freed. */
char *jobscript_dependency(const char *given);

/*
 * The session's other questions go to the cluster own (NULL: of no name), so its job
 * can only be there: -1 with e set, when it is none of those given.
 */
int jobscript_cluster(const char *given, const char *own, struct err *e)
	__attribute__((warn_unused_result));

#endif
