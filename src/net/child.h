/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_CHILD_H
#define NET_CHILD_H

#include <event2/event.h>
#include <sys/types.h>

/*
 * Waits for children: one SIGCHLD watch per process. Children nobody watches
 * (orphans that a subreaper inherits) are just reaped.
 */
struct children;
struct child;

struct children *children_new(struct event_base *base);
void children_free(struct children *all);

/* ended() is called once with the status of waitpid(2). */
struct child *child_watch(struct children *all, pid_t pid,
	void (*ended)(pid_t pid, int status, void *arg), void *arg);

/* No callback any more; the child is reaped silently. NULL is ignored. */
void child_forget(struct child *c);

/* Look now, for a child that may have ended before it was watched. */
void children_reap(struct children *all);

#endif
