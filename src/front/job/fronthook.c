/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * They are run by /bin/sh with our environment, nothing on stdin, and stderr for
 * all that they print: stdout is the client's. What it is about is in
 *	VSCODE_REMOTE_EVENT	pre-submit, post-submit
 *	VSCODE_REMOTE_SHELL_SESSION	the session's name
 *	VSCODE_REMOTE_PROFILE	by which it was asked for, if by one
 *	VSCODE_REMOTE_OPTIONS	of salloc, as a shell would read them
 *	VSCODE_REMOTE_JOB	the scheduler's id, once there is one
 */
#include "front/job/fronthook.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/envlist.h"
#include "base/mem.h"
#include "net/hookrun.h"
#include "opt/optsalloc.h"
#include "os/spawn.h"
#include "proto/sessionenv.h"

struct fronthook {
	const struct invocation *inv;
	struct hookrun *run;
	const char *event;
	const char *job;
	void (*done)(const struct err *why, void *arg);
	void *arg;
};

static void set_options(struct envlist *env, const struct options *o)
{
	struct buf text = { 0 };

	optsalloc_line(&o->set, &o->job.salloc_args, &text);
	buf_append(&text, "", 1);
	sessionenv_set(env, SESSIONENV_OPTIONS, buf_data(&text));
	buf_fini(&text);
}

static void fill_env(const struct fronthook *h, struct envlist *env)
{
	const struct options *o = h->inv->opt;

	envlist_put_all(env, environ);
	sessionenv_set(env, SESSIONENV_EVENT, h->event);
	sessionenv_set(env, SESSIONENV_SESSION, o->session.name);
	set_options(env, o);
	if (o->session.profile != NULL)
		sessionenv_set(env, SESSIONENV_PROFILE, o->session.profile);
	if (h->job[0] != '\0')
		sessionenv_set(env, SESSIONENV_JOB, h->job);
}

static pid_t fronthook_start(const char *command, int *report, struct err *e,
	void *arg)
{
	const struct fronthook *h = arg;
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)command, NULL };
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	struct envlist env = { 0 };
	pid_t pid;

	if (null == -1)
		return err_set(e, "/dev/null: %s", strerror(errno));
	fill_env(h, &env);
	pid = spawn_start(&(struct spawn){ .path = "/bin/sh", .argv = argv,
		.env = env.list, .session = 1,
		.fd = { null, STDERR_FILENO, STDERR_FILENO } }, report, e);
	envlist_fini(&env);
	close(null);
	return pid;
}

static void fronthook_done(const struct err *why, void *arg)
{
	struct fronthook *h = arg;

	h->done(why, h->arg);
}

void fronthook_run(struct fronthook *h, const char *event,
	const struct opt_list *commands, const char *job)
{
	h->event = event;
	h->job = job;
	hookrun_start(h->run, event, commands, h->inv->opt->hooks.timeout);
}

struct fronthook *fronthook_new(const struct invocation *inv,
	void (*done)(const struct err *why, void *arg), void *arg)
{
	static const struct hookrun_ops ops = { fronthook_start,
		fronthook_done };
	struct fronthook *h = mem_alloc(sizeof *h);

	h->inv = inv;
	h->done = done;
	h->arg = arg;
	h->run = hookrun_new(inv->base, inv->children, &ops, h);
	return h;
}

void fronthook_free(struct fronthook *h)
{
	if (h == NULL)
		return;
	hookrun_free(h->run, 1);
	free(h);
}
