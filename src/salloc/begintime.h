/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SALLOC_BEGINTIME_H
#define SALLOC_BEGINTIME_H

#include "base/err.h"

/*
 * A point of time as salloc --begin takes it, not yet looked up in a calendar.
 * What was not said is -1.
 */
struct begintime {
	enum {
		BEGINTIME_NONE,		/* not given */
		BEGINTIME_EPOCH,	/* at this second since 1970 */
		BEGINTIME_AFTER,	/* so many seconds from now */
		BEGINTIME_CALENDAR,
	} kind;
	long seconds;
	int year, month, day;	/* month from 0, year since 1900 */
	int tomorrow;		/* 0: today, -1: neither was said */
	int hour, minute, second;
};

/* The clock and the calendar of now, year and month as above. */
struct begintime_now {
	int year, month, day, hour, minute;
};

/* -1: no such time. */
int begintime_parse(struct begintime *b, const char *text)
	__attribute__((warn_unused_result));

/*
 * Of a BEGINTIME_CALENDAR what was left open: the next time that it is so. The
 * day may be one more than the month has.
 */
void begintime_complete(struct begintime *b, const struct begintime_now *now);

#endif
