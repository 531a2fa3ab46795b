/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_ALARM_H
#define NET_ALARM_H

#include <event2/event.h>

/*
 * Timers of seconds that are set while bytes flow. While a timer of libevent is
 * set, the kernel sets up and takes down one of its own each time that the loop
 * waits, which is a microsecond of each wait on a virtual machine. All alarms
 * share one timerfd, which is set once.
 *
 * One loop of a process has alarms at a time: the last one that is cleared
 * gives the descriptor back.
 */
struct alarm;

struct alarm *alarm_new(struct event_base *base, void (*ring)(void *arg),
	void *arg);

/* Safe in any callback. NULL is ignored. */
void alarm_free(struct alarm *a);

/* Ring once, so many milliseconds from now; what was set before is forgotten. */
void alarm_set(struct alarm *a, long long ms);
void alarm_clear(struct alarm *a);
int alarm_is_set(const struct alarm *a);

#endif
