/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_SESSIONMARKS_H
#define AGENT_SERVERS_SESSIONMARKS_H

#include "agent/agent_job.h"
#include "editor/serverrec.h"

/*
 * Marks of the sessions that share the state directory: a file for each in
 * DIR/servers, which is there only as long as somebody has some.
 */
struct sessionmarks {
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
 * sessionmarks_fini() after both.
 */
int sessionmarks_open(struct sessionmarks *m, const struct agent_job *job, struct err *e)
	__attribute__((warn_unused_result));

void sessionmarks_fini(struct sessionmarks *m);

/* Remove what tells nothing any more, once the records were looked at. */
void sessionmarks_forget(struct sessionmarks *m);

enum serverrec_owner sessionmarks_owner(const struct sessionmarks *m,
	const struct serverrec_mark *record);

/* Is there a mark of that record among those that will be? */
int sessionmarks_has_now(const struct sessionmarks *m,
	const struct serverrec_mark *record);

/* Write ours as they are now, if that is new. -1 with e set. */
int sessionmarks_write(struct sessionmarks *m, struct err *e)
	__attribute__((warn_unused_result));

/* The session has ended. */
void sessionmarks_remove(struct sessionmarks *m);

#endif
