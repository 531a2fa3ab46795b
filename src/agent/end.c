/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the session ends: SIGHUP to everything that runs in it, SIGTERM after a
 * second, SIGKILL after three. The agent is a subreaper, so that nothing of the
 * session can have another ancestor. Slurm itself gives KillWait between its
 * SIGTERM and its SIGKILL, 30 s unless a site says otherwise.
 *
 * What they have said may still be in their pipes, or with a link whose client is
 * slow. It goes out before the loop is left; but within the time in which whoever
 * wanted the end expects it, so that he need not kill us.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/below.h"
#include "agent/end.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/proc.h"
#include "os/procsig.h"

#define STEP_MS 100
#define MEANT_MS 60000		/* until the end must have come */
#define KILL_STEP 30
#define GIVE_UP_STEP 100

struct end {
	const struct agent_job *job;
	struct news *news;
	struct hook *hook;
	struct memory *memory;
	struct event *timer;
	int step;		/* 0: not ending */
	int exit_status;
	char *reason;		/* NULL: not ending */
	long long meant_until;	/* an end before that is the user's */
	LIST_HEAD(, end_spared) spared;
	struct {
		int (*is)(void *);
		void *arg;
	} said;
};

/* What is sent at which step before the last resort. */
static const struct {
	int step, sig;
} steps[] = {
	{ 1, SIGHUP },
	{ 10, SIGTERM },
};

static int signal_of(int step)
{
	for (unsigned i = 0; i < sizeof steps / sizeof steps[0]; i++)
		if (steps[i].step == step)
			return steps[i].sig;
	return 0;
}

/*
 * --notify-command is spared: it is busy with just this end. It may have been
 * forked a moment ago and not have its session yet; then nothing is below it.
 */
static int is_hook(const struct procmember *m, pid_t hook)
{
	return hook != 0 && (m->st.pid == hook || m->st.session == hook);
}

/* Who spares it; NULL: nobody. */
static const struct end_spared *spared_by(const struct end *e, pid_t pid,
	pid_t session)
{
	const struct end_spared *s;

	LIST_FOREACH(s, &e->spared, next)
		if (s->is(pid, session, s->arg))
			break;
	return s;
}

int end_spares(const struct end *e, pid_t pid, pid_t session)
{
	return spared_by(e, pid, session) != NULL;
}

/* Whether all that is left is what goes last. */
static int is_last(const struct end *e, const struct procmember *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct end_spared *s = spared_by(e, all[i].st.pid,
			all[i].st.session);

		if (s == NULL || !s->goes_last)
			return 0;
	}
	return n > 0;
}

/* How many processes are left below us; each but the hook's gets sig, if any. */
static size_t signal_all(struct end *e, int sig)
{
	struct procmember *all;
	pid_t hook = hook_pid(e->hook);
	size_t n;

	if (proc_family(getpid(), &all, &n) == -1) {
		log_error("cannot read /proc: %s", strerror(errno));
		return 0;
	}
	if (is_last(e, all, n))
		sig = SIGKILL;
	for (size_t i = 0; i < n && sig != 0; i++) {
		if (is_hook(&all[i], hook) || (sig != SIGKILL &&
			end_spares(e, all[i].st.pid, all[i].st.session)))
			continue;
		procsig_send(all[i].st.pid, sig);
		/* A stopped process acts on no signal but SIGKILL. */
		if (sig == SIGHUP)
			procsig_send(all[i].st.pid, SIGCONT);
	}
	free(all);
	return n;
}

static void reap(void *arg)
{
	struct end *e = arg;

	children_reap(e->job->children);
}

static size_t kill_all(struct end *e)
{
	return signal_all(e, below_kill(reap, e) == -1 ? SIGKILL : 0);
}

static int all_is_said(const struct end *e)
{
	return e->said.is == NULL || e->said.is(e->said.arg);
}

/* All has ended, and what was to be run behind it. */
static void end_is_over(const struct err *why, void *arg)
{
	struct end *e = arg;

	if (why != NULL)
		log_warning("%s", why->text);
	event_base_loopbreak(e->job->base);
}

static void step_cb(evutil_socket_t fd, short what, void *arg)
{
	struct end *e = arg;
	size_t left = ++e->step < KILL_STEP ?
		signal_all(e, signal_of(e->step)) : kill_all(e);

	(void)fd;
	(void)what;
	if ((left > 0 || !all_is_said(e)) && e->step < GIVE_UP_STEP) {
		event_add(e->timer, &(struct timeval){
			.tv_usec = STEP_MS * 1000 });
		return;
	}
	if (left > 0)
		log_error("%zu processes do not end", left);
	if (!all_is_said(e))
		log_warning("a client did not take all that was said in %d s",
			GIVE_UP_STEP * STEP_MS / 1000);
	hook_await(e->hook, "job-end", e->reason, &e->job->opt->hooks.job_end,
		end_is_over, e);
}

void end_session(struct end *e, int exit_status, const char *reason)
{
	if (e->step > 0)
		return;
	e->exit_status = exit_status;
	e->reason = mem_strdup(reason);
	memory_look(e->memory);
	news_end(e->news, reason, clock_ms() < e->meant_until);
	step_cb(-1, 0, e);
}

void end_spare(struct end *e, struct end_spared *s,
	int (*is)(pid_t, pid_t, void *), void *arg, int goes_last)
{
	*s = (struct end_spared){ .is = is, .arg = arg,
		.goes_last = goes_last };
	LIST_INSERT_HEAD(&e->spared, s, next);
}

void end_unspare(struct end_spared *s)
{
	if (s->is != NULL)
		LIST_REMOVE(s, next);
	s->is = NULL;
}

void end_await(struct end *e, int (*is_said)(void *), void *arg)
{
	e->said.is = is_said;
	e->said.arg = arg;
}

int end_has_begun(const struct end *e)
{
	return e->step > 0;
}

int end_exit_status(const struct end *e)
{
	return e->exit_status;
}

void end_is_meant(struct end *e)
{
	e->meant_until = clock_ms() + MEANT_MS;
}

struct end *end_new(const struct agent_job *job, struct news *news,
	struct hook *hook, struct memory *memory)
{
	struct end *e = mem_alloc(sizeof *e);

	*e = (struct end){ .job = job, .news = news, .hook = hook,
		.memory = memory, .exit_status = EX_OK };
	e->timer = evtimer_new(job->base, step_cb, e);
	return e;
}

void end_free(struct end *e)
{
	event_free(e->timer);
	free(e->reason);
	free(e);
}
