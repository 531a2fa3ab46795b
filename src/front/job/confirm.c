/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/job/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/control.h"
#include "front/job/aside.h"
#include "front/job/jobs.h"
#include "front/job/launcher.h"
#include "front/job/leftover.h"
#include "front/job/request.h"
#include "front/job/scope.h"
#include "front/job/stale.h"
#include "os/log.h"

#define ASK_SECONDS 10	/* after the attach, which has better things to do */

struct confirm {
	struct front *front;
	struct event *timer;
	struct launcher_call *call;
	struct jobs jobs;		/* of all sessions */
	struct job job;			/* by the second look */
	struct leftover leftover;
};

static void second_record(const struct kv *kv, void *arg)
{
	struct confirm *c = arg;

	c->job = job_read(kv);
	/* One answer is enough. */
	launcher_cancel(c->call);
	c->call = NULL;
	if (job_is_over(&c->job)) {
		char fate[512], reason[600];

		job_fate(&c->job, fate, sizeof fate);
		snprintf(reason, sizeof reason, "the scheduler says that the job has ended: %s",
			fate);
		log_warning("job %s: %s", c->front->place.job, reason);
		control_end(c->front->control, reason);
	}
}

static void second_ended(const struct launcher_end *end, void *arg)
{
	struct confirm *c = arg;

	c->call = NULL;
	if (!end->ok && strcmp(end->class, "gone") == 0)
		control_end(c->front->control,
			"the scheduler does not know the job any more");
	else if (!end->ok)
		log_info("job %s: %s", c->front->place.job, end->message.text);
}

/*
 * The job is not among the live ones, or is over. No session is ended by one
 * look: the second is for this job alone, and tells why.
 */
static void look_again(struct confirm *c)
{
	struct buf request = { 0 };

	request_job(c->front, c->front->place.job, &request);
	c->call = launcher_run(c->front, "watch", &request, 0, second_record,
		second_ended, c);
}

static void record(const struct kv *kv, void *arg)
{
	struct confirm *c = arg;

	jobs_add(&c->jobs, kv);
}

/* In a child: others are served meanwhile. */
static void learn_scope(const void *arg)
{
	const struct confirm *c = arg;

	scope_learn(c->front, c->jobs.scope);
}

static void answered(const struct launcher_end *end, void *arg)
{
	struct confirm *c = arg;
	struct front *f = c->front;
	const struct job *ours = NULL;

	c->call = NULL;
	if (!end->ok) {
		log_info("job %s is not confirmed: %s", f->place.job,
			end->message.text);
		return;
	}
	aside_run(f, learn_scope, c);
	(void)stale_sweep(f, &c->jobs);
	/* Else the answer is about another cluster than that of our job. */
	if (!scope_may_be(f->place.scope, c->jobs.scope)) {
		log_warning("job %s is of %s, and this is %s", f->place.job,
			f->place.scope, c->jobs.scope);
		return;
	}
	for (size_t i = 0; i < c->jobs.n; i++) {
		const struct job *j = &c->jobs.job[i];

		if (strcmp(j->tag, f->place.tag) == 0)
			ours = j;
		else if (strcmp(j->session, f->opt.session) == 0)
			leftover_note(&c->leftover, j);
	}
	if (ours == NULL || job_is_over(ours)) {
		/* Of whose jobs it has told is not known: nobody is judged. */
		if (c->jobs.scope[0] != '\0')
			look_again(c);
		return;
	}
	log_info("job %s is confirmed: %s", ours->id, ours->state);
	leftover_end(&c->leftover);
	control_limit(f->control, ours->ends_ms);
}

static void ask(evutil_socket_t fd, short what, void *arg)
{
	struct confirm *c = arg;
	struct buf request = { 0 };

	(void)fd;
	(void)what;
	request_find(c->front, NULL, NULL, &request);
	c->call = launcher_run(c->front, "find", &request,
		c->front->opt.launcher_timeout, record, answered, c);
}

struct confirm *confirm_new(struct front *f)
{
	struct confirm *c = mem_alloc(sizeof *c);

	c->front = f;
	leftover_init(&c->leftover, f);
	c->timer = evtimer_new(f->base, ask, c);
	event_add(c->timer, &(struct timeval){ .tv_sec = ASK_SECONDS });
	return c;
}

void confirm_free(struct confirm *c)
{
	if (c == NULL)
		return;
	launcher_cancel(c->call);
	leftover_fini(&c->leftover);
	jobs_fini(&c->jobs);
	event_free(c->timer);
	free(c);
}
