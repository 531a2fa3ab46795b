/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_TMPDIR_H
#define OS_TMPDIR_H

#include "base/err.h"

/* Directories deeper than this below the top are not removed. */
#define TMPDIR_DEPTH 128

/* Make base/vscode-remote-shell.XXXXXX, 0700. To be freed; NULL with e set. */
char *tmpdir_make(const char *base, struct err *e)
	__attribute__((warn_unused_result));

/* Whether tmpdir_make() gives such names to the directories that it makes. */
int tmpdir_is_name(const char *name);

/*
 * Remove the directory path and all below. Symlinks are removed, never
 * followed; what is mounted inside is left alone, with the directories that
 * lead there. Goes on after a failure; -1 with e set tells the first one. A
 * path that does not exist is removed already.
 */
int tmpdir_remove(const char *path, struct err *e);

/*
 * The same for a path below the directory at, and for at most so many entries:
 * 1 when there are more, which stay.
 */
int tmpdir_remove_at(int at, const char *path, unsigned long most,
	struct err *e);

#endif
