/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_CONFIRM_H
#define FRONT_JOB_CONFIRM_H

#include "front/front.h"

/*
 * What the scheduler says of a session that was found without it. It is asked
 * once, in the background, some time after the attach: for the time limit, for
 * what is left of other jobs, and whether it takes the job for ended. Then the
 * agent is told to end: a second one may run already.
 */
struct confirm;

/* f->control must be there by then; f->place is what is confirmed. */
struct confirm *confirm_new(struct front *f);
void confirm_free(struct confirm *c);

#endif
