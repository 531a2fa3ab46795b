/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_LIMIT_H
#define FRONT_FRONT_LIMIT_H

#include "front/job/invocation.h"
#include "front/job/place.h"

struct front_control;

/*
 * Keeps the agent informed of the job's time limit, which only the scheduler
 * knows for certain.
 */
struct front_limit;

/*
 * The control stream is up: tell what is known, or ask in a while, and whenever
 * the agent does. Both outlive it.
 */
struct front_limit *front_limit_new(const struct invocation *inv, struct front_control *control,
	const struct place *p);

/*
 * For who is about to leave: ask the scheduler now if need be, and call done()
 * when the agent has heard of the limit, or cannot.
 */
void front_limit_settle(struct front_limit *l, void (*done)(void *arg), void *arg);

void front_limit_free(struct front_limit *l);

#endif
