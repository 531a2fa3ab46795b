/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Looked at once a minute, or in a quarter of a timeout that is shorter. That of a
 * further node only says that somebody works there, as what computes there does;
 * the first decides.
 */
#include "agent/unattended.h"

#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/span.h"
#include "net/alarm.h"
#include "os/clock.h"

#define WARN_SECONDS 300	/* before the end, but at most ... */
#define PART 4			/* ... this part of the timeout; so the looks */
#define LOOK_SECONDS 60
#define BUSY_PERCENT 5		/* of one CPU, as in idle.c */

struct unattended {
	const struct agent_job *job;
	struct news *news;
	struct end *end;
	struct idle *idle;
	unsigned long long (*moved)(void *);
	void *arg;
	struct alarm *timer;
	struct look {
		long long at;		/* by clock_ms() */
		unsigned long long moved;
		long long cpu;		/* ms; 0: it does not count */
		uint32_t computed;	/* see idle_computed() */
	} last;
	long long since;	/* by clock_ms(): when somebody was there last */
	int warned;
};

static long least(long seconds, long timeout)
{
	long part = timeout / PART;

	return part < 1 ? 1 : part < seconds ? part : seconds;
}

static long timeout_of(const struct unattended *u)
{
	return u->job->opt->session.unattended_timeout;
}

static int counts_cpu(const struct unattended *u)
{
	return u->job->opt->session.idle_busy == OPTIONS_BUSY_CPU;
}

static struct look look(const struct unattended *u)
{
	return (struct look){ clock_ms(), u->moved(u->arg),
		counts_cpu(u) ? idle_cpu_ms() : 0, idle_computed(u->idle) };
}

/* Whether somebody was there between two looks, or something computed. */
static int is_attended(const struct look *before, const struct look *now)
{
	long long ms = now->at - before->at;

	return (long long)(now->moved - before->moved) * 60000 >=
		ms * UNATTENDED_BYTES ||
		(now->cpu - before->cpu) * 100 > ms * BUSY_PERCENT;
}

static int unattended_is_used(const struct unattended *u)
{
	return idle_uses(u->idle, USE_CLIENT) +
		idle_uses(u->idle, USE_SHELL) > 0;
}

static void warn(struct unattended *u, long seconds)
{
	u->warned = 1;
	news_tell(u->news, "idle-warning", seconds, "session '%s' ends in %s, since somebody is connected but nobody works in it",
		u->job->opt->session.name, span_words(seconds).text);
}

/* How long nobody was there decides. */
static void decide(struct unattended *u)
{
	long left = timeout_of(u) - (clock_ms() - u->since) / 1000;

	if (left <= 0 && u->warned) {
		end_is_meant(u->end);
		end_session(u->end, EX_OK,
			"somebody was connected, but nobody worked in it for the unattended timeout");
	} else if (left <= least(WARN_SECONDS, timeout_of(u)) && !u->warned) {
		warn(u, left > 0 ? left : 1);
	}
}

static void unattended_timer_cb(void *arg)
{
	struct unattended *u = arg;
	struct look now = look(u);
	int further = u->job->opt->agent.node != NULL;

	if (end_has_begun(u->end))
		return;
	alarm_set(u->timer, least(LOOK_SECONDS, timeout_of(u)) * 1000);
	if (!unattended_is_used(u) || is_attended(&u->last, &now) ||
		(!further && now.computed != u->last.computed)) {
		u->since = now.at;
		u->warned = 0;
		if (further && unattended_is_used(u))
			idle_works(u->idle);
	} else if (!further) {
		decide(u);
	}
	u->last = now;
}

struct unattended *unattended_new(const struct agent_job *job,
	struct news *news, struct end *end, struct idle *idle,
	unsigned long long (*moved)(void *), void *arg)
{
	struct unattended *u;

	if (job->opt->session.unattended_timeout == 0)
		return NULL;
	u = mem_alloc(sizeof *u);
	*u = (struct unattended){ .job = job, .news = news, .end = end,
		.idle = idle, .moved = moved, .arg = arg };
	u->timer = alarm_new(job->base, unattended_timer_cb, u);
	u->last = look(u);
	u->since = u->last.at;
	alarm_set(u->timer, least(LOOK_SECONDS, timeout_of(u)) * 1000);
	return u;
}

void unattended_free(struct unattended *u)
{
	if (u == NULL)
		return;
	alarm_free(u->timer);
	free(u);
}
