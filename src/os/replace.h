/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_REPLACE_H
#define OS_REPLACE_H

#include <stddef.h>
#include <sys/types.h>

#include "base/err.h"

/*
 * Make or replace the file path with this mode, in one step: readers see the
 * old or the new content. For files that others read, in a directory of the
 * site. A symlink at path is replaced, not followed. -1 with e set.
 */
int replace_file(const char *path, mode_t mode, const void *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));

#endif
