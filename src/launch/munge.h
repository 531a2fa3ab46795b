/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LAUNCH_MUNGE_H
#define LAUNCH_MUNGE_H

#include "base/err.h"

#define MUNGE_SOCKET "/run/munge/munge.socket.2"

/*
 * Whether munged does not run on this host, which costs the scheduler nothing: its
 * clients try for a minute and more. path: of its socket; NULL: not known, the
 * usual one. -1 with e set; 0: it does, or nobody can tell.
 */
int munge_look(const char *path, struct err *e)
	__attribute__((warn_unused_result));

#endif
