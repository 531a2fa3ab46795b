/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGEROOT_H
#define AGENT_IMAGEROOT_H

#include "agent/runtime.h"

/*
 * A directory as the root file system of a runtime that does not put one together
 * itself. The image is only read, so where a mount is to be and nothing is, the
 * directory above it is an empty one of its own, with all in it that the image has
 * there. Both look into the image, and may hang with its file system.
 */

/*
 * Append to all what makes that root, and then binds. -1 with e set: the image
 * cannot be read.
 */
int imageroot_mounts(const char *image, const struct mounts *binds,
	struct mounts *all, struct err *e) __attribute__((warn_unused_result));

/* Who the user is, which the image does not know. */
struct imageroot_user {
	const char *name, *home, *shell;
	/* A line for them: what was left out, and why. */
	void (*tell)(const char *line, void *arg);
	void *arg;
};

/*
 * Write passwd and group of the image with the user in them into the directory dir,
 * and append to binds these, and what the node says of names of hosts.
 */
int imageroot_accounts(const char *image, const char *dir,
	const struct imageroot_user *user, struct mounts *binds, struct err *e)
	__attribute__((warn_unused_result));

/* Whether they are still there: a cleaner of /tmp may take files alone. */
int imageroot_has_accounts(const char *dir);

#endif
