/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_IMAGELOOK_H
#define AGENT_IMAGELOOK_H

#include "agent/runtime.h"

/*
 * What can be told of an image without mounting it: that it is whole, and for which
 * machine, by the header of a .sif file, or by the shell in a directory. squashfs
 * does not say that; the trial tells. -1 with e set: no program of it can run on
 * this node. It may hang with the file system.
 */
int imagelook(const char *image, enum runtime_image kind, struct err *e)
	__attribute__((warn_unused_result));

/* What a file is: by its begin, where that can be read and tells, else by_name. */
enum runtime_image imagelook_kind(const char *image, enum runtime_image by_name);

/*
 * Where path, absolute, of the root file system image is, symlinks followed as they
 * are followed in there: to be freed, or NULL and errno.
 */
char *imagelook_find(const char *image, const char *path);

#endif
