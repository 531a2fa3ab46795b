/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_ASIDE_H
#define FRONT_JOB_ASIDE_H

#include "front/job/invocation.h"

/*
 * Work in the state directory that is done while others are served, who must not
 * wait for a file system that hangs: a child does it, with a copy of all that we
 * know. Nobody hears of its outcome. It has the state directory, and no other
 * descriptor. The child, or -1.
 */
pid_t aside_run(const struct invocation *inv, void (*work)(const void *arg),
	const void *arg);

/*
 * When the loop is over: wait for such a child, or another one, as long as a file
 * system takes that does not hang. -1 is none.
 */
void aside_wait(pid_t child);

#endif
