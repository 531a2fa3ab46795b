/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_RELEASE_H
#define FRONT_UPDATE_RELEASE_H

#include <stddef.h>

#include "base/err.h"
#include "base/version.h"

/* What `make release` says of a release in the file that it signs. */
#define RELEASE_FILES 16
#define RELEASE_FILE_BYTES (256L << 20)	/* no file is larger */
struct release {
	char version[VERSION_MAX];
	size_t n;
	struct release_file {
		char name[128];		/* of no other directory */
		long bytes;
		unsigned char sha256[32];
	} file[RELEASE_FILES];
	char key[128];	/* whose signatures count from now on; "": as before */
};

int release_parse(struct release *r, const char *text, size_t len,
	struct err *e) __attribute__((warn_unused_result));

/* The file of that name, or NULL. */
const struct release_file *release_find(const struct release *r,
	const char *name);

/*
 * The newest version among the tags vVERSION of `git ls-remote`, into version of
 * VERSION_MAX bytes. -1: there is none.
 */
int release_newest_tag(const char *text, char *version)
	__attribute__((warn_unused_result));

#endif
