/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERDIR_H
#define AGENT_SERVERDIR_H

#include "agent/agent.h"

/*
 * The directory that takes the place of the home directory for editors' server
 * folders (--server-dir). Extensions, settings and downloaded servers in it are
 * links to those in the home directory; records of what runs are its own.
 */

/* Where it is, to be freed; NULL: the home directory will do. */
char *serverdir_path(const struct agent *a);

/*
 * Whether VS Code's server has room for what it writes, in that directory or, if
 * dir is NULL, at home. -1 with e set: it is full, at a quota, or read-only.
 */
int serverdir_room(const char *dir, const char *home, struct err *e)
	__attribute__((warn_unused_result));

/* Make it and the links that are missing. Blocks on the home directory. */
int serverdir_make(const char *path, const char *home, struct err *e)
	__attribute__((warn_unused_result));

#endif
