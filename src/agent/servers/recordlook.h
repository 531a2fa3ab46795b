/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_RECORDLOOK_H
#define AGENT_SERVERS_RECORDLOOK_H

#include "agent/agent_job.h"

/*
 * One look at the records of VS Code servers (editor/serverrec.h) in the user's
 * server folders, by a child of the agent, which may block. What
 * is worth telling goes to out, a line each; its first letter is
 *	N	for the user and the log
 *	I	for the log
 */
enum recordlook {
	RECORDS_SHELL,	/* a shell starts: move, restore and mark */
	RECORDS_MARK,	/* remember the records of this session's servers */
	RECORDS_END,	/* remove them: the session has ended */
};

/*
 * own_folder: a server folder on this node only, or NULL. rundir: the session's
 * private directory, for copies of records.
 */
void recordlook_run(const struct agent_job *job, const char *own_folder,
	const char *rundir, enum recordlook look, int out);

#endif
