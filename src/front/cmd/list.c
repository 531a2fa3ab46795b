/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands list and status: find the sessions, and print them. When the
 * scheduler cannot be asked, those whose agents answer are printed all the same,
 * and it is said that it was not. Of other users the scheduler alone is asked:
 * their agents have other keys, and no folder of theirs is looked at.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "base/mem.h"
#include "front/cmd/commands.h"
#include "front/cmd/roster.h"
#include "front/cmd/show.h"
#include "front/job/aside.h"
#include "front/job/launcher.h"
#include "front/job/stale.h"
#include "front/parting.h"
#include "os/log.h"
#include "os/replace.h"

/* Exit statuses of status, beside those of errors. */
enum { STATUS_RUNS, STATUS_WAITS, STATUS_NONE };

struct list {
	const struct invocation *inv;
	struct roster roster;
	struct jobs jobs;	/* of all users, instead */
	/* Writes what is wanted. Returns the exit status; -1 with e set. */
	int (*print)(struct list *l, struct buf *out, struct err *e);
};

static struct shown shown(const struct list *l, size_t i)
{
	const struct roster_row *row = &l->roster.row[i];

	return (struct shown){ &row->job, row->report };
}

static int is_of_all(const struct invocation *inv)
{
	return inv->opt->flags.all_users || inv->opt->flags.metrics != NULL;
}

/* Others read it, and never half of it. Returns the exit status. */
static int write_metrics(const struct shown *all, size_t n, const char *path,
	struct err *e)
{
	struct buf text = { 0 };
	int ret = EX_OK;

	show_metrics(all, n, time(NULL), &text);
	if (replace_file(path, 0644, buf_data(&text), text.len, e) == -1) {
		log_fail("%s", e->text);
		ret = EX_CANTCREAT;
	}
	buf_fini(&text);
	return ret;
}

static int print_list(struct list *l, struct buf *out, struct err *e)
{
	const struct options_flags *flags = &l->inv->opt->flags;
	const int all_users = is_of_all(l->inv);
	const size_t n = all_users ? l->jobs.n : l->roster.n;
	struct shown *all = mem_alloc((n + 1) * sizeof *all);
	int ret = EX_OK;

	for (size_t i = 0; i < n; i++)
		all[i] = all_users ?
			(struct shown){ &l->jobs.job[i], NULL } : shown(l, i);
	if (flags->metrics != NULL)
		ret = write_metrics(all, n, flags->metrics, e);
	else if (flags->json)
		ret = show_json_list(all, n, out, e);
	else
		show_table(all, n, !flags->no_header, all_users, out);
	free(all);
	return ret;
}

static int print_status(struct list *l, struct buf *out, struct err *e)
{
	const struct invocation *inv = l->inv;
	const char *session = inv->opt->session.name;
	const struct roster_row *row = roster_of(&l->roster, session);
	struct shown s;
	char *names;

	if (row == NULL) {
		names = roster_names(&l->roster);
		log_tell("there is no session '%s'; %s", session, names);
		free(names);
		if (inv->opt->flags.json && show_json_status(NULL, out,
			e) == -1)
			return -1;
		return STATUS_NONE;
	}
	s = shown(l, row - l->roster.row);
	if (!inv->opt->flags.json)
		show_status(&s, inv->state_dir, time(NULL), out);
	else if (show_json_status(&s, out, e) == -1)
		return -1;
	return job_is(s.job, "running") ? STATUS_RUNS : STATUS_WAITS;
}

static void list_found(void *arg)
{
	struct list *l = arg;
	const struct launcher_end *scheduler = &l->roster.scheduler;
	struct buf out = { 0 };
	struct err e;
	pid_t sweeper = -1;
	int status;

	if (!scheduler->ok && l->roster.n == 0) {
		launcher_fail(l->inv, scheduler);
		return;
	}
	if (scheduler->ok)
		sweeper = stale_sweep(l->inv, &l->roster.jobs);
	status = l->print(l, &out, &e);
	status = show_out(&out, status, &e);
	if (!scheduler->ok && l->print == print_list) {
		log_fail("only sessions whose agents answer are listed, for the scheduler cannot be asked");
		launcher_fail(l->inv, scheduler);
	} else if (!scheduler->ok) {
		log_tell("the scheduler cannot be asked (%s)",
			scheduler->message.text);
	}
	aside_wait(sweeper);
	parting_exit(l->inv->parting, status);
}

static void list_found_all_users(void *arg)
{
	struct list *l = arg;
	struct buf out = { 0 };
	struct err e;
	int status;

	if (!l->jobs.of_all_users) {
		log_fail("%s: %s can list your own sessions only",
			l->inv->opt->flags.metrics != NULL ? "--metrics" :
			"--all-users", launcher_name(l->inv).s);
		parting_exit(l->inv->parting, EX_UNAVAILABLE);
		return;
	}
	status = print_list(l, &out, &e);
	parting_exit(l->inv->parting, show_out(&out, status, &e));
}

static int list_is_wanted(const char *session, void *arg)
{
	const struct list *l = arg;

	return l->print == print_list ||
		strcmp(session, l->inv->opt->session.name) == 0;
}

static void list_free(void *arg)
{
	struct list *l = arg;

	roster_fini(&l->roster);
	jobs_fini(&l->jobs);
	free(l);
}

static void *list_start(const struct invocation *inv,
	int (*print)(struct list *, struct buf *, struct err *))
{
	struct list *l = mem_alloc(sizeof *l);

	l->inv = inv;
	l->print = print;
	if (print == print_list && is_of_all(inv))
		jobs_find_all_users(&l->jobs, inv, list_found_all_users, l);
	else
		roster_find(&l->roster, inv, 0, list_is_wanted, list_found, l);
	return l;
}

static void *list_begin(const struct invocation *inv)
{
	return list_start(inv, print_list);
}

static const struct command_ops list_ops = {
	.begin = list_begin,
	.end = list_free,
};

const struct command cmd_list = {
	.name = "list",
	.session = COMMAND_NONE,
	.help = "list your sessions in the words of squeue, with idle time and clients",
	.more = "A '-' stands for what the session's agent did not tell within some seconds.",
	.ops = &list_ops,
};

static void *status_begin(const struct invocation *inv)
{
	return list_start(inv, print_status);
}

static const struct command_ops status_ops = {
	.begin = status_begin,
	.end = list_free,
};

const struct command cmd_status = {
	.name = "status",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "print all that is known of a session",
	.more = "The exit status is 0 when its job runs, 1 when it waits, and 2 when there is no such session.",
	.ops = &status_ops,
};
