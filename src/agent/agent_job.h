/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_AGENT_JOB_H
#define AGENT_AGENT_JOB_H

#include <event2/event.h>

#include "agent/agent_options.h"
#include "net/child.h"
#include "os/userdir.h"

/*
 * The job that the agent is, as most of its parts need to know it: who, where,
 * with which options, and the loop that they all run in. Set before the parts
 * are made, and the same to the end.
 */
struct eventlog;

struct agent_job {
	const struct options *opt;
	char *const *argv;	/* as it was started */
	struct event_base *base;
	struct children *children;
	struct userdir user;
	int dir;		/* of the session's state */
	char node[256];
	char id[64];		/* the scheduler's, or "" */
	long long started;	/* by clock_ms() */
	struct eventlog *events;	/* of the site; NULL: in tests */
};

#endif
