/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The job's time limit: warnings before it, and an end in time for a polite one.
 * It is known as a duration at some moment, and kept by the monotonic clock, so
 * that it does not matter when a clock is set.
 *
 * With --time-limit it is ours to enforce. A scheduler's may be moved without
 * our knowledge, so each thing is preceded by a question to the fronts, and
 * unless one has answered, the end is left to the scheduler.
 */
#include "agent/agent_limit.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/countdown.h"
#include "base/mem.h"
#include "base/number.h"
#include "base/span.h"
#include "net/alarm.h"
#include "os/clock.h"
#include "os/log.h"
#include "os/proc.h"
#include "os/procsig.h"
#include "os/warnsig.h"
#include "proto/message.h"

#define ASK_AHEAD 60		/* seconds before each warning */
#define END_AHEAD 10		/* what a polite end may take */
#define FRESH_MS (5 * 60 * 1000) /* an answer counts for so long */
#define MOVED_MS (30 * 1000)	/* less is another's view of the same limit */
#define LONGEST (364 * 86400L)	/* Slurm's way to say that there is none */

enum { WARN = 1, ASK = 2, SIGNAL = 4, END = 8 };
#define POINTS 8

struct agent_limit {
	const struct agent_job *job;
	struct fronts *fronts;
	struct news *news;
	struct end *end;
	int ours;			/* to enforce */
	long long at;			/* by clock_ms(); 0: none is known */
	int none;			/* it is known that there is none */
	long long told;			/* when a front last said so; 0: never */
	struct {
		struct countdown countdown;
		struct countdown_point points[POINTS];
		size_t n;
	} due;				/* what, and how long before it */
	struct alarm *timer;
	struct warnsig warnsig;
};

/*
 * What the scheduler says in the environment, all by its own clock: seconds, 0
 * that there is no limit, or -1 nothing.
 */
static long environment_limit(void)
{
	const char *start = getenv("SLURM_JOB_START_TIME");
	const char *end = getenv("SLURM_JOB_END_TIME");
	long began, ends, limit, gone;

	if (start == NULL || end == NULL ||
		number_read(start, 0, NUMBER_EPOCH_MAX, &began) == -1 ||
		number_read(end, 0, NUMBER_EPOCH_MAX, &ends) == -1)
		return -1;
	limit = ends - began;
	/* A node may have been prepared for a while, or have another clock. */
	gone = time(NULL) - began;
	if (gone > 0 && gone < limit)
		limit -= gone;
	return limit <= 0 ? -1 : limit < LONGEST ? limit : 0;
}

/*
 * To those that have a handler for it; it would end the others. What runs an
 * agent of another node would pass it on to that.
 */
void agent_limit_signal(struct agent_limit *l, int sig)
{
	pid_t *pids;
	size_t n, told = 0;

	if (proc_descendants(getpid(), &pids, &n) == -1)
		return;
	for (size_t i = 0; i < n; i++)
		if (proc_catches(pids[i], sig) &&
			!end_spares(l->end, pids[i], getsid(pids[i])) &&
			procsig_send(pids[i], sig) == 0)
			told++;
	free(pids);
	log_info("signal %d before the time limit: to %zu of %zu processes",
		sig, told, n);
	fronts_signal(l->fronts, sig);
}

static void end_at_limit(struct agent_limit *l)
{
	if (l->ours || (l->told != 0 && clock_ms() - l->told < FRESH_MS)) {
		end_is_meant(l->end);
		end_session(l->end, EX_OK, "the job's time limit is reached");
	} else {
		log_info("no front knows whether the time limit still holds: left to the scheduler");
	}
}

static void update(struct agent_limit *l)
{
	long long wait, left = l->at - clock_ms();
	long seconds = (long)((left + 500) / 1000);
	unsigned due;

	alarm_clear(l->timer);
	if (l->at == 0 || end_has_begun(l->end))
		return;
	due = countdown_due(&l->due.countdown, l->due.points, l->due.n, left,
		&wait);
	if (wait >= 0)
		alarm_set(l->timer, wait);
	if (due & ASK)
		fronts_ask_limit(l->fronts, seconds);
	if (due & WARN)
		news_tell(l->news, "limit-warning", seconds, "session '%s' ends in %s, at the time limit of its job",
			l->job->opt->session.name, span_words(seconds).text);
	if (due & SIGNAL)
		agent_limit_signal(l, l->warnsig.signal);
	if (due & END)
		end_at_limit(l);
}

static void agent_limit_timer_cb(void *arg)
{
	update(arg);
}

/* A new limit: whether it is another than before. */
static int agent_limit_move(struct agent_limit *l, long long at)
{
	int moved = l->at == 0 || llabs(at - l->at) > MOVED_MS;

	l->at = at;
	if (moved)
		countdown_start(&l->due.countdown, at - clock_ms());
	return moved;
}

void agent_limit_set(struct agent_limit *l, uint32_t seconds)
{
	int known = l->at != 0, news = known || l->none;

	l->told = clock_ms();
	l->none = seconds == LIMIT_NONE;
	if (seconds == LIMIT_NONE) {
		if (known && !l->ours)
			news_tell(l->news, "limit-changed", -1, "the job of session '%s' has no time limit any more",
				l->job->opt->session.name);
		l->at = l->ours ? l->at : 0;
	} else if (agent_limit_move(l, clock_ms() + seconds * 1000LL) && news) {
		news_tell(l->news, "limit-changed", seconds, "the time limit of session '%s' is now in %s",
			l->job->opt->session.name, span_words(seconds).text);
	}
	update(l);
}

long agent_limit_left(const struct agent_limit *l)
{
	long long left = l->at - clock_ms();

	if (l->at == 0)
		return -1;
	return left < 0 ? 0 : (long)((left + 500) / 1000);
}

int agent_limit_is_reached(const struct agent_limit *l)
{
	return l->at != 0 && agent_limit_left(l) <= END_AHEAD;
}

static void add_point(struct agent_limit *l, long seconds, unsigned what)
{
	l->due.points[l->due.n++] = (struct countdown_point){
		seconds * 1000LL, what };
}

struct agent_limit *agent_limit_new(const struct agent_job *job, struct fronts *fronts,
	struct news *news, struct end *end)
{
	static const long warnings[] = { 15 * 60, 5 * 60, 60 };
	struct agent_limit *l = mem_alloc(sizeof *l);
	long seconds = job->opt->agent.time_limit;
	struct err e;

	l->job = job;
	l->fronts = fronts;
	l->news = news;
	l->end = end;
	l->timer = alarm_new(job->base, agent_limit_timer_cb, l);
	/* The first agent warns for all nodes. */
	if (job->opt->agent.node != NULL)
		return l;
	l->ours = seconds > 0;
	for (unsigned i = 0; i < sizeof warnings / sizeof warnings[0]; i++) {
		add_point(l, warnings[i], WARN);
		add_point(l, warnings[i] + ASK_AHEAD, ASK);
	}
	/* What was checked when the options were read is good. */
	if (warnsig_parse(&l->warnsig, job->opt->session.signal, &e) == 0 &&
		l->warnsig.signal != 0)
		add_point(l, l->warnsig.seconds, SIGNAL);
	add_point(l, l->ours ? 0 : END_AHEAD, END);
	if (seconds == 0)
		seconds = environment_limit();
	l->none = seconds == 0;
	if (seconds > 0) {
		log_info("the job's time limit is in %ld s", seconds);
		agent_limit_move(l, clock_ms() + seconds * 1000LL);
	}
	update(l);
	return l;
}

void agent_limit_free(struct agent_limit *l)
{
	alarm_free(l->timer);
	free(l);
}
