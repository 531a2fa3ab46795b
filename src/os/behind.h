/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_BEHIND_H
#define OS_BEHIND_H

#include <stddef.h>

/*
 * A file that is written by a thread of its own, since the file system that it
 * is on may hang: whoever writes never waits for it. What is written while it
 * hangs is kept, up to a limit.
 */
struct behind;

/*
 * fd is closed by the end of it, or at once when NULL is returned, with errno.
 * max: bytes that are kept at most. failed: called once, by the thread, with the
 * errno of the first write, or of close, that fails; then all that is written is
 * dropped. NULL: none wants to know.
 */
struct behind *behind_new(int fd, size_t max,
	void (*failed)(int error, void *arg), void *arg);

/*
 * The same of a file that the thread itself opens, by open(arg), for what has come
 * meanwhile, and closes then. open() returns -1 when it cannot, and has told why;
 * what was for it is dropped, and the next is tried.
 */
struct behind *behind_new_by(int (*open)(void *arg), size_t max,
	void (*failed)(int error, void *arg), void *arg);

/* All of it, or -1 and nothing: it has not caught up. */
int behind_write(struct behind *b, const void *data, size_t len);

/*
 * Nothing more comes. Does not wait: the thread writes what is left, calls
 * gone(arg) unless that is NULL, and ends. b may not be used any more.
 */
void behind_end(struct behind *b, void (*gone)(void *arg));

/*
 * Wait until all that were ended are done, ms at most: before the program ends,
 * when no loop runs any more. -1: one was not.
 */
int behind_wait(long ms);

#endif
