/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_RUNDIR_H
#define AGENT_RUNDIR_H

#include <sys/queue.h>

#include "base/envlist.h"
#include "base/err.h"

struct rundir;

struct rundir_ops {
	/* It has this name, from the start or from now on. */
	void (*made)(const char *path);
	/* A line for the user, which the log has. */
	void (*tell)(const char *line, void *arg);
};

/*
 * Make the session's private directory on the node and set in env its variable
 * and XDG_RUNTIME_DIR, that unless the node has given the job one that only the user
 * can enter; env outlives it. What earlier
 * sessions had to leave is swept by a child, which nobody waits for. NULL with e
 * set when none can be made.
 */
struct rundir *rundir_new(struct envlist *env, const struct rundir_ops *ops,
	void *arg, struct err *e);

const char *rundir_path(const struct rundir *r);

/*
 * Have something in it, until rundir_leave(). It is checked, and made() called at once,
 * with its path, and again whenever it was made anew, since what was in it is not
 * there any more; NULL: it is gone, and whatever names it names somebody else's. A
 * second rundir_use() of the same user has made() called once more. rundir_leave() of
 * a zeroed one does nothing.
 */
struct rundir_user {
	LIST_ENTRY(rundir_user) next;
	void (*made)(const char *path, void *arg);
	/*
	 * Set before, or NULL: whether what is in it is as made() left it. It is asked
	 * at each check, since a cleaner may take one file of many; 0 has made() called.
	 */
	int (*is_whole)(const char *path, void *arg);
	void *arg;
};
void rundir_use(struct rundir *r, struct rundir_user *u,
	void (*made)(const char *path, void *arg), void *arg);
void rundir_leave(struct rundir_user *u);

/*
 * Before each use of it by name: one that is not what it was is made anew, under
 * another name if somebody has taken that one, and that is told; so is that of
 * the node when it is not the user's own any more, and then ours takes its place.
 * All that is on file systems of the node (os/nodefs.h): the loop may do it. -1: there
 * is none now, and env does not name it, until a later check has made one.
 */
int rundir_check(struct rundir *r);

/*
 * Remove such a directory, or leave it and say why, when it is in use by others
 * than this process. Call it when nothing of the session runs any more.
 */
void rundir_retire(const char *path);

/*
 * Before that, when none of its processes is left: run what undoes what they cannot
 * (agent/instance.h), for at most 10 s; what it leaves is the caller's to end. An agent
 * leaves such a directory to its keeper, which sees to that.
 */
int rundir_must_undo(const char *path);
void rundir_undo(const char *path);

/* Let it go to the sweep of other sessions; it stays. NULL is ignored. */
void rundir_free(struct rundir *r);

#endif
