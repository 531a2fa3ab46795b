/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_STAYS_H
#define FRONT_JOB_STAYS_H

#include <stddef.h>
#include <sys/types.h>

#include "front/job/invocation.h"

/*
 * A session that was ended on purpose stays ended. A client whose window is open
 * comes back by itself, again and again, and each time would start a job. So who
 * was attached at the end keeps that in mind, in the file ended.SESSION.NAME,
 * where NAME stands for the options of the job; and tries with these options
 * are refused as long as each comes soon after the one before.
 */
#define STAYS_QUIET 90		/* s without a try, then one starts a job */
#define STAYS_MAX (3 * 3600)	/* s after the end: the client has given up */

/* This front was attached, or waited, when its session was ended, and why. */
void stays_ended(const struct invocation *inv, const char *reason);

/* The same by a child, while connections are served: see aside_wait(). */
pid_t stays_ended_aside(const struct invocation *inv, const char *reason);

/*
 * Whether this front is such a try, which makes it the last one; why gets the
 * reason of the end.
 */
int stays_refuses(const struct invocation *inv, char *why, size_t size);

/* Whoever starts the session by a command means it, whatever the options. */
void stays_forget(const struct invocation *inv);

#endif
