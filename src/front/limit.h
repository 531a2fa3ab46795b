/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_LIMIT_H
#define FRONT_LIMIT_H

#include "front/front.h"

/*
 * Keeps the agent informed of the job's time limit, which only the scheduler
 * knows for certain.
 */
struct limit;

/*
 * The control stream is up: tell what is known, or ask in a while, and whenever
 * the agent does.
 */
struct limit *limit_new(struct front *f);
void limit_free(struct limit *l);

#endif
