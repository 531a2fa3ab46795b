/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef REAPER_KIND_H
#define REAPER_KIND_H

#include <stddef.h>

#include "base/err.h"

/*
 * Which editor's server a process is, told by where its program lies. A kind is
 * a name and patterns of directories: fnmatch(3) against one component of a
 * path, or against several for a pattern with slashes in it. What the process
 * says about itself in its arguments never counts.
 */
struct kind_row {
	const char *name, *pattern;
};

struct kind {
	struct kind_row *row;	/* the builtin ones first */
	size_t n;
	char **name;			/* each once; a kind is an index here */
	size_t names;
};

void kind_init(struct kind *k);
void kind_fini(struct kind *k);

/* Add "NAME=PATTERN"; -1 with e set. */
int kind_add(struct kind *k, const char *word, struct err *e)
	__attribute__((warn_unused_result));

/* The kind of a file by its absolute path, -1: none. */
int kind_path(const struct kind *k, const char *path);

/*
 * The kind of a process: of its program, or when that is an interpreter, of the
 * script that it runs. exe and script may be NULL.
 */
int kind_process(const struct kind *k, const char *exe,
	const char *script);

/* Shells, node, python: programs whose script is worth knowing. */
int kind_is_interpreter(const char *exe);

#endif
