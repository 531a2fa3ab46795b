/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_SUBMIT_H
#define FRONT_JOB_SUBMIT_H

#include "front/job/folder.h"
#include "front/job/invocation.h"
#include "front/job/job.h"
#include "front/job/launcher.h"
#include "front/job/wait.h"

/*
 * The job that a front submits. A submit that was not answered may have made
 * one all the same: an answer to find tells by its tag.
 */
struct submit {
	char tag[17];		/* of our job; "": there is none */
	char job[64];		/* its id; "": not known */
	char made[64];		/* the last one that was made, for ever */
	struct launcher_end answer;	/* to the submit */

	/* private */
	const struct invocation *inv;
	struct folder *folder;
	struct wait *wait;
	struct launcher_call *call;
	struct submit_hooks {
		struct fronthook *before, *after;	/* NULL: not yet */
		const char *scope;	/* for what comes behind the first */
		int ahead;		/* the same */
	} hooks;
	const struct submit_ops *ops;
	void *arg;
};

/* What becomes of it, perhaps before submit_run() or submit_end() returns. */
struct submit_ops {
	/* It may be there. */
	void (*submitted)(void *arg);
	/* It cannot be, which was told; the exit status for that. */
	void (*refused)(int exit_status, void *arg);
	/* It was ended, or there was none. */
	void (*ended)(void *arg);
};

/* folder, which is entered for our job, and wait are the caller's. */
void submit_init(struct submit *s, const struct invocation *inv,
	struct folder *folder, struct wait *wait, const struct submit_ops *ops,
	void *arg);
void submit_fini(struct submit *s);

/*
 * Submit a job of the session, which the scheduler's scope does not have:
 * submitted() or refused(). Before it and behind it is what hooks want to be run.
 * scope must stay. ahead: nobody may be there when it begins.
 */
void submit_run(struct submit *s, const char *scope, int ahead);

/* The job of an answer to find that has our tag; NULL: none has. */
void submit_match(struct submit *s, const struct job *j);

/*
 * Our job is not among the live ones: its folder is removed. -1 when the
 * scheduler did not answer the submit, which may be tried again; else the exit
 * status, and it was told why.
 */
int submit_explain_loss(struct submit *s)
	__attribute__((warn_unused_result));

/* Another job counts: end ours, remove its folder, then ended(). */
void submit_end(struct submit *s);

/* Nobody needs our job, or it is no more: remove its folder. Stops the wait. */
void submit_discard(struct submit *s);

/* It is as a job that somebody else made from now on: its folder stays. */
void submit_release(struct submit *s);

#endif
