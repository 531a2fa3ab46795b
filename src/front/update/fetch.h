/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_UPDATE_FETCH_H
#define FRONT_UPDATE_FETCH_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Get BASE/NAME, https:// or file:///, into the file path: at most so many bytes
 * within so many seconds. -1 with e set.
 */
int fetch_file(const char *base, const char *name, const char *path, long bytes,
	long seconds, struct err *e) __attribute__((warn_unused_result));

/* The same, appended to out. dir is where it may leave it. */
int fetch_text(const char *base, const char *name, const char *dir, long bytes,
	struct buf *out, struct err *e) __attribute__((warn_unused_result));

/* Append a file of at most so many bytes to out, and a NUL that does not count. */
int fetch_read(const char *path, long bytes, struct buf *out, struct err *e)
	__attribute__((warn_unused_result));

#endif
