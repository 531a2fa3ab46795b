/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Strings, numbers and amounts. What a value may look like was compared with
 * Slurm's own parsers; where those wrap around (a time of 99999999999) or stop
 * reading (a nice of "5x") this one refuses.
 */
#include "salloc/sallocval.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/timespan.h"

#define SLURM_MAX_NUMBER (INT32_MAX - 1)
#define NICE_USUAL 100

int sallocval_bad(const struct sallocrow *row, const char *value,
	const char *what, struct err *e)
{
	return err_set(e, "--%s=%.100s: %s", row->name, value, what);
}

static void *at(const struct sallocrow *row, struct salloc *s)
{
	return (char *)s + row->field;
}

/* ---- strings -------------------------------------------------------------- */

static void set_text(const struct sallocrow *row, struct salloc *s, char *value)
{
	char **field = at(row, s);

	free(*field);
	*field = value;
}

int sallocval_string(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	if (strlen(value) > (size_t)row->max)
		return err_set(e, "--%s: longer than %ld bytes", row->name,
			row->max);
	set_text(row, s, mem_strdup(value));
	return 0;
}

int sallocval_hosts(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	if (strchr(value, '/'))
		return sallocval_bad(row, value, "files of node names are not read here, give the names",
			e);
	return sallocval_string(row, s, value, e);
}

/* A session's own, "singleton", is put behind it, and all must come true. */
int sallocval_dependency(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	if (strchr(value, '?'))
		return sallocval_bad(row, value, "'?' (one of several) cannot be had, since a session waits for its forerunner as well",
			e);
	return sallocval_string(row, s, value, e);
}

/* Since 23.11 it is "gres/NAME"; earlier ones know only "gres:NAME". */
static int has_slash(const struct salloc *s)
{
	return s->release >= SALLOC_RELEASE(23, 11);
}

/*
 * Each word of a comma list with prefix before it, or with that it may have itself.
 * Empty ones are passed over.
 */
static int prefixed(const struct sallocrow *row, struct salloc *s,
	const char *value, const char *prefix, const char *own, struct err *e)
{
	struct buf out = { 0 };
	int ret = 0;

	for (const char *p = value; *p != '\0'; p += *p == ',') {
		size_t len = strcspn(p, ",");

		if (len > 0)
			buf_puts(&out, out.len > 0 ? "," : "");
		if (len > 0 && (own == NULL ||
			strncmp(p, own, strlen(own)) != 0))
			buf_puts(&out, prefix);
		buf_append(&out, p, len);
		p += len;
	}
	if (out.len == 0)
		ret = sallocval_bad(row, value, "an empty list", e);
	else if (out.len > (size_t)row->max)
		ret = err_set(e, "--%s: longer than %ld bytes", row->name,
			row->max);
	else
		set_text(row, s, mem_strndup(buf_data(&out), out.len));
	buf_fini(&out);
	return ret;
}

/* As in ",a", "a,,b", "a,". */
static int has_empty_word(const char *list)
{
	size_t len = strlen(list);

	return len == 0 || list[0] == ',' || list[len - 1] == ',' ||
		strstr(list, ",,") != NULL;
}

int sallocval_gres(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	const char *prefix = has_slash(s) ? "gres/" : "gres:";

	if (strcasecmp(value, "none") == 0) {
		set_text(row, s, NULL);
		return 0;
	}
	if (strcasecmp(value, "help") == 0 || strcasecmp(value, "list") == 0)
		return sallocval_bad(row, value, "ask `salloc --gres=help`", e);
	if (s->release != 0 && !has_slash(s) && has_empty_word(value))
		return sallocval_bad(row, value, "an empty word in the list", e);
	return prefixed(row, s, value, prefix, prefix, e);
}

int sallocval_gpus(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	return prefixed(row, s, value, has_slash(s) ? "gres/gpu:" : "gres:gpu:",
		NULL, e);
}

int sallocval_is_string(const struct sallocrow *row)
{
	return row->parse == sallocval_string || row->parse == sallocval_hosts ||
		row->parse == sallocval_dependency ||
		row->parse == sallocval_gres || row->parse == sallocval_gpus;
}

/* ---- numbers -------------------------------------------------------------- */

/* Decimal digits at *p, moved behind them. -1: none, or more than max. */
static int digits(const char **p, uint64_t max, uint64_t *n)
{
	const char *begin = *p;

	for (*n = 0; **p >= '0' && **p <= '9'; (*p)++) {
		*n = *n * 10 + (uint64_t)(**p - '0');
		if (*n > max)
			return -1;
	}
	return *p == begin ? -1 : 0;
}

int sallocval_number(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value + strspn(value, " ");
	uint64_t n;

	p += *p == '+';
	if (digits(&p, (uint64_t)row->max, &n) == -1 || *p != '\0' || n == 0)
		return err_set(e, "--%s=%.100s: not a number from 1 to %ld",
			row->name, value, row->max);
	*(uint32_t *)at(row, s) = (uint32_t)n;
	return 0;
}

