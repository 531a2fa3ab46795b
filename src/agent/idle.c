/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a session that nobody uses: no client connection and no shell of a
 * front for the idle timeout. What they say does not count, since editors send
 * heartbeats for ever. With --idle-busy=cpu processes that compute keep it alive,
 * too: while nobody is connected, their processor time is looked at now and
 * then, and more than the share below counts as use.
 */
#include "agent/idle.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/span.h"
#include "net/alarm.h"
#include "os/clock.h"
#include "os/proc.h"

#define WARN_SECONDS 300	/* before the end, but at most ... */
#define WARN_PART 4		/* ... this part of the timeout */
#define SAMPLE_SECONDS 60	/* of processor time, likewise */
#define SAMPLE_PART 4
#define BUSY_PERCENT 5		/* of one CPU; VS Code's server alone: 0.3 */

struct idle {
	const struct agent_job *job;
	struct news *news;
	struct end *end;
	unsigned n_used[USE_COUNT];
	struct idle_wait {	/* for a use */
		long long since;	/* by clock_ms(): when it was used last */
		int warned;
		int claimed;		/* it was used once */
	} wait;
	struct alarm *timer;
	struct alarm *sample;	/* NULL: processors are not looked at */
	long long sampled;	/* by clock_ms() */
	long long cpu;		/* ms used until then */
	uint32_t computed;	/* how often something was seen to compute */
	struct idle_listener {
		void (*changed)(void *);	/* NULL: nobody listens */
		void *arg;
	} listener;
};

/* Then the first agent decides when the session ends. */
static int is_further(const struct idle *i)
{
	return i->job->opt->agent.node != NULL;
}

static int is_used(const struct idle *i)
{
	return i->n_used[USE_CLIENT] + i->n_used[USE_SHELL] > 0;
}

static void idle_tell(const struct idle *i)
{
	if (i->listener.changed != NULL)
		i->listener.changed(i->listener.arg);
}

/*
 * Whether it still waits for its first client, and not as long as for others: a
 * session that had to wait may begin when nobody is there any more.
 */
static int is_unclaimed(const struct idle *i)
{
	long always = i->job->opt->session.idle_timeout;
	long first = i->job->opt->agent.unclaimed_timeout;

	return !i->wait.claimed && first != 0 && (always == 0 || first < always);
}

/* Seconds; 0: it never ends so. */
static long idle_limit(const struct idle *i)
{
	return is_unclaimed(i) ? i->job->opt->agent.unclaimed_timeout :
		i->job->opt->session.idle_timeout;
}

static long warn_seconds(const struct idle *i)
{
	long part = idle_limit(i) / WARN_PART;

	return part < WARN_SECONDS ? part : WARN_SECONDS;
}

static void wait_on(struct idle *i)
{
	long long wait = i->wait.since + idle_limit(i) * 1000LL - clock_ms();

	if (is_further(i))
		return;
	if (!i->wait.warned)
		wait -= warn_seconds(i) * 1000LL;
	if (wait < 0)
		wait = 0;
	alarm_set(i->timer, wait);
}

static void idle_timer_cb(void *arg)
{
	struct idle *i = arg;

	if (end_has_begun(i->end))
		return;
	if (i->wait.warned) {
		end_is_meant(i->end);
		end_session(i->end, EX_OK, is_unclaimed(i) ?
			"nobody was there when its job began" :
			i->job->opt->session.idle_busy == OPTIONS_BUSY_CPU ?
			"nobody was connected and nothing computed for the idle timeout" :
			"nobody was connected for the idle timeout");
		return;
	}
	i->wait.warned = 1;
	news_tell(i->news, "idle-warning", warn_seconds(i), "session '%s' ends in %s, since nobody is connected",
		i->job->opt->session.name, span_words(warn_seconds(i)).text);
	wait_on(i);
}

/*
 * Processor time of all that ever ran below us, in ms: of a process that has
 * ended its parent has it, or we.
 */
long long idle_cpu_ms(void)
{
	long ticks = sysconf(_SC_CLK_TCK);
	unsigned long long sum = 0;
	struct procmember *all;
	struct rusage gone;
	size_t n;

	if (proc_family(getpid(), &all, &n) == -1)
		return 0;
	for (size_t k = 0; k < n; k++)
		sum += all[k].use.cpu;
	free(all);
	getrusage(RUSAGE_CHILDREN, &gone);
	return (long long)(sum * 1000 / ticks) +
		(gone.ru_utime.tv_sec + gone.ru_stime.tv_sec) * 1000LL +
		(gone.ru_utime.tv_usec + gone.ru_stime.tv_usec) / 1000;
}

static void take_sample(struct idle *i)
{
	long part = i->job->opt->session.idle_timeout / SAMPLE_PART;

	i->sampled = clock_ms();
	i->cpu = idle_cpu_ms();
	alarm_set(i->sample, (part < 1 ? 1 :
		part < SAMPLE_SECONDS ? part : SAMPLE_SECONDS) * 1000);
}

/* Used, just now. */
static void idle_begin(struct idle *i)
{
	i->wait.since = clock_ms();
	i->wait.warned = 0;
	wait_on(i);
}

static void sample_cb(void *arg)
{
	struct idle *i = arg;
	long long since = i->sampled, used = i->cpu;

	if (end_has_begun(i->end))
		return;
	take_sample(i);
	if ((i->cpu - used) * 100 <= (i->sampled - since) * BUSY_PERCENT)
		return;
	idle_begin(i);
	i->computed++;
	idle_tell(i);
}

void idle_computes(struct idle *i)
{
	i->computed++;
	if (i->sample != NULL && !is_used(i) && !end_has_begun(i->end))
		idle_begin(i);
}

void idle_works(struct idle *i)
{
	i->computed++;
	idle_tell(i);
}

void idle_count(struct idle *i, enum use what, int change)
{
	int was_used = is_used(i);

	i->n_used[what] += change;
	idle_tell(i);
	if (is_used(i) == was_used)
		return;
	i->wait.since = clock_ms();
	if (end_has_begun(i->end))
		return;
	i->wait.claimed = 1;
	alarm_clear(i->timer);
	if (idle_limit(i) == 0)
		return;
	if (i->sample != NULL)
		alarm_clear(i->sample);
	if (is_used(i))
		return;
	idle_begin(i);
	if (i->sample != NULL)
		take_sample(i);
}

void idle_on_change(struct idle *i, void (*changed)(void *), void *arg)
{
	i->listener = (struct idle_listener){ changed, arg };
}

uint32_t idle_computed(const struct idle *i)
{
	return i->computed;
}

unsigned idle_uses(const struct idle *i, enum use what)
{
	return i->n_used[what];
}

long idle_seconds(const struct idle *i)
{
	return is_used(i) ? 0 : (clock_ms() - i->wait.since) / 1000;
}

struct idle *idle_new(const struct agent_job *job, struct news *news,
	struct end *end)
{
	struct idle *i = mem_alloc(sizeof *i);

	i->job = job;
	i->news = news;
	i->end = end;
	i->timer = alarm_new(job->base, idle_timer_cb, i);
	i->wait.since = clock_ms();
	if (idle_limit(i) == 0)
		return i;
	idle_begin(i);
	if (job->opt->session.idle_busy != OPTIONS_BUSY_CPU ||
		job->opt->session.idle_timeout == 0)
		return i;
	i->sample = alarm_new(job->base, sample_cb, i);
	take_sample(i);
	return i;
}

void idle_free(struct idle *i)
{
	alarm_free(i->timer);
	alarm_free(i->sample);
	free(i);
}
