/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_RECORDS_H
#define AGENT_SERVERS_RECORDS_H

#include "agent/job.h"

/*
 * One look at the records of VS Code servers (editor/serverrec.h) in the user's
 * server folders, by a child of the agent, which may block. What
 * is worth telling goes to out, a line each; its first letter is
 *	N	for the user and the log
 *	I	for the log
 */
enum records_look {
	RECORDS_SHELL,	/* a shell starts: move, restore and mark */
	RECORDS_MARK,	/* remember the records of this session's servers */
	RECORDS_END,	/* remove them: the session has ended */
};

/*
 * own_folder: a server folder on this node only, or NULL. rundir: the session's
 * private directory, for copies of records.
 */
void records_look(const struct agent_job *job, const char *own_folder,
	const char *rundir, enum records_look look, int out);

#endif
