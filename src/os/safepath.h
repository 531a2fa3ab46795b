/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SAFEPATH_H
#define OS_SAFEPATH_H

#include <stddef.h>

#include "base/buf.h"
#include "base/err.h"

/*
 * Files and directories that nobody else can touch. Everything is checked on
 * the descriptor that is then used, a symlink on the way to a directory must be
 * of root or us, and a refusal names the component, what was found and what is
 * expected. All return -1 with e set on failure; errno is EPERM when
 * an owner or a mode was refused, ELOOP for a symlink.
 */

/*
 * Open the directory path (absolute): 0700 and ours. Each directory above it
 * must be owned by root or us and not be writable by others, unless sticky as
 * /tmp is; our private group is no other (owngroup.h). With create the missing
 * ones are made, 0700. Returns a descriptor; *resolved, unless resolved is NULL,
 * gets the path without symlinks, for the caller to free().
 */
int safepath_dir(const char *path, int create, char **resolved, struct err *e)
	__attribute__((warn_unused_result));

/*
 * The same for the entry name of dirfd, a directory that was opened so; path is
 * for messages.
 */
int safepath_child(int dirfd, const char *name, int create, const char *path,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Append the file name in dirfd to out. It must be a regular file of ours with
 * one name and no rights for others, of at most max bytes. Returns 0; errno is
 * ENOENT after -1 when there is no such file.
 */
int safepath_read(int dirfd, const char *name, size_t max, struct buf *out,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Make or replace the file name in dirfd, 0600. Readers see the old or the new
 * content, and on failure (disk full) the old one stays.
 */
int safepath_write(int dirfd, const char *name, const void *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));

/* The same without waiting for the disk: of what a node that crashed has no need. */
int safepath_write_unsynced(int dirfd, const char *name, const void *data,
	size_t len, struct err *e) __attribute__((warn_unused_result));

/* As safepath_write(), but fails with errno EEXIST when there is such a file. */
int safepath_create(int dirfd, const char *name, const void *data, size_t len,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Open a file the user named for output (a log, a tee), 0600, appending. what
 * is its name in messages. The last component must not be a symlink, nor any
 * other one that somebody else has put into a sticky directory; allowed
 * are regular files of ours with one name (wider modes are narrowed), fifos of
 * ours that somebody reads, and character devices. Returns a non-blocking
 * descriptor. With truncate a regular file is emptied, after the checks.
 */
int safepath_output(const char *path, const char *what, int truncate,
	struct err *e) __attribute__((warn_unused_result));

/* strerror(errno), in plain words where the reason is a full disk. */
const char *safepath_strerror(int error);

#endif
