/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Points of time as people write them for Slurm: words, clock times and dates in
 * any order, of which each says what another has left open.
 */
#include "salloc/begintime.h"

#include <string.h>
#include <strings.h>

#define DELTA_MAX (100L * 366 * 86400)

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_gap(char c)
{
	return c == ' ' || c == '\t';
}

/* At least min and at most max digits at *p, moved behind them; -1: not so. */
static int few_digits(const char **p, int min, int max)
{
	int n = 0, count = 0;

	for (; count < max && is_digit(**p); ++*p, count++)
		n = n * 10 + (**p - '0');
	return count < min ? -1 : n;
}

/* Whether word is next, in any case; *p is moved behind it. */
static int take(const char **p, const char *word)
{
	size_t len = strlen(word);

	if (strncasecmp(*p, word, len) != 0)
		return 0;
	*p += len;
	return 1;
}

/* "+5minutes" behind "now" */
static int parse_delta(struct begintime *b, const char **p)
{
	static const struct {
		const char *name;
		long seconds;
	} units[] = {
		{ "seconds", 1 }, { "second", 1 }, { "minutes", 60 },
		{ "minute", 60 }, { "hours", 3600 }, { "hour", 3600 },
		{ "days", 86400 }, { "day", 86400 }, { "weeks", 7 * 86400 },
		{ "week", 7 * 86400 },
	};
	long n = 0, seconds = 1;
	int sign = 0, count = 0;

	while (is_gap(**p))
		++*p;
	if (**p == '+' || **p == '-')
		sign = *(*p)++ == '+' ? 1 : -1;
	for (; sign != 0 && (is_gap(**p) || is_digit(**p)); ++*p) {
		if (is_gap(**p))
			continue;
		n = n * 10 + (**p - '0');
		count++;
		if (n > DELTA_MAX)
			return -1;
	}
	if (sign != 0 && count == 0)
		return -1;
	for (size_t i = 0; sign != 0 && i < sizeof units / sizeof *units; i++) {
		if (!take(p, units[i].name))
			continue;
		seconds = units[i].seconds;
		break;
	}
	if (**p != '\0' || n > DELTA_MAX / seconds)
		return -1;
	b->kind = BEGINTIME_AFTER;
	b->seconds = sign * n * seconds;
	return 0;
}

static int parse_clock(struct begintime *b, const char **p)
{
	b->hour = few_digits(p, 1, 2);
	if (b->hour > 23 || *(*p)++ != ':')
		return -1;
	b->minute = few_digits(p, 2, 2);
	b->second = 0;
	if (**p == ':') {
		++*p;
		b->second = few_digits(p, 2, 2);
	}
	if (b->minute == -1 || b->minute > 59 || b->second == -1 ||
		b->second > 59)
		return -1;
	while (is_gap(**p))
		++*p;
	if (take(p, "pm"))
		b->hour += b->hour == 12 ? 0 : 12;
	else if (take(p, "am"))
		b->hour = b->hour == 12 ? 0 : b->hour > 12 ? 24 : b->hour;
	return b->hour > 23 ? -1 : 0;
}

/* MM/DD/YY, and with '.' or nothing in between; the year may be missing. */
static int parse_american(struct begintime *b, const char **p)
{
	int month = few_digits(p, 1, 2);

	if (**p == '/' || **p == '.')
		++*p;
	b->day = few_digits(p, 1, 2);
	b->month = month - 1;
	if (**p == '/' || **p == '.')
		++*p;
	else if (!is_digit(**p))
		return 0;
	b->year = few_digits(p, 2, 2);
	if (b->year == -1)
		return -1;
	b->year += 100;
	return 0;
}

static int parse_date(struct begintime *b, const char **p)
{
	int ret;

	b->tomorrow = -1;
	b->year = -1;
	if (strlen(*p) >= 10 && (*p)[4] == '-' && (*p)[7] == '-') {
		b->year = few_digits(p, 4, 4) - 1900;
		++*p;
		b->month = few_digits(p, 2, 2) - 1;
		++*p;
		b->day = few_digits(p, 2, 2);
		ret = b->year < 70 ? -1 : 0;
	} else {
		ret = parse_american(b, p);
	}
	return ret == -1 || b->month < 0 || b->month > 11 || b->day < 1 ||
		b->day > 31 ? -1 : 0;
}

/* "noon": 1 when it was one. */
static int parse_word(struct begintime *b, const char **p)
{
	static const struct {
		const char *name;
		int hour;
	} hours[] = {
		{ "midnight", 0 }, { "elevenses", 11 }, { "noon", 12 },
		{ "fika", 15 }, { "teatime", 16 },
	};

	for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
		if (!take(p, hours[i].name))
			continue;
		b->hour = hours[i].hour;
		b->minute = b->second = 0;
		return 1;
	}
	if (!take(p, "today") && !take(p, "tomorrow"))
		return 0;
	b->tomorrow = (*p)[-2] == 'o' || (*p)[-2] == 'O';
	b->month = b->day = b->year = -1;
	return 1;
}

/* A big T joins date and clock, so "Today" is none, as with Slurm. */
static int parse_calendar(struct begintime *b, const char *p)
{
	int said = 0;

	b->kind = BEGINTIME_CALENDAR;
	while (*p != '\0') {
		if (is_gap(*p) || *p == '-' || *p == 'T') {
			p++;
			continue;
		}
		said = 1;
		if (parse_word(b, &p))
			continue;
		if (!is_digit(*p))
			return -1;
		if (p[1] == ':' || (p[1] != '\0' && p[2] == ':') ?
			parse_clock(b, &p) == -1 : parse_date(b, &p) == -1)
			return -1;
	}
	return said ? 0 : -1;
}

int begintime_parse(struct begintime *b, const char *text)
{
	int digits = 0;

	*b = (struct begintime){ BEGINTIME_NONE, 0, -1, -1, -1, -1, -1, -1, -1 };
	while (is_gap(*text))
		text++;
	if (take(&text, "now"))
		return parse_delta(b, &text);
	if (!take(&text, "uts"))
		return parse_calendar(b, text);
	b->kind = BEGINTIME_EPOCH;
	for (; is_digit(*text) && digits < 12; text++, digits++)
		b->seconds = b->seconds * 10 + (*text - '0');
	return *text != '\0' || b->seconds < 1000000 ? -1 : 0;
}

/* Whether the clock and what stands above it is later than now. */
static int is_later(int const *then, int const *now, int n)
{
	for (int i = 0; i < n; i++)
		if (then[i] != now[i])
			return then[i] > now[i];
	return 0;
}

void begintime_complete(struct begintime *b, const struct begintime_now *now)
{
	if (b->kind != BEGINTIME_CALENDAR)
		return;
	if (b->hour == -1)
		b->hour = b->minute = b->second = 0;
	else if (b->month == -1 && b->tomorrow == -1)
		b->tomorrow = !is_later((int[]){ b->hour, b->minute },
			(int[]){ now->hour, now->minute }, 2);
	if (b->month == -1) {
		b->month = now->month;
		b->day = now->day + (b->tomorrow > 0);
		b->year = now->year;
	}
	if (b->year == -1)
		b->year = now->year + !is_later((int[]){ b->month, b->day,
			b->hour, b->minute }, (int[]){ now->month, now->day,
			now->hour, now->minute }, 4);
}
