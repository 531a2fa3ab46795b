/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_WANT_H
#define FRONT_JOB_WANT_H

/*
 * What a command wants of the session that it names. The command's row says it,
 * the way to the session's job goes by it.
 */
enum session_want {
	SESSION_NOTHING,	/* but to be found, or not even that */
	SESSION_JOIN,		/* a shell in its job, if there is one */
	SESSION_START,		/* a shell in its job, which is made if need be */
	SESSION_ALLOC,		/* that there is a job, whose agent answers */
	SESSION_QUEUE,		/* that there is a job */
};

/* Whether a job is made when there is none: options of the job mean something. */
int want_starts(enum session_want want);

/*
 * Whether somebody typed that it be there, and no client has come back by
 * itself: a session that was ended does not stay so, and one that is there
 * already is news.
 */
int want_is_typed(enum session_want want);

/* Whether a shell is started in the job: variables for it mean something. */
int want_has_shell(enum session_want want);

#endif
