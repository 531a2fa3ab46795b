/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_SUBMIT_H
#define FRONT_SUBMIT_H

#include "front/folder.h"
#include "front/front.h"
#include "front/job.h"
#include "front/launcher.h"
#include "front/wait.h"

/*
 * The job that a front submits. A submit that was not answered may have made
 * one all the same: an answer to find tells by its tag.
 */
struct submit {
	char tag[17];		/* of our job; "": there is none */
	char job[64];		/* its id; "": not known */
	char made[64];		/* the last one that was made, for ever */
	struct launcher_end answer;

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

/* A job of an answer to find, which may be ours. */
void submit_see(struct submit *s, const struct job *j);

/*
 * It is not among the live jobs. 1 when the scheduler did not answer the
 * submit, which may be tried again; 0 when the front ends, with a message.
 */
int submit_vanished(struct submit *s);

/* Another job counts: end ours, then done(). */
void submit_take_back(struct submit *s, void (*done)(void *arg), void *arg);

/* Whatever we submitted is no more. */
void submit_forget(struct submit *s);

/* It is the session's job by now, as one that somebody else made. */
void submit_let_go(struct submit *s);

#endif
