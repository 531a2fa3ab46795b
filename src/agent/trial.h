/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_TRIAL_H
#define AGENT_TRIAL_H

#include "base/buf.h"
#include "os/spawn.h"

#define TRIAL_MAX 65536		/* bytes of what it says last; before, some may be lost */

/*
 * In a child that does nothing else: run a program, which gets no input, in a session
 * of its own, and append to said what it says on both. It is over when the program
 * has ended, whoever else has its output. Its status of waitpid(2); -1 with e set: it
 * could not be run, or did not end within so many seconds, and all of its session
 * that is in its process group is killed. s: but for descriptors.
 */
int trial_run(const struct spawn *s, long seconds, struct buf *said,
	struct err *e) __attribute__((warn_unused_result));

/*
 * The same of one that may be there to stay: it is over, with 0, as soon as is_up(),
 * which is asked all the time, and then it runs on.
 */
int trial_start(const struct spawn *s, long seconds,
	int (*is_up)(void *arg), void *arg, struct buf *said, struct err *e)
	__attribute__((warn_unused_result));

#endif
