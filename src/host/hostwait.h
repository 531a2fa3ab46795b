/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef HOST_HOSTWAIT_H
#define HOST_HOSTWAIT_H

#include "base/err.h"

/*
 * Behind the call: signals wait from now on, but for those that are ignored, as by
 * nohup(1), which stay so. Returns the descriptor that hostwait_end() wants; -1 with
 * e set.
 */
int hostwait_begin(struct err *e) __attribute__((warn_unused_result));

/*
 * Pass signals on to the command, stop when it does, and return its exit status when
 * it has ended; or die as it has. Who is told to end before the command runs, or whom
 * the agent does not hear any more, does so by itself. timeout in seconds, 0: none; then it is ended, and
 * HOSTWAIT_TIMEOUT returned, as timeout(1) does. -1 with e set: nobody knows what
 * has become of it.
 */
#define HOSTWAIT_TIMEOUT 124
int hostwait_end(int conn, int signals, long timeout, struct err *e)
	__attribute__((warn_unused_result));

/* A line for the user. */
void hostwait_say(const char *line);

#endif
