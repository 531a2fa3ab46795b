/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/wait.h>

#include "base/mem.h"

struct child {
	LIST_ENTRY(child) link;
	pid_t pid;
	void (*ended)(pid_t, int, void *);
	void *arg;
};

struct children {
	LIST_HEAD(, child) list;
	struct event *sigchld;
};

static struct child *child_find(struct children *all, pid_t pid)
{
	struct child *c;

	LIST_FOREACH(c, &all->list, link)
		if (c->pid == pid)
			return c;
	return NULL;
}

void children_reap(struct children *all)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid == -1 &&
		errno == EINTR)) {
		struct child *c = child_find(all, pid);

		if (c == NULL)
			continue;
		LIST_REMOVE(c, link);
		if (c->ended != NULL)
			c->ended(pid, status, c->arg);
		free(c);
	}
}

static void sigchld_cb(evutil_socket_t sig, short what, void *arg)
{
	(void)sig;
	(void)what;
	children_reap(arg);
}

struct children *children_new(struct event_base *base)
{
	struct children *all = mem_alloc(sizeof *all);

	LIST_INIT(&all->list);
	all->sigchld = evsignal_new(base, SIGCHLD, sigchld_cb, all);
	event_add(all->sigchld, NULL);
	return all;
}

void children_free(struct children *all)
{
	struct child *c;

	while ((c = LIST_FIRST(&all->list)) != NULL) {
		LIST_REMOVE(c, link);
		free(c);
	}
	event_free(all->sigchld);
	free(all);
}

struct child *child_watch(struct children *all, pid_t pid,
	void (*ended)(pid_t, int, void *), void *arg)
{
	struct child *c = mem_alloc(sizeof *c);

	c->pid = pid;
	c->ended = ended;
	c->arg = arg;
	LIST_INSERT_HEAD(&all->list, c, link);
	return c;
}

void child_forget(struct child *c)
{
	if (c != NULL)
		c->ended = NULL;
}
