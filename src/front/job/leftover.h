/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_LEFTOVER_H
#define FRONT_JOB_LEFTOVER_H

#include "front/job/invocation.h"
#include "front/job/job.h"

/*
 * Ends a rival whose front died before it had ended it: a job of the session that
 * lost a race, and would start when the one that counts has ended. Which job that
 * is says lineup_left_over().
 */
struct leftover {
	const struct invocation *inv;
	char job[64], tag[17];
	struct launcher_call *call;	/* which ends it */
};

void leftover_init(struct leftover *l, const struct invocation *inv);
void leftover_fini(struct leftover *l);

/*
 * End it in the background, and remove its folder. NULL is none; one at a time:
 * while another is being ended nothing happens, and the next attach does it.
 */
void leftover_end(struct leftover *l, const struct job *j);

#endif
