/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_JOBS_H
#define FRONT_JOB_JOBS_H

#include "front/job/invocation.h"
#include "front/job/job.h"
#include "front/job/launcher.h"

/*
 * The live jobs of the user, of all sessions, as their scheduler tells them. What
 * the jobs of one session are to it: lineup.h.
 */
struct jobs {
	size_t n;
	struct job *job;	/* of one session the one that counts first */
	char scope[128];	/* the cluster or machine asked; "": unknown */
	char link_network[64];	/* where its jobs are reached; "": anywhere */
	int of_all_users;	/* so many of them as the scheduler shows */

	struct launcher_call *call;
	void (*found)(void *arg);
	void (*failed)(const struct launcher_end *end, void *arg);
	void *arg;
	const struct invocation *inv;
};

/*
 * Ask for them. found() is called once all is filled, or failed() when the
 * scheduler does not answer; NULL: then the front ends with a message. all may
 * be asked again. tag: of a job that was just submitted, or NULL.
 */
void jobs_find(struct jobs *all, const struct invocation *inv, const char *tag,
	void (*found)(void *arg),
	void (*failed)(const struct launcher_end *end, void *arg), void *arg);

/*
 * The same of all users' jobs, which are shown only: of a session there may be
 * several, and none of them is the user's to join. of_all_users stays 0 where the
 * launcher knows no such question; then they are the user's own.
 */
void jobs_find_all_users(struct jobs *all, const struct invocation *inv,
	void (*found)(void *arg), void *arg);

/* No callback any more; forgets the jobs. */
void jobs_fini(struct jobs *all);

/* The first job of a session, or NULL. */
const struct job *jobs_of(const struct jobs *all, const char *session);

/* Whether a job has this tag. */
int jobs_has_tag(const struct jobs *all, const char *tag);

/* "you have none", or "you have: a, b", for messages. To be freed. */
char *jobs_names(const struct jobs *all);

#endif
