/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/timetext.h"

#include "salloc/begintime.h"

static size_t write_form(char *out, size_t size, enum timetext_form form,
	const struct tm *tm)
{
	switch (form) {
	case TIMETEXT_MINUTES:
		return strftime(out, size, "%F %H:%M", tm);
	case TIMETEXT_SECONDS:
		return strftime(out, size, "%F %H:%M:%S", tm);
	case TIMETEXT_ISO:
		return strftime(out, size, "%FT%H:%M:%S", tm);
	case TIMETEXT_SYSLOG:
		return strftime(out, size, "%b %e %H:%M:%S", tm);
	case TIMETEXT_UTC:
		return strftime(out, size, "%FT%H:%M:%SZ", tm);
	}
	return 0;
}

struct timetext timetext(enum timetext_form form, time_t when)
{
	struct timetext t;
	struct tm tm;

	if ((form == TIMETEXT_UTC ? gmtime_r(&when, &tm) :
		localtime_r(&when, &tm)) == NULL ||
		write_form(t.s, sizeof t.s, form, &tm) == 0)
		t = (struct timetext){ "?" };
	return t;
}

time_t timetext_when(const struct begintime *b)
{
	struct begintime whole = *b;
	time_t now = time(NULL);
	struct tm tm;

	if (b->kind == BEGINTIME_EPOCH)
		return b->seconds;
	if (b->kind == BEGINTIME_AFTER)
		return now + b->seconds;
	if (localtime_r(&now, &tm) == NULL)
		return -1;
	begintime_complete(&whole, &(struct begintime_now){ tm.tm_year,
		tm.tm_mon, tm.tm_mday, tm.tm_hour, tm.tm_min });
	return mktime(&(struct tm){ .tm_year = whole.year,
		.tm_mon = whole.month, .tm_mday = whole.day,
		.tm_hour = whole.hour, .tm_min = whole.minute,
		.tm_sec = whole.second, .tm_isdst = -1 });
}
