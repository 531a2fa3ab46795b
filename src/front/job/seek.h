/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_SEEK_H
#define FRONT_JOB_SEEK_H

#include "front/job/invocation.h"
#include "front/job/place.h"

/*
 * Who answers with the session's key is the session: all agents whose folders
 * have its name are asked at once, and the scheduler not at all. So a session
 * that runs is reached when the scheduler is down, hung or slow. Of two that
 * answer the newer is the session, and the other is told to end.
 */
struct seek;

/*
 * One of the two is called once, never before this returns, and within
 * SEEK_MS: found() with the place of the session, or nobody() when none has
 * answered.
 */
#define SEEK_MS 1100
struct seek *seek_new(const struct invocation *inv,
	void (*found)(const struct place *p, void *arg),
	void (*nobody)(void *arg), void *arg);
void seek_free(struct seek *s);

#endif
