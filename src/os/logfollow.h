/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_LOGFOLLOW_H
#define OS_LOGFOLLOW_H

#include <stddef.h>

#include "base/err.h"

/*
 * What has come to a log since it was read last, also when that was rotated
 * meanwhile: moved to FILE.N or FILE-DATE, or copied there and emptied. Each line is
 * given once.
 */
#define LOGFOLLOW_LINE 65536	/* bytes of a line; a longer one is passed over */
#define LOGFOLLOW_HEAD 4096	/* bytes by which a file is told */

/* How far it was read. All zero: not yet. */
struct logfollow {
	unsigned long long ino;		/* of the file */
	unsigned long long offset;	/* behind the last whole line */
	unsigned long long head;	/* so many of its first bytes ... */
	unsigned long long hash;	/* ... have this hash, which tells it */
};

/*
 * Give each whole line that is new to line(), without its newline; *f is how far it
 * was read then. *lost: what was read last is not there any more, so that there may
 * have been lines which nobody has seen. -1 with e set: *f is as it was, but lines may
 * have been given.
 */
int logfollow(const char *path, struct logfollow *f,
	void (*line)(const char *line, size_t len, void *arg), void *arg, int *lost,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Of a directory's entry: how old a rotated file of the log base it is, the greater the
 * older, for entries of one form (1: BASE.N, 2: BASE-DATE, which compare as texts).
 * 0: it is none.
 */
int logfollow_form(const char *base, const char *entry);

#endif
