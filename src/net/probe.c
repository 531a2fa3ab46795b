/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A child looks at a path, which may be on a file system that hangs
 * (os/pathdial.h). This waits for its answer, and kills one that has none.
 */
#include "net/probe.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/pathdial.h"
#include "os/procsig.h"

#define PROBE_SECONDS 10

static void ready_cb(evutil_socket_t fd, short what, void *arg);

struct probe {
	struct event *ready;
	pid_t pid;			/* -1: there is no child */
	int report;
	struct err failed;		/* why not */
	void (*done)(int, const struct err *, void *);
	void *arg;
};

static void probe_destroy(struct probe *p)
{
	event_free(p->ready);
	if (p->pid != -1)
		close(p->report);
	free(p);
}

/* -1 with p->failed set: nobody would ever hear its answer. */
static int await_child(struct probe *p)
{
	if (event_add(p->ready, &(struct timeval){
		.tv_sec = PROBE_SECONDS }) == 0)
		return 0;
	procsig_send(p->pid, SIGKILL);
	close(p->report);
	p->pid = -1;
	return err_set(&p->failed, "it cannot be waited for");
}

/* Later, as any answer. */
static void fail_later(struct probe *p, struct event_base *base)
{
	if (p->ready != NULL)
		event_free(p->ready);
	p->ready = evtimer_new(base, ready_cb, p);
	event_add(p->ready, &(struct timeval){ 0 });
}

static void ready_cb(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	struct err e = p->failed;
	int connection = -1, result = -1;

	(void)fd;
	if (p->pid != -1)
		result = pathdial_result(p->report, &connection, &e);
	if (result == 1 && !(what & EV_TIMEOUT) && await_child(p) == 0)
		return;
	if (result == 1 && p->pid == -1) {
		e = p->failed;
	} else if (result == 1) {
		err_set(&e, "no answer from its file system");
		procsig_send(p->pid, SIGKILL);
	}
	p->done(connection, result == 0 ? NULL : &e, p->arg);
	probe_destroy(p);
}

struct probe *probe_new(struct event_base *base, const char *path, int dial,
	void (*done)(int, const struct err *, void *), void *arg)
{
	struct probe *p = mem_alloc(sizeof *p);

	p->done = done;
	p->arg = arg;
	p->pid = pathdial_start(path, dial, &p->report, &p->failed);
	if (p->pid != -1)
		p->ready = event_new(base, p->report, EV_READ, ready_cb, p);
	if (p->pid == -1 || await_child(p) == -1)
		fail_later(p, base);
	return p;
}

void probe_free(struct probe *p)
{
	if (p == NULL)
		return;
	if (p->pid != -1)
		procsig_send(p->pid, SIGKILL);
	probe_destroy(p);
}
