/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGECOPY_H
#define AGENT_IMAGECOPY_H

#include <sys/stat.h>

#include "base/err.h"

/* Bytes as people write them: "3.1 GiB". */
struct imagecopy_size {
	char s[24];
};
struct imagecopy_size imagecopy_size(unsigned long long bytes);

/* A copy of an image, on its way: by who may wait, not by a loop. */
struct imagecopy {
	const char *image;
	struct stat st;			/* of image, before */
	unsigned long long bytes, files;	/* that are copied so far */
	/* Now and then: -1 with e set ends it. NULL: nothing does. */
	int (*at)(const struct imagecopy *c, void *arg, struct err *e);
	void *arg;
};

/*
 * All bytes of a file, to to. -1 with e set, also when it has another size now:
 * somebody writes it.
 */
int imagecopy_file(struct imagecopy *c, int to, struct err *e)
	__attribute__((warn_unused_result));

/*
 * All of a directory, to the directory name of to, which is made: files, directories
 * and symlinks, the user's own from now on, but what the user may not read.
 */
int imagecopy_directory(struct imagecopy *c, int to, const char *name,
	struct err *e) __attribute__((warn_unused_result));

#endif
