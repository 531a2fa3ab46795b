/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the alarms that are set, the next one first, and what wakes the loop for
 * that one: a timerfd, or where there is no descriptor for it a timer of
 * libevent. It may wake the loop for an alarm that was cleared; then nothing
 * rings.
 */
#include "net/alarm.h"

#include <assert.h>
#include <event2/event_struct.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"

struct alarm {
	TAILQ_ENTRY(alarm) next;
	struct event_base *base;
	int set;
	long long due;		/* by clock_ms() */
	void (*ring)(void *arg);
	void *arg;
};

static struct {
	TAILQ_HEAD(alarms, alarm) list;
	struct event_base *base;	/* NULL: nothing is set */
	struct event ready;
	int fd;				/* -1: ready is a timer */
	long long due;			/* when it wakes us; 0: it does not */
	int ringing;
} waker = { .list = TAILQ_HEAD_INITIALIZER(waker.list) };

static void ready_cb(evutil_socket_t fd, short what, void *arg);

static void start_waker(struct event_base *base)
{
	waker.base = base;
	waker.due = 0;
	waker.fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (waker.fd != -1) {
		event_assign(&waker.ready, base, waker.fd, EV_READ | EV_PERSIST,
			ready_cb, NULL);
		if (event_add(&waker.ready, NULL) == 0)
			return;
		close(waker.fd);
		waker.fd = -1;
	}
	evtimer_assign(&waker.ready, base, ready_cb, NULL);
}

static void stop_waker(void)
{
	event_del(&waker.ready);
	if (waker.fd != -1)
		close(waker.fd);
	waker.base = NULL;
}

static void wake_at(long long due)
{
	long long ms = due - clock_ms();

	if (ms < 1)
		ms = 1;		/* 0 would mean never */
	waker.due = due;
	if (waker.fd != -1)
		timerfd_settime(waker.fd, 0, &(struct itimerspec){
			.it_value = { .tv_sec = ms / 1000,
				.tv_nsec = ms % 1000 * 1000000 } }, NULL);
	else
		event_add(&waker.ready, &(struct timeval){ .tv_sec = ms / 1000,
			.tv_usec = ms % 1000 * 1000 });
}

/* After any change of the list. */
static void alarm_settle(void)
{
	struct alarm *first = TAILQ_FIRST(&waker.list);

	if (waker.ringing)
		return;
	if (first == NULL)
		stop_waker();
	else if (waker.due == 0 || first->due < waker.due)
		wake_at(first->due);
}

static void take_out(struct alarm *a)
{
	a->set = 0;
	TAILQ_REMOVE(&waker.list, a, next);
}

static void ready_cb(evutil_socket_t fd, short what, void *arg)
{
	long long now = clock_ms();
	struct alarm *a;
	uint64_t times;

	(void)what;
	(void)arg;
	if (waker.fd != -1)
		(void)!read(fd, &times, sizeof times);
	waker.due = 0;
	waker.ringing = 1;
	while ((a = TAILQ_FIRST(&waker.list)) != NULL && a->due <= now) {
		take_out(a);
		a->ring(a->arg);
	}
	waker.ringing = 0;
	alarm_settle();
}

struct alarm *alarm_new(struct event_base *base, void (*ring)(void *arg),
	void *arg)
{
	struct alarm *a = mem_alloc(sizeof *a);

	a->base = base;
	a->ring = ring;
	a->arg = arg;
	return a;
}

void alarm_free(struct alarm *a)
{
	if (a == NULL)
		return;
	alarm_clear(a);
	free(a);
}

void alarm_set(struct alarm *a, long long ms)
{
	struct alarm *before;

	if (waker.base == NULL)
		start_waker(a->base);
	assert(waker.base == a->base);
	if (a->set)
		take_out(a);
	a->set = 1;
	a->due = clock_ms() + ms;
	/* Most are set anew for as long as ever, and come last. */
	TAILQ_FOREACH_REVERSE(before, &waker.list, alarms, next)
		if (before->due <= a->due)
			break;
	if (before != NULL)
		TAILQ_INSERT_AFTER(&waker.list, before, a, next);
	else
		TAILQ_INSERT_HEAD(&waker.list, a, next);
	alarm_settle();
}

void alarm_clear(struct alarm *a)
{
	if (!a->set)
		return;
	take_out(a);
	alarm_settle();
}

int alarm_is_set(const struct alarm *a)
{
	return a->set;
}
