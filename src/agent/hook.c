/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * They are run by the user's shell; their output goes to our log. What it is about
 * is in their environment:
 *	VSCODE_REMOTE_EVENT	limit-warning, idle-warning, job-start, ...
 *	VSCODE_REMOTE_REASON	the same in words, as fronts show it
 *	VSCODE_REMOTE_SECONDS	until the session ends, if that is known
 *	VSCODE_REMOTE_JOB	the scheduler's id
 *	VSCODE_REMOTE_PROFILE	by which it was asked for, if by one
 */
#include "agent/hook.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "agent/starter.h"
#include "base/mem.h"
#include "net/hookrun.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define NOTIFY_SECONDS 30
#define HOOK_WAITING 8		/* more news than these are dropped */

struct occasion {
	STAILQ_ENTRY(occasion) next;
	char *event, *reason;
	long seconds;
};

/* One that the session waits for. */
struct awaited {
	struct occasion what;
	void (*done)(const struct err *why, void *arg);
	void *arg;
};

struct hook {
	const struct jobenv *env;
	struct opt_list notify;		/* the one command, which is the options' */
	STAILQ_HEAD(, occasion) waiting;	/* the first is the one that runs */
	unsigned n_waiting;
	struct hookrun *at_news, *at_stage;
	struct awaited stage;
};

static void free_occasion(struct hook *h, struct occasion *o)
{
	STAILQ_REMOVE(&h->waiting, o, occasion, next);
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
	if (job->opt->session.profile != NULL)
		sessionenv_set(env, SESSIONENV_PROFILE,
			job->opt->session.profile);
	snprintf(seconds, sizeof seconds, "%ld", o->seconds);
	if (o->seconds >= 0)
		sessionenv_set(env, SESSIONENV_SECONDS, seconds);
}

static pid_t hook_start(const struct hook *h, const struct occasion *o,
	const char *command, int *report, struct err *e)
{
	const struct jobenv *env = h->env;
	char *argv[] = { (char *)(uintptr_t)env->posix_shell, "-c",
		(char *)(uintptr_t)command, NULL };
	struct relay_pair no_ends[STREAM_COUNT];
	struct starter s;
	pid_t pid;

	starter_init(&s, env, env->posix_shell, argv, STARTER_LOG);
	set_env(&s.env, env->job, o);
	pid = starter_run(&s, no_ends, report, e);
	starter_fini(&s);
	return pid;
}

/* ---- at news ------------------------------------------------------------- */

static pid_t start_at_news(const char *command, int *report, struct err *e,
	void *arg)
{
	const struct hook *h = arg;

	return hook_start(h, STAILQ_FIRST(&h->waiting), command, report, e);
}

static void hook_next(struct hook *h)
{
	if (!hookrun_is_busy(h->at_news) && !STAILQ_EMPTY(&h->waiting))
		hookrun_start(h->at_news, "--notify-command", &h->notify,
			NOTIFY_SECONDS);
}

static void news_done(const struct err *why, void *arg)
{
	struct hook *h = arg;

	if (why != NULL)
		log_warning("%s", why->text);
	free_occasion(h, STAILQ_FIRST(&h->waiting));
	hook_next(h);
}

void hook_run(struct hook *h, const char *event, const char *reason,
	long seconds)
{
	struct occasion *o;

	if (h->notify.word[0] == NULL)
		return;
	/* Of those that wait, the oldest. */
	if (h->n_waiting == HOOK_WAITING + 1)
		free_occasion(h, STAILQ_NEXT(STAILQ_FIRST(&h->waiting), next));
	o = mem_alloc(sizeof *o);
	o->event = mem_strdup(event);
	o->reason = mem_strdup(reason);
	o->seconds = seconds;
	STAILQ_INSERT_TAIL(&h->waiting, o, next);
	h->n_waiting++;
	hook_next(h);
}

pid_t hook_pid(const struct hook *h)
{
	return hookrun_pid(h->at_news);
}

/* ---- at a stage ---------------------------------------------------------- */

static pid_t start_at_stage(const char *command, int *report, struct err *e,
	void *arg)
{
	const struct hook *h = arg;

	return hook_start(h, &h->stage.what, command, report, e);
}

static void stage_done(const struct err *why, void *arg)
{
	struct hook *h = arg;

	free(h->stage.what.event);
	free(h->stage.what.reason);
	h->stage.what = (struct occasion){ .event = NULL };
	h->stage.done(why, h->stage.arg);
}

void hook_await(struct hook *h, const char *event, const char *reason,
	const struct opt_list *commands,
	void (*done)(const struct err *why, void *arg), void *arg)
{
	struct err e;

	if (hookrun_is_busy(h->at_stage)) {
		err_set(&e, "%s: another one runs still", event);
		done(&e, arg);
		return;
	}
	h->stage = (struct awaited){ { .event = mem_strdup(event),
		.reason = mem_strdup(reason), .seconds = -1 }, done, arg };
	hookrun_start(h->at_stage, event, commands,
		h->env->job->opt->hooks.timeout);
}

struct hook *hook_new(const struct jobenv *env)
{
	static const struct hookrun_ops news = { start_at_news, news_done };
	static const struct hookrun_ops stage = { start_at_stage, stage_done };
	struct hook *h = mem_alloc(sizeof *h);

	h->env = env;
	h->notify = (struct opt_list){ 1, (char **)(uintptr_t)
		&env->job->opt->session.notify_command };
	STAILQ_INIT(&h->waiting);
	h->at_news = hookrun_new(env->job->base, env->job->children, &news, h);
	h->at_stage = hookrun_new(env->job->base, env->job->children, &stage,
		h);
	return h;
}

void hook_free(struct hook *h)
{
	while (!STAILQ_EMPTY(&h->waiting))
		free_occasion(h, STAILQ_FIRST(&h->waiting));
	hookrun_free(h->at_news, 0);
	hookrun_free(h->at_stage, 1);
	free(h->stage.what.event);
	free(h->stage.what.reason);
	free(h);
}
