/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_QUOTA_H
#define FRONT_JOB_QUOTA_H

#include "front/job/jobs.h"

/*
 * Whether the site lets another session be started: all are the live jobs, of
 * which each session counts once. -1 with e set, which names those that live.
 */
int quota_check(const struct invocation *inv, const struct jobs *all,
	struct err *e) __attribute__((warn_unused_result));

#endif
