/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_SUBMIT_H
#define FRONT_JOB_SUBMIT_H

#include "front/front.h"
#include "front/job/folder.h"
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
	struct front *front;
	struct folder *folder;
	struct wait *wait;
	struct launcher_call *call;
	void (*done)(void *arg);
	void *arg;
};

/* folder, which is entered for our job, and wait are the caller's. */
void submit_init(struct submit *s, struct front *f, struct folder *folder,
	struct wait *wait);
void submit_fini(struct submit *s);

/*
 * Submit a job of the session, which the scheduler's scope does not have.
 * done() is called when it may be there; when it cannot be, the front ends with
 * a message.
 */
void submit_run(struct submit *s, const char *scope, void (*done)(void *arg),
	void *arg);

/* Whether a launcher is being asked about it. */
int submit_is_busy(const struct submit *s);

/* The job of an answer to find that has our tag; NULL: none has. */
void submit_match(struct submit *s, const struct job *j);

/*
 * Our job is not among the live ones: its folder is removed. 1 when the
 * scheduler did not answer the submit, which may be tried again; 0 when the
 * front ends, with a message.
 */
int submit_explain_loss(struct submit *s);

/* Another job counts: end ours, remove its folder, then done(). */
void submit_end(struct submit *s, void (*done)(void *arg), void *arg);

/* Nobody needs our job, or it is no more: remove its folder. Stops the wait. */
void submit_discard(struct submit *s);

/* It is as a job that somebody else made from now on: its folder stays. */
void submit_release(struct submit *s);

#endif
