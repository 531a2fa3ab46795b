/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_STALE_H
#define FRONT_JOB_STALE_H

#include <sys/types.h>

#include "front/job/jobs.h"

/*
 * Folders of jobs that are no more. Fronts and jobs that die at the wrong moment
 * leave them.
 */

/*
 * Tidy up, in a child: live is what the launcher answered about all sessions, without an
 * error. Touched are only folders of jobs that this launcher would have named,
 * were they alive, and that nobody is about to submit. The child is killed with
 * the front, and the next sweep goes on. Returns its pid, or -1.
 */
pid_t stale_sweep(const struct invocation *inv, const struct jobs *live);

/* A job has ended badly: keep its log for some days, and nothing else. */
void stale_retire(const struct invocation *inv, const char *tag);

/* Remove a session's folder: what takes long is left to the next sweep. */
void stale_remove(int state_fd, const char *tag);

#endif
