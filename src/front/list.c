/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands list and status: find the jobs, ask their agents, print. */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "front/ask.h"
#include "front/commands.h"
#include "front/jobs.h"
#include "front/show.h"
#include "front/stale.h"
#include "os/log.h"
#include "os/print.h"
#include "pure/mem.h"

/* Exit statuses of status, beside those of errors. */
enum { STATUS_RUNS, STATUS_WAITS, STATUS_NONE };

struct list {
	struct front *front;
	struct jobs jobs;
	struct ask *ask;
	/* Writes what is wanted. Returns the exit status; -1 with e set. */
	int (*print)(struct list *l, struct buf *out, struct err *e);
};

static struct shown shown(const struct list *l, size_t i)
{
	return (struct shown){ &l->jobs.job[i], ask_report(l->ask, i) };
}

static int print_list(struct list *l, struct buf *out, struct err *e)
{
	const struct options *o = &l->front->opt;
	struct shown *all = mem_alloc((l->jobs.n + 1) * sizeof *all);
	int ret = EX_OK;

	for (size_t i = 0; i < l->jobs.n; i++)
		all[i] = shown(l, i);
	if (o->json)
		ret = show_json_list(all, l->jobs.n, out, e);
	else
		show_table(all, l->jobs.n, !o->no_header, out);
	free(all);
	return ret;
}

static int print_status(struct list *l, struct buf *out, struct err *e)
{
	const struct front *f = l->front;
	const struct job *j = jobs_of(&l->jobs, f->opt.session);
	struct shown s;
	char *names;

	if (j == NULL) {
		names = jobs_names(&l->jobs);
		log_tell("there is no session '%s'; %s", f->opt.session, names);
		free(names);
		if (f->opt.json && show_json_status(NULL, out, e) == -1)
			return -1;
		return STATUS_NONE;
	}
	s = shown(l, j - l->jobs.job);
	if (!f->opt.json)
		show_status(&s, f->state_dir, time(NULL), out);
	else if (show_json_status(&s, out, e) == -1)
		return -1;
	return job_is(j, "running") ? STATUS_RUNS : STATUS_WAITS;
}

static void asked(void *arg)
{
	struct list *l = arg;
	struct buf out = { 0 };
	struct err e;
	int status = l->print(l, &out, &e);

	if (status == -1) {
		log_fail("%s", e.text);
		status = EX_CONFIG;
	} else if (print_text(&out, &e) == PRINT_FAILED) {
		log_fail("%s", e.text);
		status = EX_IOERR;
	}
	buf_fini(&out);
	front_exit(l->front, status);
}

static void found(void *arg)
{
	struct list *l = arg;
	const struct job *only = l->print == print_status ?
		jobs_of(&l->jobs, l->front->opt.session) : NULL;

	stale_sweep(l->front, &l->jobs);
	l->ask = ask_new(l->front, &l->jobs, only, asked, l);
}

static void list_free(void *arg)
{
	struct list *l = arg;

	jobs_fini(&l->jobs);
	ask_free(l->ask);
	free(l);
}

static void begin(struct front *f,
	int (*print)(struct list *, struct buf *, struct err *))
{
	struct list *l = mem_alloc(sizeof *l);

	l->front = f;
	l->print = print;
	f->work = l;
	f->work_free = list_free;
	jobs_find(&l->jobs, f, found, l);
}

void list_run(struct front *f)
{
	begin(f, print_list);
}

void status_run(struct front *f)
{
	begin(f, print_status);
}
