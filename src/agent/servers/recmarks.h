/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_RECMARKS_H
#define AGENT_SERVERS_RECMARKS_H

#include "agent/job.h"
#include "editor/serverrec.h"

/*
 * Marks of the sessions that share the state directory: a file for each in
 * DIR/servers, which is there only as long as somebody has some.
 */
struct recmarks {
	const struct agent_job *job;
	char boot[37];
	int dir;		/* -1: there is none */
	struct serverrec_marks mine;	/* as they were */
	struct serverrec_marks now;	/* as they will be */
	struct serverrec_marks *others;
	size_t n_others;
};

/*
 * Read them. -1 with e set when this host's boot cannot be told. Call
 * recmarks_fini() after both.
 */
int recmarks_open(struct recmarks *m, const struct agent_job *job, struct err *e)
	__attribute__((warn_unused_result));

void recmarks_fini(struct recmarks *m);

/* Remove what tells nothing any more, once the records were looked at. */
void recmarks_forget(struct recmarks *m);

enum serverrec_owner recmarks_owner(const struct recmarks *m,
	const struct serverrec_mark *record);

/* Is there a mark of that record among those that will be? */
int recmarks_has_now(const struct recmarks *m,
	const struct serverrec_mark *record);

/* Write ours as they are now, if that is new. -1 with e set. */
int recmarks_write(struct recmarks *m, struct err *e)
	__attribute__((warn_unused_result));

/* The session has ended. */
void recmarks_remove(struct recmarks *m);

#endif
