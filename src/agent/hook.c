/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * --notify-command, run by the user's shell. Its output goes to our log. What it
 * is about is in its environment:
 *	VSCODE_REMOTE_EVENT	limit-warning, idle-warning, ending, ...
 *	VSCODE_REMOTE_REASON	the same in words, as fronts show it
 *	VSCODE_REMOTE_SECONDS	until the session ends, if that is known
 *	VSCODE_REMOTE_JOB	the scheduler's id
 */
#include "agent/hook.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/starter.h"
#include "base/mem.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/spawn.h"
#include "proto/sessionenv.h"

#define HOOK_SECONDS 30
#define HOOK_WAITING 8		/* more news than these are dropped */

struct occasion {
	STAILQ_ENTRY(occasion) next;
	char *event, *reason;
	long seconds;
};

struct hook {
	const struct jobenv *env;
	STAILQ_HEAD(, occasion) waiting;
	unsigned n_waiting;
	pid_t pid;			/* 0: none runs */
	int report;			/* of its start, see os/spawn.h */
	struct child *child;
	struct event *late;
};

static void free_occasion(struct hook *h)
{
	struct occasion *o = STAILQ_FIRST(&h->waiting);

	STAILQ_REMOVE_HEAD(&h->waiting, next);
	h->n_waiting--;
	free(o->event);
	free(o->reason);
	free(o);
}

static void set_env(struct envlist *env, const struct agent_job *job,
	const struct occasion *o)
{
	char seconds[32];

	sessionenv_set(env, SESSIONENV_EVENT, o->event);
	sessionenv_set(env, SESSIONENV_REASON, o->reason);
	sessionenv_set(env, SESSIONENV_JOB, job->id);
	snprintf(seconds, sizeof seconds, "%ld", o->seconds);
	if (o->seconds >= 0)
		sessionenv_set(env, SESSIONENV_SECONDS, seconds);
}

static void start_next(struct hook *h);

static void hook_ended(pid_t pid, int status, void *arg)
{
	struct hook *h = arg;
	struct err e;

	if (spawn_outcome(h->report, &e) == -1)
		log_warning("--notify-command: cannot run %s", e.text);
	else if (status != 0)
		log_warning("--notify-command: ended with %s %d",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) :
			WEXITSTATUS(status));
	/* What it left behind must not outlive its time limit. */
	procsig_send_group(pid, SIGKILL);
	event_del(h->late);
	close(h->report);
	h->pid = 0;
	h->child = NULL;
	start_next(h);
}

static void hook_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct hook *h = arg;

	(void)fd;
	(void)what;
	log_warning("--notify-command: killed, it took more than %d s",
		HOOK_SECONDS);
	procsig_send_group(h->pid, SIGKILL);
	procsig_send(h->pid, SIGKILL);
}

/* 0, or -1 when it cannot run. Of failures of its exec hook_ended() is told. */
static int hook_start(struct hook *h, const struct occasion *o)
{
	const struct jobenv *env = h->env;
	const struct agent_job *job = env->job;
	char *argv[] = { (char *)(uintptr_t)env->posix_shell, "-c",
		job->opt->session.notify_command, NULL };
	struct starter s;
	struct relay_pair no_ends[STREAM_COUNT];
	struct err e;
	pid_t pid;

	starter_init(&s, env, env->posix_shell, argv, STARTER_LOG);
	set_env(&s.env, job, o);
	pid = starter_run(&s, no_ends, &h->report, &e);
	starter_fini(&s);
	if (pid == -1) {
		log_warning("--notify-command: %s", e.text);
		return -1;
	}
	log_info("--notify-command for %s: process %ld", o->event, (long)pid);
	h->pid = pid;
	h->child = child_watch(job->children, pid, hook_ended, h);
	event_add(h->late, &(struct timeval){ .tv_sec = HOOK_SECONDS });
	return 0;
}

static void start_next(struct hook *h)
{
	int started = 0;

	while (h->pid == 0 && !started && !STAILQ_EMPTY(&h->waiting)) {
		started = hook_start(h, STAILQ_FIRST(&h->waiting)) == 0;
		free_occasion(h);
	}
}

void hook_run(struct hook *h, const char *event, const char *reason,
	long seconds)
{
	struct occasion *o;

	if (h->env->job->opt->session.notify_command == NULL)
		return;
	if (h->n_waiting == HOOK_WAITING)
		free_occasion(h);
	o = mem_alloc(sizeof *o);
	o->event = mem_strdup(event);
	o->reason = mem_strdup(reason);
	o->seconds = seconds;
	STAILQ_INSERT_TAIL(&h->waiting, o, next);
	h->n_waiting++;
	start_next(h);
}

pid_t hook_pid(const struct hook *h)
{
	return h->pid;
}

struct hook *hook_new(const struct jobenv *env)
{
	struct hook *h = mem_alloc(sizeof *h);

	h->env = env;
	STAILQ_INIT(&h->waiting);
	h->late = evtimer_new(env->job->base, hook_late_cb, h);
	return h;
}

void hook_free(struct hook *h)
{
	while (!STAILQ_EMPTY(&h->waiting))
		free_occasion(h);
	child_forget(h->child);
	if (h->pid != 0)
		close(h->report);
	event_free(h->late);
	free(h);
}
