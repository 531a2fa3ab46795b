/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_FRONTS_H
#define AGENT_FRONTS_H

#include <sys/queue.h>

#include "net/link.h"

/* The fronts that are attached, to be told what happens to the session. */
struct fronts;

/* One of them, in what owns its control stream. */
struct fronts_member {
	LIST_ENTRY(fronts_member) next;
	struct link *link;	/* its control stream */
	unsigned n;		/* fronts; more or none behind another agent */
	int is_agent;		/* it stands for the fronts of another node */
	void (*gone)(void *arg);
	void *arg;
};

struct fronts *fronts_new(void);

/* None is attached any more. */
void fronts_free(struct fronts *f);

/* gone() is called by fronts_drop_all(), and must remove it. */
void fronts_add(struct fronts *f, struct fronts_member *m, struct link *l,
	void (*gone)(void *arg), void *arg);
void fronts_remove(struct fronts *f, struct fronts_member *m);

unsigned fronts_count(const struct fronts *f);

/* It is an agent's, to which so many fronts are attached. */
void fronts_stand_for(struct fronts *f, struct fronts_member *m, unsigned n);

/* To the agents among them: a signal for the processes of their nodes. */
void fronts_signal(struct fronts *f, int sig);

/* Who is told, from now on, when their number has changed; NULL: nobody. */
void fronts_on_change(struct fronts *f, void (*changed)(void *), void *arg);

/* A line that all fronts show to the user. */
void fronts_notice(struct fronts *f, const char *line);

/*
 * Ask a front or two, if any can, what the scheduler says of the time limit.
 * seconds: how long the session has left as far as we know.
 */
void fronts_ask_limit(struct fronts *f, long seconds);

/* Tell all fronts that the end which comes is wanted. */
void fronts_mean_it(struct fronts *f);

/* Tell all fronts why the session ends. */
void fronts_end(struct fronts *f, const char *reason);

/* At the end: no front is attached any more. */
void fronts_drop_all(struct fronts *f);

#endif
