/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session as text for people: a row of `list` in squeue's words, and the lines of
 * `status`. Both get the scheduler's job and, if its agent answered, its report;
 * what neither has told is left out, or a '-' in the table. Words that are not ours
 * go through vis, or a terminal would obey them.
 */
#include "front/cmd/show.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/table.h"
#include "base/timespan.h"
#include "base/vis.h"
#include "os/log.h"
#include "os/print.h"
#include "os/timetext.h"

long show_left(const struct shown *s)
{
	if (!job_is(s->job, "running") && !job_is(s->job, "suspended"))
		return s->job->time_limit != 0 ? s->job->time_limit : -2;
	if (s->job->ends_ms != 0)
		return job_seconds_left(s->job->ends_ms);
	if (s->report != NULL && s->report->left >= 0)
		return s->report->left;
	/* Nobody has told of a limit, or that there is none. */
	return s->job->time_limit == 0 ? -2 : -1;
}

struct show_state show_state(const struct job *j)
{
	struct show_state state = { "" };

	for (size_t i = 0; j->state[i] != '\0' && i < sizeof state.s - 1; i++)
		state.s[i] = toupper((unsigned char)j->state[i]);
	return state;
}

/* "300M", "4G" */
static void add_memory(struct table *t, long mb)
{
	if (mb <= 0)
		table_add(t, NULL);
	else if (mb % 1024 == 0)
		table_addf(t, "%ldG", mb / 1024);
	else
		table_addf(t, "%ldM", mb);
}

static void add_number(struct table *t, long n, int known)
{
	if (known)
		table_addf(t, "%ld", n);
	else
		table_add(t, NULL);
}

static void add_left(struct table *t, long left)
{
	if (left == -2)
		table_add(t, NULL);
	else
		table_add(t, left == -1 ? "UNLIMITED" : timespan_text(left).s);
}

/* When a job that waits is expected to start, as squeue --start writes it. */
static void add_start(struct table *t, const struct job *j)
{
	if (job_is(j, "running") || job_is(j, "suspended") || j->start <= 0)
		table_add(t, NULL);
	else
		table_add(t, timetext(TIMETEXT_ISO, j->start).s);
}

#define USER_COLUMN 2		/* of those of the table */

static void add_row(struct table *t, const struct shown *s, int users)
{
	const struct report *r = s->report;
	const struct job *j = s->job;

	table_add(t, j->session);
	table_add(t, j->id);
	if (users)
		table_add(t, j->user[0] != '\0' ? j->user : NULL);
	table_add(t, show_state(j).s);
	add_left(t, show_left(s));
	table_add(t, r && r->idle >= 0 ? timespan_text(r->idle).s : NULL);
	add_number(t, r ? r->clients : 0, r && r->clients >= 0);
	add_number(t, j->cpus, j->cpus > 0);
	add_memory(t, r ? r->memory_used : 0);
	add_memory(t, j->mem);
	table_add(t, j->gres);
	add_start(t, j);
	if (job_is(j, "running"))
		table_add(t, j->node);
	else
		table_addf(t, "%s(%s)", j->node,
			j->reason[0] != '\0' ? j->reason : "None");
}

void show_table(const struct shown *all, size_t n, int header, int users,
	struct buf *out)
{
	static const char *const titles[] = { "NAME", "JOBID", "USER", "STATE",
		"TIME_LEFT", "IDLE", "CLIENTS", "CPUS", "MEM_USED", "MEMORY",
		"GRES", "START_TIME", "NODELIST(REASON)" };
	struct table t;

	table_init(&t, users ? "lrllrrrrrrlll" : "lrlrrrrrrlll");
	for (size_t i = 0; header && i < sizeof titles / sizeof *titles; i++)
		if (users || i != USER_COLUMN)
			table_add(&t, titles[i]);
	for (size_t i = 0; i < n; i++)
		add_row(&t, &all[i], users);
	table_write(&t, out);
	table_fini(&t);
}

