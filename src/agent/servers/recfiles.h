/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_SERVERS_RECFILES_H
#define AGENT_SERVERS_RECFILES_H

#include <sys/stat.h>

#include "base/buf.h"
#include "base/err.h"
#include "editor/serverrec.h"

/*
 * The files of a record, in a server folder that is open as dir. name is the
 * record's, see editor/serverrec.h. Directories on the way are opened one by one;
 * nothing that is a symlink, another user's, or no regular file is read, moved
 * or removed. All return -1 with e and errno set on failure.
 */
#define RECFILES_STALE ".stale-records"	/* in the folder: what was moved */
#define RECFILES_HEAD 65536		/* of a file, as much as is looked at */

/*
 * The first RECFILES_HEAD bytes of the i-th file, into out, and what it is.
 * errno is ENOENT when there is none.
 */
int recfiles_read(int dir, const char *name, unsigned i, struct buf *out,
	struct stat *st, struct err *e) __attribute__((warn_unused_result));

/* Move the record's files to RECFILES_STALE, the pid file first. */
int recfiles_move(int dir, const char *name, struct err *e)
	__attribute__((warn_unused_result));

/* Remove them, the pid file first. What is gone is removed. */
int recfiles_remove(int dir, const char *name, struct err *e)
	__attribute__((warn_unused_result));

/*
 * Copies of the files of a record, in the private directory copies, for one
 * process: make them, read one, and write the record again as it was, the pid
 * file last.
 */
int recfiles_save(int dir, const struct serverrec_mark *mark, int copies,
	struct err *e) __attribute__((warn_unused_result));
int recfiles_copy(int copies, const struct serverrec_mark *mark, unsigned i,
	struct buf *out, struct err *e) __attribute__((warn_unused_result));
int recfiles_restore(int dir, const struct serverrec_mark *mark, int copies,
	struct err *e) __attribute__((warn_unused_result));

/* Of what was moved remove the oldest, and what is too many. */
void recfiles_prune(int dir);

#endif
