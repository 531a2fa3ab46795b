/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_PATHSEARCH_H
#define OS_PATHSEARCH_H

#include <stddef.h>

/*
 * Find the program name in dirs, directories with ':' between them as in PATH: the
 * first regular file that may be run. Directories that are not absolute are passed
 * over, since who is asked may be elsewhere, and so is what does not fit into path.
 * dirs may be NULL. Returns whether path has it.
 */
int pathsearch(const char *dirs, const char *name, char *path, size_t size);

#endif