__attribute__((format(printf, 3, 4)))
static void line(struct buf *out, const char *name, const char *fmt, ...)
{
	char text[1024], seen[1024], title[32];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	snprintf(title, sizeof title, "%s:", name);
	buf_printf(out, "%-16s%.*s\n", title, (int)vis_encode(seen,
		sizeof seen, text, strlen(text)), seen);
}

static void line_time(struct buf *out, const char *name, time_t when)
{
	if (when > 0)
		line(out, name, "%s", timetext(TIMETEXT_SECONDS, when).s);
}

static void line_memory(struct buf *out, const char *name, long mb)
{
	if (mb > 0)
		line(out, name, mb % 1024 == 0 ? "%ldG" : "%ldM",
			mb % 1024 == 0 ? mb / 1024 : mb);
}

static void status_job(const struct shown *s, time_t now, struct buf *out)
{
	const struct job *j = s->job;
	int runs = job_is(j, "running");
	long left = show_left(s);

	line(out, "session", "%s", j->session);
	line(out, "job", "%s", j->id);
	line(out, "state", "%s", show_state(j).s);
	if (!runs && j->reason[0] != '\0')
		line(out, "reason", "%s%s%s%s", j->reason,
			j->text[0] ? " (" : "", j->text, j->text[0] ? ")" : "");
	if (j->node[0] != '\0')
		line(out, "node", "%s", j->node);
	if (j->partition[0] != '\0')
		line(out, "partition", "%s", j->partition);
	line_time(out, "submitted", now - j->age);
	line_time(out, runs || j->start <= now ? "started" : "expected start",
		j->start);
	line_time(out, "ends", runs ? j->end_epoch : 0);
	if (left != -2)
		line(out, "time left", "%s", left == -1 ? "UNLIMITED" :
			timespan_text(left).s);
	if (j->time_limit > 0)
		line(out, "time limit", "%s", timespan_text(j->time_limit).s);
	if (j->cpus > 0)
		line(out, "cpus", "%ld", j->cpus);
	line_memory(out, "memory", j->mem);
	if (j->gres[0] != '\0')
		line(out, "gres", "%s", j->gres);
}

static void status_agent(const struct report *r, struct buf *out)
{
	if (r->idle >= 0)
		line(out, "idle", "%s", timespan_text(r->idle).s);
	if (r->idle_timeout >= 0)
		line(out, "idle timeout", "%s", r->idle_timeout == 0 ?
			"UNLIMITED" : timespan_text(r->idle_timeout).s);
	if (r->image[0] != '\0')
		line(out, "container", "%s", r->image);
	if (r->runtime[0] != '\0')
		line(out, "runtime", "%s", r->runtime);
	line_memory(out, "memory used", r->memory_used);
	line_memory(out, "memory limit", r->memory_limit);
	if (r->clients >= 0)
		line(out, "clients", "%ld", r->clients);
	if (r->fronts >= 0)
		line(out, "connections", "%ld", r->fronts);
	if (r->shells >= 0)
		line(out, "shells", "%ld", r->shells);
	if (r->version[0] != '\0')
		line(out, "agent", "%s", r->version);
}

void show_status(const struct shown *s, const char *state_dir, time_t now,
	struct buf *out)
{
	status_job(s, now, out);
	if (s->report != NULL)
		status_agent(s->report, out);
	else if (job_is(s->job, "running"))
		line(out, "agent", "does not answer");
	line(out, "log", "%s/%s/agent.log", state_dir, s->job->tag);
}

int show_out(struct buf *out, int status, struct err *e)
{
	if (status == -1) {
		log_fail("%s", e->text);
		status = EX_CONFIG;
	} else if (print_text(out, e) == PRINT_FAILED) {
		log_fail("%s", e->text);
		status = EX_IOERR;
	}
	buf_fini(out);
	return status;
}
