/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/timetext.h"

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
	}
	return 0;
}

struct timetext timetext(enum timetext_form form, time_t when)
{
	struct timetext t;
	struct tm tm;

	if (localtime_r(&when, &tm) == NULL ||
		write_form(t.s, sizeof t.s, form, &tm) == 0)
		t = (struct timetext){ "?" };
	return t;
}
