/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_NODESTEP_H
#define AGENT_NODESTEP_H

#include <sys/types.h>

#include "agent/agent_job.h"
#include "base/buf.h"
#include "base/err.h"

/*
 * The command that runs an agent on another node of the job, as a process here:
 * the launcher's words (--step), with our own command line and --node=NAME behind.
 * It can end and be run again. What it says, and so what that agent says, is in
 * our log behind the node's name; the last of it may tell why there is no agent.
 */
struct nodestep {
	const struct agent_job *job;
	const char *node;
	void (*ended)(const struct err *why, void *arg);
	void *arg;
	pid_t pid;		/* -1: it does not run */
	int report;		/* of its exec; while it runs */
	struct child *child;
	struct event *said;	/* what it prints, also behind its end; or NULL */
	struct buf line;
	char words[512];	/* that may tell why there is no agent, or "" */
	int is_error;		/* words look like a reason */
};

/*
 * job and node outlive it. ended() is told of each end, with why as the reason if
 * there is no agent, and may free it.
 */
void nodestep_init(struct nodestep *s, const struct agent_job *job,
	const char *node, void (*ended)(const struct err *why, void *arg),
	void *arg);

/* A process that runs is left alone, without an owner. */
void nodestep_fini(struct nodestep *s);

/* Only when it does not run. -1 with e set. */
int nodestep_run(struct nodestep *s, struct err *e)
	__attribute__((warn_unused_result));

int nodestep_is_running(const struct nodestep *s);

/* Whether a process is the command's, or of its session. */
int nodestep_has(const struct nodestep *s, pid_t pid, pid_t session);

/* SIGTERM to the command, which shall end what it runs; SIGKILL to its group. */
void nodestep_end(struct nodestep *s);
void nodestep_kill(struct nodestep *s);

#endif
