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

static void ready_cb(evutil_socket_t fd, short what, void *arg)
{
	struct probe *p = arg;
	struct err e = p->failed;
	int connection = -1, result = -1;

	(void)fd;
	if (p->pid != -1)
		result = pathdial_result(p->report, &connection, &e);
	if (result == 1 && !(what & EV_TIMEOUT)) {
		event_add(p->ready, &(struct timeval){
			.tv_sec = PROBE_SECONDS });
		return;
	}
	if (result == 1) {
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
	if (p->pid == -1) {
		p->ready = evtimer_new(base, ready_cb, p);
		event_add(p->ready, &(struct timeval){ 0 });
	} else {
		p->ready = event_new(base, p->report, EV_READ, ready_cb, p);
		event_add(p->ready, &(struct timeval){
			.tv_sec = PROBE_SECONDS });
	}
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
