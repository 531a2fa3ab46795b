/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ASIDE_H
#define FRONT_JOB_ASIDE_H

#include "front/job/invocation.h"

/*
 * Work in the state directory that is done while others are served, who must not
 * wait for a file system that hangs: a child does it, with a copy of all that we
 * know. Nobody hears of its outcome. It has the state directory, and no other
 * descriptor.
 */
void aside_run(const struct invocation *inv, void (*work)(const void *arg),
	const void *arg);

#endif