int sallocval_nice(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	uint64_t n = NICE_USUAL;
	int sign = 1;

	if (p != NULL) {
		sign = *p == '-' ? -1 : 1;
		p += *p == '-' || *p == '+';
		if (digits(&p, SLURM_MAX_NUMBER - 1, &n) == -1 || *p != '\0')
			return sallocval_bad(row, value, "not a number that the priority is lowered by",
				e);
	}
	s->has_nice = 1;
	s->nice = sign * (int)n;
	return 0;
}

int sallocval_hold(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	(void)row;
	(void)value;
	(void)e;
	s->hold = 1;
	return 0;
}

int sallocval_memory(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	static const char units[] = "kKmMgGtT";
	const char *p = value, *unit;
	uint64_t n;

	if (digits(&p, UINT64_C(1) << 40, &n) == -1)
		goto bad;
	unit = *p != '\0' ? strchr(units, *p) : NULL;
	if (unit != NULL) {
		int step = (int)(unit - units) / 2;

		p++;
		if (step == 0)
			n = (n + 1023) / 1024;
		else
			n <<= 10 * (step - 1);
	}
	if (*p == 'b' || *p == 'B')
		p++;
	if (*p != '\0')
		goto bad;
	*(uint64_t *)at(row, s) = n;
	return 0;
bad:
	return sallocval_bad(row, value, "not an amount of memory such as 4000 (MB), 500M or 8G",
		e);
}

/* A count with k or m behind it. */
static int node_count(const char **p, uint64_t *n)
{
	int shift;

	if (digits(p, SLURM_MAX_NUMBER, n) == -1)
		return -1;
	shift = **p == 'k' || **p == 'K' ? 10 :
		**p == 'm' || **p == 'M' ? 20 : 0;
	*p += shift != 0;
	*n <<= shift;
	return *n > SLURM_MAX_NUMBER ? -1 : 0;
}

int sallocval_nodes(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	uint64_t min, max;

	if (node_count(&p, &min) == -1)
		goto bad;
	max = min;
	if (*p == '-') {
		p++;
		if (node_count(&p, &max) == -1)
			goto bad;
	}
	if (*p != '\0' || min == 0 || max < min)
		goto bad;
	s->min_nodes = (uint32_t)min;
	s->max_nodes = (uint32_t)max;
	return 0;
bad:
	return sallocval_bad(row, value, "not a number of nodes, N or MIN-MAX",
		e);
}

/* ---- times ---------------------------------------------------------------- */

#define TIME_FORMS "not a time; minutes, minutes:seconds, hours:minutes:seconds or days-hours[:minutes[:seconds]]"

static int is_endless(const char *value)
{
	return strcmp(value, "-1") == 0 || strcasecmp(value, "INFINITE") == 0 ||
		strcasecmp(value, "UNLIMITED") == 0;
}

int sallocval_time(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	uint64_t minutes;
	long seconds = 0;
	int ret = is_endless(value) ? 0 : timespan_slurm(value, &seconds);

	if (ret == -1)
		return sallocval_bad(row, value, TIME_FORMS, e);
	minutes = ((uint64_t)seconds + 59) / 60;
	if (ret != 0 || minutes > SLURM_MAX_NUMBER / 60)
		return sallocval_bad(row, value, "too long", e);
	/* As with sbatch, no time means no limit. */
	*(uint32_t *)at(row, s) = minutes ? (uint32_t)minutes : SALLOC_UNLIMITED;
	if (row->field == offsetof(struct salloc, time_limit))
		s->time_seconds = (uint64_t)seconds;
	return 0;
}

int sallocval_begin(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	struct begintime begin;

	if (begintime_parse(&begin, value) == -1)
		return sallocval_bad(row, value, "not a time such as 16:00, tomorrow, 2026-12-31T08:00 or now+2hours",
			e);
	s->begin = begin;
	return 0;
}

/* "2@10": at most so many leaf switches, if they can be had so soon */
int sallocval_switches(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	long seconds = 0;
	uint64_t n;

	if (digits(&p, SLURM_MAX_NUMBER, &n) == -1 || n == 0 ||
		(*p == '@' ? timespan_slurm(p + 1, &seconds) != 0 ||
			seconds > SLURM_MAX_NUMBER : *p != '\0'))
		return sallocval_bad(row, value, "not a number of switches, COUNT or COUNT@TIME",
			e);
	s->switches = (uint32_t)n;
	s->switch_seconds = (uint32_t)seconds;
	return 0;
}

int sallocval_mem_update(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	const char *p = value;
	long seconds = 0;
	uint64_t n;

	if (digits(&p, UINT16_MAX, &n) == -1 || n == 0 || *p != '@' ||
		timespan_slurm(p + 1, &seconds) != 0 || seconds <= 0 ||
		(seconds + 59) / 60 >= UINT16_MAX - 1)
		return sallocval_bad(row, value, "not MARGIN@DELAY, a percentage and a time",
			e);
	s->mem_margin = (uint32_t)n;
	s->mem_delay = (uint32_t)(seconds + 59) / 60;
	return 0;
}

/* ---- none ----------------------------------------------------------------- */

int sallocval_nothing(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	(void)row;
	(void)s;
	(void)value;
	(void)e;
	return 0;
}

int sallocval_refuse(const struct sallocrow *row, struct salloc *s,
	const char *value, struct err *e)
{
	(void)s;
	(void)value;
	return err_set(e, "--%s: %s", row->name, row->why);
}
