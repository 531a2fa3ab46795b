/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_STALE_H
#define FRONT_STALE_H

#include "front/jobs.h"

/*
 * Folders of jobs that are no more. Fronts and jobs that die at the wrong moment
 * leave them.
 */

/*
 * Tidy up: live is what the launcher answered about all sessions, without an
 * error. Touched are only folders of jobs that this launcher would have named,
 * were they alive, and that nobody is about to submit.
 */
void stale_sweep(const struct front *f, const struct jobs *live);

/* A job has ended badly: keep its log for some days, and nothing else. */
void stale_retire(const struct front *f, const char *tag);

#endif
