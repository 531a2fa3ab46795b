/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_FOLDER_H
#define FRONT_JOB_FOLDER_H

#include "base/err.h"
#include "net/tls/tls.h"
#include "proto/endpoint.h"

/*
 * STATE/TAG, the folder of one job, which front and agent share:
 *	secret		of the link, made before the job is submitted
 *	about		whose it is: front/job/about.h
 *	agent.log	what the job prints
 *	endpoint	where the agent is, once it runs
 *	home.XXXX	where a front waits for the agent's call
 *	waiting/XXXX	a front waits; the directory is gone once the job was
 *			given up, which no cache of NFS can hide
 *	given-up	a front is about to end the job, if nobody else waits
 */
struct folder {
	const char *state_dir;	/* the caller's, as the next */
	int state_fd;
	int fd;			/* -1: none is entered */
	char tag[17];		/* of the one that is entered */
	char *home;		/* our file in it, or NULL */
	int marked;		/* ours is in "waiting", too */
	struct tls_key front_key, home_key;
};

void folder_init(struct folder *f, int state_fd, const char *state_dir);

/*
 * Make the folder of a new job, with its secret and an empty log, and enter it.
 * tag gets its name; what was made of it is removed on failure. -1 with e set.
 */
int folder_create(struct folder *f, char tag[17], struct err *e)
	__attribute__((warn_unused_result));

/*
 * Make the folder of a job that exists, which has lost it, and enter it; another
 * front may do the same. -1 with e and errno set.
 */
int folder_remake(struct folder *f, const char *tag, struct err *e)
	__attribute__((warn_unused_result));

/* Enter the folder of a job and derive the keys. -1 with e and errno set. */
int folder_enter(struct folder *f, const char *tag, struct err *e)
	__attribute__((warn_unused_result));

/* Leave it, taking our home file along. Nothing happens outside of one. */
void folder_leave(struct folder *f);

/* Where the agent is: 1; 0 when it has not said yet; -1 with e and errno set. */
int folder_endpoint(const struct folder *f, struct endpoint *ep,
	struct err *e) __attribute__((warn_unused_result));

/* Whether the folder that is entered has been removed by somebody. */
int folder_is_gone(const struct folder *f);

/*
 * Before the job is ended because we do not want it any more: 0 when no other
 * front waits for its agent. -1: one does, and the job is not ours to end. One
 * of the two sees the other, whatever either's cache of the directory says.
 */
int folder_give_up(struct folder *f) __attribute__((warn_unused_result));

/* It was not ended, or nobody knows: who comes later is not to believe the mark. */
void folder_keep(struct folder *f);
int folder_is_given_up(struct folder *f);

/* Leave our address for the agent, until we leave. -1 with e set. */
int folder_wait_here(struct folder *f, const struct endpoint *ep,
	struct err *e) __attribute__((warn_unused_result));

/* Tell the user what the job printed, its last lines. 0: nothing. */
int folder_tell_log(const struct folder *f);

/* Remove the folder of a job, entered or not. */
void folder_remove(struct folder *f, const char *tag);

#endif
