/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_PATHDIR_H
#define AGENT_PATHDIR_H

#include <stddef.h>

#include "base/err.h"

/*
 * A directory of commands that goes before PATH. All return -1 with e set, without
 * the path in it.
 */

/* Make it, the user's alone, with what bash reads (PROLOGUE_BASHRC). A descriptor. */
int pathdir_open(const char *path, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Put a program there, or another in its place. It is an error if nothing can be run
 * there, as on a file system that is mounted noexec.
 */
int pathdir_put(int dir, const char *name, const void *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));

#endif
