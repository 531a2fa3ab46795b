/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Takes the place of what tells and waits for the time: clock_gettime(), time()
 * and epoll_wait() of the C library, which libevent calls, too, and net/alarm.c.
 * The loop's wait is where time passes: when no descriptor is ready, the clock
 * jumps to the end of the wait.
 */
#include "fakeclock.h"

#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/alarm.h"

#define TURNS 20		/* in which the loop has done all that it can */

static long long began;		/* ms, of the real monotonic clock */
static long long passed;
static int is_passing;		/* the loop's waits let it pass */

long long fakeclock_real_ms(void)
{
	struct timespec now;

	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

void fakeclock_reset(void)
{
	began = 0;
	passed = 0;
}

static long long now_ms(void)
{
	if (began == 0)
		began = fakeclock_real_ms();
	return began + passed;
}

int clock_gettime(clockid_t id, struct timespec *now)
{
	switch (id) {
	case CLOCK_MONOTONIC:
	case CLOCK_MONOTONIC_COARSE:
	case CLOCK_MONOTONIC_RAW:
	case CLOCK_BOOTTIME:
		*now = (struct timespec){ now_ms() / 1000,
			now_ms() % 1000 * 1000000 };
		return 0;
	}
	return (int)syscall(SYS_clock_gettime, id, now);
}

/* Files have the real time, so this one goes on, too. */
time_t time(time_t *out)
{
	struct timespec now;

	syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	now.tv_sec += passed / 1000;
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

/* While time passes there is a timer at its end, so no wait goes beyond it. */
int epoll_wait(int fd, struct epoll_event *events, int max, int timeout)
{
	int wait = is_passing ? 0 : timeout;
	int n = (int)syscall(SYS_epoll_pwait, fd, events, max, wait, NULL, 0);

	if (n == 0 && is_passing && timeout > 0)
		passed += timeout;
	return n;
}

struct alarm {
	struct event *timer;
	void (*ring)(void *arg);
	void *arg;
};

static void ring_cb(evutil_socket_t fd, short what, void *arg)
{
	struct alarm *a = arg;

	(void)fd;
	(void)what;
	a->ring(a->arg);
}

struct alarm *alarm_new(struct event_base *base, void (*ring)(void *arg),
	void *arg)
{
	struct alarm *a = mem_alloc(sizeof *a);

	a->timer = evtimer_new(base, ring_cb, a);
	a->ring = ring;
	a->arg = arg;
	return a;
}

void alarm_free(struct alarm *a)
{
	if (a == NULL)
		return;
	event_free(a->timer);
	free(a);
}

void alarm_set(struct alarm *a, long long ms)
{
	ms = ms < 0 ? 0 : ms;
	event_add(a->timer, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
}

void alarm_clear(struct alarm *a)
{
	event_del(a->timer);
}

int alarm_is_set(const struct alarm *a)
{
	return event_pending(a->timer, EV_TIMEOUT, NULL) != 0;
}

static int is_told_to_end(struct event_base *base)
{
	return event_base_got_break(base) || event_base_got_exit(base);
}

void fakeclock_turn(struct event_base *base)
{
	for (int i = 0; i < TURNS; i++) {
		event_base_loop(base, EVLOOP_NONBLOCK);
		if (is_told_to_end(base))
			break;
	}
}

static void over(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	*(int *)arg = 1;
}

long long fakeclock_pass(struct event_base *base, long long ms)
{
	long long from = passed;
	int is_over = 0;
	struct event *end = evtimer_new(base, over, &is_over);

	event_add(end, &(struct timeval){ ms / 1000, ms % 1000 * 1000 });
	is_passing = 1;
	do
		event_base_loop(base, EVLOOP_ONCE);
	while (!is_over && !is_told_to_end(base));
	is_passing = 0;
	event_free(end);
	if (is_over)
		fakeclock_turn(base);
	return passed - from;
}

void fakeclock_nap(struct event_base *base)
{
	nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
	event_base_loop(base, EVLOOP_NONBLOCK);
}
