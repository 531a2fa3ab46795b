/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_LEFTOVER_H
#define FRONT_JOB_LEFTOVER_H

#include "front/front.h"
#include "front/job/job.h"

/*
 * A job of the session that lost a race, and whose front died before it had
 * ended it. It would start when the one that counts has ended.
 */
struct leftover {
	struct front *front;
	char job[64], tag[17];		/* job "": there is none */
	struct launcher_call *call;	/* which ends it */
};

void leftover_init(struct leftover *l, struct front *f);
void leftover_fini(struct leftover *l);

/* A job that is not the one that counts. A young one is left to its front. */
void leftover_note(struct leftover *l, const struct job *j);

/* End what was noted, in the background, and remove its folder. */
void leftover_end(struct leftover *l);

#endif
