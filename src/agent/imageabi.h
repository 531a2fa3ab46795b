/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGEABI_H
#define AGENT_IMAGEABI_H

#include "base/buf.h"

/*
 * Whether VS Code's server runs in an image, by the names of the image's libraries:
 * a shell says them that is in there, since an image may be mounted by its runtime
 * alone, and have no other program.
 */
struct imageabi {
	int glibc;		/* 28 is 2.28; 0: none was seen */
	int has_musl;
	int libstdcxx;		/* 25 is libstdc++.so.6.0.25; -1: none was seen */
};

#define IMAGEABI_NONE { .libstdcxx = -1 }

/* For a shell: it prints the name of each such file, behind the word mark. */
void imageabi_put_script(struct buf *out, const char *mark);

/* One of these names. */
void imageabi_saw(struct imageabi *a, const char *path);

/* Append what is missing for VS Code's server; 0: nothing is. */
int imageabi_put_lack(struct buf *out, const struct imageabi *a);

#endif
