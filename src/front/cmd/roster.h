/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_CMD_ROSTER_H
#define FRONT_CMD_ROSTER_H

#include "front/job/ask.h"
#include "front/job/folders.h"
#include "front/job/invocation.h"
#include "front/job/jobs.h"
#include "front/job/place.h"

/*
 * All sessions of the user, for the commands: the live jobs that the scheduler
 * tells, and the agents that answer, whether the scheduler knows them or not.
 */
struct roster_row {
	struct job job;
	const struct report *report;	/* the agent's; NULL: it did not answer */
	int listed;			/* by the scheduler */
};

/* Who is asked, and who has answered. */
struct roster_search {
	int heard_scheduler, heard_agents;
	struct ask *ask, *ask_more;	/* by folders; by jobs that had none */
	struct event *timer;
};

struct roster {
	size_t n;
	struct roster_row *row;
	struct launcher_end scheduler;	/* whether it answered, or why not */
	struct jobs jobs;		/* what it said */

	/* private */
	const struct invocation *inv;
	int hurry;
	int (*wanted)(const char *session, void *arg);
	struct folders folders;
	struct roster_search search;
	void (*done)(void *arg);
	void *arg;
};

/*
 * Find them; agents are asked of the sessions that are wanted, NULL: of all.
 * done() is called once, never before this returns. With hurry neither agents
 * nor, when one of those has answered, the scheduler are waited for as long. r
 * is all zero, or may be filled anew.
 */
void roster_find(struct roster *r, const struct invocation *inv, int hurry,
	int (*wanted)(const char *session, void *arg),
	void (*done)(void *arg), void *arg);
void roster_fini(struct roster *r);

/* The first of a session, or NULL. */
const struct roster_row *roster_of(const struct roster *r, const char *session);

/* "you have none", or "you have: a, b", for messages. To be freed. */
char *roster_names(const struct roster *r);

/* Where the agent of a row is, which has answered. It holds its key. */
void roster_place(const struct roster *r, const struct roster_row *row,
	struct place *p);

#endif
