/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FATE_H
#define FRONT_FATE_H

#include "front/job/invocation.h"
#include "front/job/place.h"

/*
 * What became of the job that we are attached to. The agent says that it ends,
 * its link breaks, or it does not answer; the scheduler may know why. Each ends
 * in one line for the user, within FATE_SECONDS. What that means for the front
 * is for parting, which is told each step.
 */
#define FATE_SECONDS 2

struct fate;

/* p is the caller's, and outlives it. */
struct fate *fate_new(const struct invocation *inv, const struct place *p);
void fate_free(struct fate *x);

/* The agent ends the session, and gives this reason. */
void fate_agent_ends(struct fate *x, const char *reason);

/* The end that comes is wanted: the agent says so ahead of it. */
void fate_is_meant(struct fate *x);

/* The link to the agent broke: the last that is known of it. */
void fate_link_broke(struct fate *x, const char *why);

/*
 * The agent has not answered for so many seconds, and is given up after limit.
 * Call it at each further heartbeat; 1 when the job is known to be suspended:
 * then the silence has a reason, however long it is.
 */
int fate_silent(struct fate *x, int seconds, int limit);

/* It has answered, or somebody has looked at it last. */
void fate_heard(struct fate *x);

/* Whether the end has begun: the user is told soon, and the front ends by that. */
int fate_has_begun(const struct fate *x);

/* Whether the user was told. */
int fate_is_known(const struct fate *x);

#endif
