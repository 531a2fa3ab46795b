/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGEKEY_H
#define AGENT_IMAGEKEY_H

#include "base/err.h"

/*
 * --container-cache=[FROM:]DIR: images below FROM, or all, are used from copies that
 * are below DIR. What a copy is called tells of which image it is, and of which
 * content, so that one whose image has changed is found no more.
 */

/* What tells one content of a file or directory from another; zero of a name. */
struct imagekey_of {
	const char *image;		/* a path, or SCHEME://NAME */
	const char *end;		/* of its name, ".sif"; NULL: as it is */
	unsigned long long size;	/* bytes */
	long long changed;		/* seconds since 1970 */
	long nanoseconds;		/* and these */
};

struct imagekey {
	char name[128];		/* of the copy */
	char part[144];		/* of one that is being made */
	long lock;		/* the byte of the lock file that stands for it */
};

void imagekey_make(struct imagekey *k, const struct imagekey_of *of);

/* Of the name of a copy, or of one that is being made: -1: it is neither. */
int imagekey_read(struct imagekey *k, const char *name, int *is_part)
	__attribute__((warn_unused_result));

/*
 * Where copies are, to be freed, "~" being home; NULL: image is none that is
 * copied, or with e set: value is no such thing. e is "" otherwise.
 */
char *imagekey_place(const char *value, const char *image, const char *home,
	struct err *e);

#endif
