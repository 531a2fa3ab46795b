/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command extend: more time for a job, and word of it to its agent, which
 * else would end the session at the old limit.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/mem.h"
#include "base/timespan.h"
#include "front/cmd/commands.h"
#include "front/front_control.h"
#include "front/job/folder.h"
#include "front/job/front_request.h"
#include "front/job/jobs.h"
#include "front/job/launcher.h"
#include "front/job/scope.h"
#include "front/parting.h"
#include "os/log.h"
#include "os/timetext.h"

#define AGENT_SECONDS 3

struct extend {
	const struct invocation *inv;
	struct place place;		/* of the agent */
	struct front_control *control;	/* to it */
	struct jobs jobs;
	struct launcher_call *call;
	struct folder folder;
	struct event *timer;		/* for the agent */
	long seconds;
	const struct job *job;
	time_t end_epoch;		/* the new one, as in struct job */
	long long ends_ms;
};

static void not_told(const char *why, struct extend *x)
{
	log_tell("the session's agent could not be told (%s); the next connection does it",
		why);
	parting_exit(x->inv->parting, EX_OK);
}

static void late(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	not_told("it does not answer", arg);
}

static void has_heard(int ours, const char *why, void *arg)
{
	struct extend *x = arg;

	(void)ours;
	(void)why;
	parting_exit(x->inv->parting, EX_OK);
}

static void extend_up(const struct sockaddr *addr, socklen_t len,
	const char *node, void *arg)
{
	struct extend *x = arg;

	(void)addr;
	(void)len;
	(void)node;
	front_control_limit(x->control, x->ends_ms);
	front_control_await_heard(x->control, has_heard, x);
}

static void extend_down(const struct err *why, int auth, void *arg)
{
	(void)auth;
	not_told(why->text, arg);
}

/* The agent of a running job. */
static void tell_agent(struct extend *x)
{
	struct place *p = &x->place;
	struct err e = { "it has not said yet where it is" };

	if (folder_enter(&x->folder, x->job->tag, &e) == -1 ||
		folder_endpoint(&x->folder, &p->at, &e) != 1) {
		not_told(e.text, x);
		return;
	}
	snprintf(p->job, sizeof p->job, "%s", x->job->id);
	snprintf(p->tag, sizeof p->tag, "%s", x->job->tag);
	p->key = x->folder.front_key;
	event_add(x->timer, &(struct timeval){ .tv_sec = AGENT_SECONDS });
	x->control = front_control_new(x->inv, p, extend_up, extend_down, x);
	/* Of the new limit all fronts are told, and this has said it. */
	front_control_log_news(x->control);
}

static void tell_user(const struct extend *x)
{
	char when[96] = "without a time limit";

	if (x->end_epoch > 0)
		snprintf(when, sizeof when, "until %s",
			timetext(TIMETEXT_SECONDS, x->end_epoch).s);
	if (job_is(x->job, "pending"))
		log_tell("session '%s': job %s may run %s longer",
			x->job->session, x->job->id,
			timespan_text(x->seconds).s);
	else
		log_tell("session '%s': job %s runs %s", x->job->session,
			x->job->id, when);
}

static void record(const struct kv *kv, void *arg)
{
	struct extend *x = arg;
	struct job j = job_read(kv);

	x->end_epoch = j.end_epoch;
	x->ends_ms = j.ends_ms;
}

static void extended(const struct launcher_end *end, void *arg)
{
	struct extend *x = arg;

	x->call = NULL;
	if (!end->ok) {
		log_fail("%s", end->message.text);
		parting_exit(x->inv->parting, launcher_status(end->class));
		return;
	}
	tell_user(x);
	if (job_is(x->job, "running"))
		tell_agent(x);
	else
		parting_exit(x->inv->parting, EX_OK);
}

static void extend_found(void *arg)
{
	struct extend *x = arg;
	const struct invocation *inv = x->inv;
	struct buf request = { 0 };
	char *names;

	scope_learn(inv, x->jobs.scope);
	x->job = jobs_of(&x->jobs, inv->opt->session.name);
	if (x->job == NULL) {
		names = jobs_names(&x->jobs);
		log_fail("there is no session '%s' to extend; %s",
			inv->opt->session.name, names);
		free(names);
		parting_exit(inv->parting, EX_UNAVAILABLE);
		return;
	}
	front_request_job(inv, x->job->id, &request);
	kv_writef(&request, "seconds", "%ld", x->seconds);
	x->call = launcher_run(inv, "extend", &request,
		inv->opt->job.launcher_timeout, record, extended, x);
}

static void extend_free(void *arg)
{
	struct extend *x = arg;

	front_control_free(x->control);
	explicit_bzero(&x->place, sizeof x->place);
	jobs_fini(&x->jobs);
	launcher_cancel(x->call);
	folder_leave(&x->folder);
	event_free(x->timer);
	free(x);
}

static void *extend_begin(const struct invocation *inv)
{
	const char *word = inv->opt->line.operands.word[0];
	struct extend *x = mem_alloc(sizeof *x);
	int read;

	x->inv = inv;
	x->timer = evtimer_new(inv->base, late, x);
	folder_init(&x->folder, inv->state_fd, inv->state_dir);
	read = timespan_either(word, &x->seconds);
	if (read == TIMESPAN_TOO_LONG) {
		log_fail("extend: '%.80s' is too long, at most %ld days can be asked for",
			word, TIMESPAN_MAX / 86400);
		parting_exit(inv->parting, EX_USAGE);
	} else if (read == -1 || x->seconds == 0) {
		log_fail("extend: '%.80s' is not a length of time like 30 (minutes), 1h30m, 2:00:00 or 1-12:00:00; it is `extend [NAME] TIME`",
			word);
		parting_exit(inv->parting, EX_USAGE);
	} else {
		if (word[strspn(word, "0123456789")] == '\0')
			log_tell("extend: '%.20s' is taken as minutes, as Slurm does: %.20sm; seconds are written %.20ss",
				word, word, word);
		jobs_find(&x->jobs, inv, NULL, extend_found, NULL, x);
	}
	return x;
}

static const struct command_ops extend_ops = {
	.begin = extend_begin,
	.end = extend_free,
};

const struct command cmd_extend = {
	.name = "extend",
	.operands = "[NAME] TIME",
	.session = COMMAND_ONE,
	.min = 1,
	.max = 2,
	.help = "move the time limit of a session's job by so much",
	.more = "TIME is in the form of Slurm (30 is minutes, 2:00:00, 1-12) or with letters (1h30m). Most sites let users do that only while the job waits; Slurm's own words tell.",
	.ops = &extend_ops,
};
