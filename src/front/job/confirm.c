/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The scheduler's word on a session whose agent has answered by itself:
 *
 *	ten seconds after the attach -> all live jobs (find)
 *	    ours is among them -> its time limit; a rival that is left over ends
 *	    it is not, or is over -> this job alone (watch)
 *		it is over, or nobody knows it -> its agent is told to end
 *
 * Others are served meanwhile, so that what touches the file system is done in
 * a child. No answer, and one about another cluster, change nothing.
 */
#include "front/job/confirm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "front/job/aside.h"
#include "front/job/front_request.h"
#include "front/job/jobs.h"
#include "front/job/launcher.h"
#include "front/job/leftover.h"
#include "front/job/lineup.h"
#include "front/job/scope.h"
#include "front/job/stale.h"
#include "os/log.h"

#define ASK_SECONDS 10	/* after the attach, which has better things to do */

struct confirm {
	const struct invocation *inv;
	struct place place;		/* without its key */
	const struct confirm_ops *ops;
	void *arg;
	struct event *timer;
	struct jobs jobs;		/* of all sessions */
	struct launcher_call *watch;	/* the second look */
	struct leftover leftover;
};

static void watch_record(const struct kv *kv, void *arg)
{
	struct confirm *c = arg;
	const struct job j = job_read(kv);
	char fate[512], reason[600];

	/* A watch goes on until it is cancelled. */
	launcher_cancel(c->watch);
	c->watch = NULL;
	if (!job_is_over(&j))
		return;
	job_fate(&j, fate, sizeof fate);
	snprintf(reason, sizeof reason, "the scheduler says that the job has ended: %s",
		fate);
	log_warning("job %s: %s", c->place.job, reason);
	c->ops->over(reason, c->arg);
}

static void confirm_watch_ended(const struct launcher_end *end, void *arg)
{
	struct confirm *c = arg;

	c->watch = NULL;
	if (!end->ok && strcmp(end->class, "gone") == 0)
		c->ops->over("the scheduler does not know the job any more",
			c->arg);
	else if (!end->ok)
		log_info("job %s: %s", c->place.job, end->message.text);
}

/*
 * The job is not among the live ones, or is over. No session is ended by one
 * look: the second is for this job alone, and tells why.
 */
static void watch_our_job(struct confirm *c)
{
	struct buf request = { 0 };

	front_request_job(c->inv, c->place.job, &request);
	c->watch = launcher_run(c->inv, "watch", &request, 0, watch_record,
		confirm_watch_ended, c);
}

static void learn_scope(const void *arg)
{
	const struct confirm *c = arg;

	scope_learn(c->inv, c->jobs.scope);
}

static void job_confirmed(struct confirm *c, const struct lineup *l)
{
	const struct job *ours = lineup_current(l);

	log_info("job %s is confirmed: %s", ours->id, ours->state);
	leftover_end(&c->leftover, lineup_left_over(l));
	c->ops->limit(ours->ends_ms, c->arg);
}

static void jobs_told(void *arg)
{
	struct confirm *c = arg;
	const struct place *p = &c->place;
	struct lineup l;

	aside_run(c->inv, learn_scope, c);
	(void)stale_sweep(c->inv, &c->jobs);
	/* Else the answer is about another cluster than that of our job. */
	if (!scope_may_be(p->scope, c->jobs.scope)) {
		log_warning("job %s is of %s, and this is %s", p->job,
			p->scope, c->jobs.scope);
		return;
	}
	lineup_init(&l, &c->jobs, c->inv->opt->session.name, p->tag);
	if (lineup_current(&l) != NULL && !job_is_over(lineup_current(&l)))
		job_confirmed(c, &l);
	/* Of whose jobs it has told may be unknown: then nobody is judged. */
	else if (c->jobs.scope[0] != '\0')
		watch_our_job(c);
	lineup_fini(&l);
}

static void jobs_not_told(const struct launcher_end *end, void *arg)
{
	struct confirm *c = arg;

	log_info("job %s is not confirmed: %s", c->place.job,
		end->message.text);
}

static void ask_cb(evutil_socket_t fd, short what, void *arg)
{
	struct confirm *c = arg;

	(void)fd;
	(void)what;
	jobs_find(&c->jobs, c->inv, NULL, jobs_told, jobs_not_told, c);
}

struct confirm *confirm_new(const struct invocation *inv,
	const struct place *p, const struct confirm_ops *ops, void *arg)
{
	struct confirm *c = mem_alloc(sizeof *c);

	c->inv = inv;
	c->place = *p;
	explicit_bzero(&c->place.key, sizeof c->place.key);
	c->ops = ops;
	c->arg = arg;
	leftover_init(&c->leftover, inv);
	c->timer = evtimer_new(inv->base, ask_cb, c);
	event_add(c->timer, &(struct timeval){ .tv_sec = ASK_SECONDS });
	return c;
}

void confirm_free(struct confirm *c)
{
	if (c == NULL)
		return;
	launcher_cancel(c->watch);
	leftover_fini(&c->leftover);
	jobs_fini(&c->jobs);
	event_free(c->timer);
	free(c);
}
