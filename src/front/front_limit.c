/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The limit goes to the agent whenever it is learned: at the start, if finding
 * the job has told it; else by one question to the scheduler; and when the agent
 * asks, at a rate, since an agent can ask in a loop.
 */
#include "front/front_limit.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/rate.h"
#include "front/front_control.h"
#include "front/job/front_request.h"
#include "front/job/job.h"
#include "front/job/launcher.h"
#include "os/clock.h"
#include "os/log.h"

/* So often an agent may have the scheduler asked; its warnings need less. */
#define ASKS_AT_ONCE 6
#define ASK_EACH_MS (2 * 60 * 1000)	/* one more each so long */
#define ASK_SECONDS 10	/* after the start, which has better things to do */

struct front_limit {
	const struct invocation *inv;
	struct front_control *control;
	const struct place *place;
	struct event *later;
	struct launcher_call *call;
	struct rate asks;
	int found;		/* the job, in the answer */
	void (*done)(void *);	/* of who waits until the agent has heard */
	void *arg;
	long long ends_ms;	/* as in struct job */
};

static void record(const struct kv *kv, void *arg)
{
	struct front_limit *l = arg;
	struct job j = job_read(kv);

	if (strcmp(j.id, l->place->job) != 0)
		return;
	l->found = 1;
	l->ends_ms = j.ends_ms;
}

static void agent_heard(int ours, const char *why, void *arg)
{
	struct front_limit *l = arg;

	(void)ours;
	(void)why;
	l->done(l->arg);
}

static void answered(const struct launcher_end *end, void *arg)
{
	struct front_limit *l = arg;

	l->call = NULL;
	if (!end->ok)
		log_info("the time limit is not known: %s", end->message.text);
	else if (l->found)
		front_control_limit(l->control, l->ends_ms);
	if (l->done != NULL)
		front_control_await_heard(l->control, agent_heard, l);
}

/* Ask the scheduler now, and tell the agent. */
static void front_limit_ask(void *arg)
{
	struct front_limit *l = arg;
	struct buf request = { 0 };

	if (l->call != NULL)
		return;
	event_del(l->later);
	l->found = 0;
	front_request_find(l->inv, l->inv->opt->session.name, NULL, &request);
	l->call = launcher_run(l->inv, "find", &request,
		l->inv->opt->job.launcher_timeout, record, answered, l);
}

/* The agent wants to know. */
static void asked(void *arg)
{
	struct front_limit *l = arg;

	if (l->call != NULL)
		return;
	if (rate_allows(&l->asks, clock_ms(), ASKS_AT_ONCE, ASK_EACH_MS))
		front_limit_ask(l);
	else if (l->asks.refused == 1)
		log_warning("the agent asks for the time limit too often");
}

static void later_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	front_limit_ask(arg);
}

struct front_limit *front_limit_new(const struct invocation *inv, struct front_control *control,
	const struct place *p)
{
	struct front_limit *l = mem_alloc(sizeof *l);

	l->inv = inv;
	l->control = control;
	l->place = p;
	l->later = evtimer_new(inv->base, later_cb, l);
	front_control_on_limit(control, asked, l);
	/* By the agent's word: that is confirmed by another. */
	if (p->by_agent)
		return l;
	if (p->ends_ms != 0)
		front_control_limit(control, p->ends_ms);
	else if (front_control_takes_limit(control))
		event_add(l->later, &(struct timeval){
			.tv_sec = ASK_SECONDS });
	return l;
}

void front_limit_settle(struct front_limit *l, void (*done)(void *), void *arg)
{
	l->done = done;
	l->arg = arg;
	if (!front_control_takes_limit(l->control))
		done(arg);
	else if (l->place->ends_ms != 0)
		front_control_await_heard(l->control, agent_heard, l);
	else
		front_limit_ask(l);
}

void front_limit_free(struct front_limit *l)
{
	if (l == NULL)
		return;
	front_control_on_limit(l->control, NULL, NULL);
	launcher_cancel(l->call);
	event_free(l->later);
	free(l);
}
