/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_STEP_H
#define FRONT_UPDATE_STEP_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Run a script of sh with the words behind it as "$1" and so on, input on its stdin
 * (NULL: none), for so many seconds at most. said, unless it is NULL, gets what it
 * printed, with a NUL. -1 with e set to the last line that it printed.
 */
int step_run(const char *script, const char *const words[], const char *input,
	long seconds, struct buf *said, struct err *e)
	__attribute__((warn_unused_result));

#endif
