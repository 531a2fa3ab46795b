/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A name is asked for once: the addresses that are judged are those that are dialed.
 * What the front has sent is the site's list, since settings are read on the login
 * node alone; so a list that lets in nothing is none that was forgotten.
 */
#include "agent/agent_reach.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/hostpolicy.h"
#include "base/mem.h"
#include "net/alarm.h"
#include "net/dialer.h"

#define LOOKUP_MS 6000		/* the resolver itself gives up later */
#define DIAL_MS 10000

struct agent_reach {
	struct event_base *base;
	struct resolver *resolver;
	struct reach to;
	struct hostpattern *allow;
	struct hostpolicy policy;
	struct alarm *timer;
	struct lookup *lookup;		/* at most one of the two */
	struct dialer *dialer;
	void (*done)(int, int, const struct err *, void *);
	void *arg;
};

void agent_reach_free(struct agent_reach *a)
{
	if (a == NULL)
		return;
	alarm_free(a->timer);
	lookup_cancel(a->lookup);
	dialer_free(a->dialer);
	free(a->allow);
	free(a);
}

static void reach_over(struct agent_reach *a, int fd, int status,
	const struct err *why)
{
	void (*done)(int, int, const struct err *, void *) = a->done;
	void *arg = a->arg;

	agent_reach_free(a);
	done(fd, status, why, arg);
}

/* "HOST:PORT: WHAT" */
static void reach_failed(struct agent_reach *a, int status, const char *what)
{
	struct err e;

	err_set(&e, strchr(a->to.host, ':') != NULL ? "[%.200s]:%u: %.200s" :
		"%.200s:%u: %.200s", a->to.host, a->to.port, what);
	reach_over(a, -1, status, &e);
}

static void reach_late(void *arg)
{
	reach_failed(arg, EX_TEMPFAIL, "no answer in 10 seconds");
}

static void reach_dialed(int fd, int error, void *arg)
{
	struct agent_reach *a = arg;

	a->dialer = NULL;
	if (fd != -1)
		reach_over(a, fd, EX_OK, NULL);
	else
		reach_failed(a, error == ETIMEDOUT ? EX_TEMPFAIL :
			EX_UNAVAILABLE, strerror(error));
}

static void reach_judge(struct agent_reach *a,
	const struct sockaddr_storage *addrs, size_t n)
{
	struct sockaddr_storage good[RESOLVER_MAX];
	struct err e;
	size_t n_good = hostpolicy_pick(&a->policy, a->to.host, addrs, n, good,
		&e);

	if (n_good == 0) {
		reach_over(a, -1, EX_USAGE, &e);
		return;
	}
	alarm_free(a->timer);
	a->timer = alarm_new(a->base, reach_late, a);
	alarm_set(a->timer, DIAL_MS);
	a->dialer = dialer_new(a->base, good, n_good, reach_dialed, a);
}

static void reach_found(const struct sockaddr_storage *addrs, size_t n,
	const struct err *why, int is_late, void *arg)
{
	struct agent_reach *a = arg;

	a->lookup = NULL;
	if (n == 0)
		reach_over(a, -1, is_late ? EX_TEMPFAIL : EX_UNAVAILABLE, why);
	else
		reach_judge(a, addrs, n);
}

/* What fails at once is told by the loop, so that there is one way out. */
static void reach_begin(void *arg)
{
	struct agent_reach *a = arg;
	struct sockaddr_storage addr;
	socklen_t len;

	if (hostpolicy_find(a->to.host, a->to.port, &addr, &len))
		reach_judge(a, &addr, 1);
	else
		a->lookup = resolver_ask(a->resolver, a->to.host, a->to.port,
			LOOKUP_MS, reach_found, a);
}

/* What cannot be read allows nothing. */
static void read_list(struct agent_reach *a)
{
	char text[sizeof a->to.allow], *at = text, *word;

	memcpy(text, a->to.allow, sizeof text);
	a->policy = (struct hostpolicy){ .list = "forward-hosts",
		.is_closed = 1 };
	while ((word = strsep(&at, ",")) != NULL) {
		a->allow = mem_realloc(a->allow,
			(a->policy.n + 1) * sizeof *a->allow);
		if (hostpattern_parse(&a->allow[a->policy.n], word, NULL) == 0)
			a->policy.n++;
	}
	a->policy.allow = a->allow;
}

struct agent_reach *agent_reach_new(struct event_base *base,
	struct resolver *resolver, const struct reach *to,
	void (*done)(int, int, const struct err *, void *), void *arg)
{
	struct agent_reach *a = mem_alloc(sizeof *a);

	*a = (struct agent_reach){ .base = base, .resolver = resolver,
		.to = *to, .done = done, .arg = arg };
	read_list(a);
	a->timer = alarm_new(base, reach_begin, a);
	alarm_set(a->timer, 0);
	return a;
}
