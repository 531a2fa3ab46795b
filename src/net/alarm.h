/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef NET_ALARM_H
#define NET_ALARM_H

#include <event2/event.h>

/*
 * Timers for long waits, which stay set while data moves. While a timer of
 * libevent is set, the kernel sets up and takes down one of its own each time
 * that the loop waits, a microsecond of each wait on a virtual machine: 7 % of
 * the CPU of a round trip. All alarms share one timerfd, which is set once.
 *
 * Only one loop of a process may have alarms that are set at a time.
 */
struct alarm;

/* Never NULL. Free it with alarm_free(), before base. */
struct alarm *alarm_new(struct event_base *base, void (*ring)(void *arg),
	void *arg);

/* Safe in any callback, also of this alarm. NULL is ignored. */
void alarm_free(struct alarm *a);

/*
 * Ring once, so many milliseconds from now, or in the next turn of the loop
 * when that is not positive. What was set before is forgotten.
 */
void alarm_set(struct alarm *a, long long ms);
void alarm_clear(struct alarm *a);
int alarm_is_set(const struct alarm *a);

#endif
