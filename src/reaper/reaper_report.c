/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the log file, stdout and syslog of the reaper. Names and command lines
 * are their users', so they are escaped before they are written anywhere.
 */
#include "reaper/reaper_report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/vis.h"
#include "os/proc.h"
#include "os/safepath.h"
#include "os/timetext.h"

#define LINE_BYTES 2048
#define CMDLINE_MAX 4096

static const struct reaper_options *opt;
static int log_fd = -1;		/* -1: nowhere */
static int log_is_file;

int reaper_report_open(const struct reaper_options *o, struct err *e)
{
	opt = o;
	log_is_file = o->log != NULL && strcmp(o->log, "-") != 0;
	log_fd = o->quiet ? -1 : STDERR_FILENO;
	if (log_is_file)
		log_fd = safepath_output(o->log, "log file", 0, e);
	openlog("vscode-grim-reaper", LOG_PID, LOG_DAEMON);
	return log_is_file && log_fd == -1 ? -1 : 0;
}

void reaper_report_close(void)
{
	if (log_is_file && log_fd != -1)
		close(log_fd);
	log_fd = -1;
	closelog();
}

void reaper_report_log(int level, const char *fmt, ...)
{
	char text[LINE_BYTES], line[LINE_BYTES * 2];
	va_list ap;
	size_t n;

	if (log_fd == -1 || level > opt->verbose)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	n = (size_t)snprintf(line, 80, "[%s] ",
		timetext(TIMETEXT_ISO, time(NULL)).s);
	n += vis_encode(line + n, sizeof line - n - 1, text, strlen(text));
	line[n++] = '\n';
	/* A full disk must not keep us from our work. */
	while (write(log_fd, line, n) == -1 && errno == EINTR)
		;
}

/* The command of a process for people, ended by NUL. */
static void command_of(const struct plan_proc *proc, size_t max,
	struct buf *out)
{
	char cmdline[CMDLINE_MAX];
	ssize_t n = proc_file(proc->pid, "cmdline", cmdline, sizeof cmdline);

	if (n > 0)
		text_command(out, cmdline, (size_t)n, max);
	else
		text_command(out, proc->name, strlen(proc->name), max);
	buf_append(out, "", 1);
}

static void show_tree(const struct picture *p, const struct kind *kinds,
	const struct plan_tree *t)
{
	struct buf age = { 0 };

	for (size_t i = 0; i < t->n; i++) {
		const struct plan_proc *proc = &p->plan.proc[t->member[i]];
		struct buf command = { 0 }, line = { 0 };

		command_of(proc, TEXT_COMMAND_MAX, &command);
		text_tree_line(&line, proc->pid, proc->ppid, proc->depth,
			buf_data(&command));
		reaper_report_log(1, "%.*s", (int)line.len, buf_data(&line));
		buf_fini(&command);
		buf_fini(&line);
	}
	text_duration(&age, t->age);
	reaper_report_log(2, "pid %d: %s, uid %u, %s: %zu process(es), age %.*s, %zu connection(s), %llu KiB",
		p->plan.proc[t->root].pid,
		kinds->name[t->kind], p->plan.proc[t->root].uid,
		plan_words[t->verdict], t->n, (int)age.len,
		buf_data(&age), t->connections, t->rss >> 10);
	buf_fini(&age);
}

void reaper_report_trees(const struct picture *p, const struct kind *kinds)
{
	size_t matches = 0;

	for (size_t i = 0; i < p->plan.trees; i++)
		matches += p->plan.tree[i].n;
	reaper_report_log(1, "Processed %zu pid(s), %zu match(es)", p->plan.n, matches);
	reaper_report_log(1, "Flat process list collapsed to %zu process group(s)",
		p->plan.trees);
	if (log_fd == -1 || opt->verbose < 1)
		return;
	for (size_t i = 0; i < p->plan.trees; i++)
		show_tree(p, kinds, &p->plan.tree[i]);
}

void reaper_report_listed(int pid)
{
	if (!opt->quiet && !opt->json)
		printf("%d\n", pid);
}

const char *reaper_report_reason(int error)
{
	switch (error) {
	case EBUSY:
		return "in a Slurm job";
	case EUSERS:
		return "another user's now";
	case ETIMEDOUT:
		return "still there after SIGKILL";
	default:
		return strerror(error);
	}
}

void reaper_report_victim(const struct victim *v)
{
	if (opt->quiet || opt->json)
		return;
	if (v->gone)
		printf("%d KILLED\n", v->pid);
	else
		printf("%d FAILED (%s)\n", v->pid, reaper_report_reason(v->error));
}

void reaper_report_syslog(int bad, const char *fmt, ...)
{
	va_list ap;

	if (opt->no_syslog)
		return;
	va_start(ap, fmt);
	vsyslog(bad ? LOG_WARNING : LOG_NOTICE, fmt, ap);
	va_end(ap);
}
