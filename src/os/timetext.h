/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_TIMETEXT_H
#define OS_TIMETEXT_H

#include <time.h>

/*
 * A moment in the user's time zone, or in UTC. "?" for one that no calendar has,
 * since such a number may come from anywhere.
 */
struct timetext {
	char s[64];
};
enum timetext_form {
	TIMETEXT_MINUTES,	/* 2026-11-28 19:09 */
	TIMETEXT_SECONDS,	/* 2026-11-28 19:09:29 */
	TIMETEXT_ISO,		/* 2026-11-28T19:09:29 */
	TIMETEXT_SYSLOG,	/* Nov 28 19:09:29 */
	TIMETEXT_UTC,		/* 2026-11-28T18:09:29Z */
};
struct timetext timetext(enum timetext_form form, time_t when);

/* The moment that somebody meant, there; -1: there is none. */
struct begintime;
time_t timetext_when(const struct begintime *b);

#endif
