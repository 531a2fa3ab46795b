/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_JOB_TRASH_H
#define FRONT_JOB_TRASH_H

#include "base/err.h"

/*
 * Folders of sessions on their way out. One is moved to DIR/gone first: that is
 * one step whatever the folder holds, only one of several movers does it, and
 * when who removes it is killed half way, what is left is still known as
 * nobody's. Removing goes on there, by whoever is next.
 */

/*
 * Remove the folder tag of the state directory. Where somebody waits most says
 * how many files at most; the others stay in DIR/gone. Without the space for
 * that directory it is removed in place. -1 with e set.
 */
int trash_remove(int state_fd, const char *tag, unsigned long most,
	struct err *e);

/* Move it only. Where that fails it is removed as it stands, as above. */
int trash_put(int state_fd, const char *tag, struct err *e);

/*
 * Remove what is in DIR/gone, and that itself. Of several that do so at once
 * one works, where the file system has locks, and else they share the work.
 */
int trash_empty(int state_fd, struct err *e);

#endif
