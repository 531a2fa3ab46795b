/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_TRIAL_H
#define FRONT_UPDATE_TRIAL_H

#include "base/err.h"

/*
 * Whether what is installed in dir runs here: it says its version, and a session on
 * this machine has a shell. ours is the installation that runs now: where a site's
 * settings let that have no such session, there is none to be had. stage is a
 * directory to work in. -1 with e set.
 */
int trial_run(const char *dir, const char *version, const char *ours,
	const char *stage, struct err *e) __attribute__((warn_unused_result));

#endif
