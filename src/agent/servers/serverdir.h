/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_SERVERDIR_H
#define AGENT_SERVERS_SERVERDIR_H

#include "agent/agent_job.h"

/*
 * The directory that takes the place of the home directory for editors' server
 * folders (--server-dir). Extensions, settings and downloaded servers in it are
 * links to those in the home directory; records of what runs are its own.
 */

/*
 * Where it is, to be freed. NULL: the home directory will do, or e says why it
 * must. e is set, too, when the name of the node's is somebody else's.
 */
char *serverdir_path(const struct agent_job *job, struct err *e);

/* Which one it is: others may make one of its name, once it was removed. */
struct serverdir_id {
	unsigned long long dev, ino;	/* 0: none yet */
};

/* Whether it is that one, and nobody else can have taken its place. */
int serverdir_is(const char *path, const struct serverdir_id *id,
	struct err *e);

/*
 * Whether VS Code's server has room for what it writes, in that directory or, if
 * dir is NULL, at home. -1 with e set: it is full, at a quota, or read-only.
 */
int serverdir_room(const char *dir, const char *home, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Make it and the links that are missing; *id is which one it is. Blocks on the
 * home directory.
 */
int serverdir_make(const char *path, const char *home, struct serverdir_id *id,
	struct err *e) __attribute__((warn_unused_result));

#endif
