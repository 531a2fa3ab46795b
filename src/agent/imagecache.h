/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGECACHE_H
#define AGENT_IMAGECACHE_H

#include "agent/runtime.h"

/* Before the user's name: nothing else of theirs is in it, so it can be swept. */
#define IMAGECACHE_DIR "vscode-remote-shell-"

/*
 * --container-cache: the user's copies of images, and what was made of the names of
 * a registry, in a directory that only the user can enter. However many sessions
 * want one at once, on one node or on nodes that share the directory, it is made
 * once; the others wait. A copy has its name when it is whole, and none before.
 */
struct imagecache {
	const char *place;	/* of imagekey_place() */
	const char *user;	/* whose is IMAGECACHE_DIR and that, in there */
	const char *image;
	/* What makes a file of a name, and its program; a copy needs none. */
	const struct runtime *importer;
	const char *program;
	char *const *env;	/* of that */
	/* A line for the user. Some seconds may lie between two. */
	void (*tell)(const char *line, void *arg);
	/* There was progress, of us or of who makes it. NULL: nobody counts that. */
	void (*alive)(void *arg);
	void *arg;
};

/*
 * The path of a copy, to be freed, which may be long in coming, or never where a file
 * system hangs: imagewatch.h.
 * What is left of others that were killed is removed, and what was not wanted for
 * a month. NULL with e set, also when SIGHUP or SIGTERM ends it, of which nothing is
 * left.
 */
char *imagecache_get(const struct imagecache *c, struct err *e)
	__attribute__((warn_unused_result));

#endif
