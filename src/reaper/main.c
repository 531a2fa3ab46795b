/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vscode-grim-reaper: one pass over the processes of a login node, to end the
 * servers of VS Code and its relatives that nobody is connected to.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/log.h"
#include "os/proc.h"
#include "reaper/files.h"
#include "reaper/kill.h"
#include "reaper/notice.h"
#include "reaper/picture.h"
#include "reaper/reaper_report.h"
#include "reaper/who.h"

struct reaper_pass {
	const struct reaper_options *o;
	struct kind kinds;
	char boot[37];
	struct state before;
	struct picture picture;
	struct victims all;
	int kill;
	struct err warning;	/* why the picture is blind */
};

/* A person is there to read what would be done. */
static int on_terminal(void)
{
	int fd;

	if (isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) ||
		isatty(STDERR_FILENO))
		return 1;
	fd = open("/dev/tty", O_RDONLY | O_NOCTTY | O_CLOEXEC);
	if (fd != -1)
		close(fd);
	return fd != -1;
}

static int shall_kill(const struct reaper_options *o)
{
	return o->kill || (!o->dry_run && geteuid() == 0 && !on_terminal());
}

static double cpu_used(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void say_outcome(const char *what, size_t n,
	const struct plan_proc *root)
{
	struct buf line = { 0 };

	text_outcome(&line, what, n, root->pid, root->uid);
	reaper_report_log(0, "%.*s", (int)line.len, buf_data(&line));
	buf_fini(&line);
}

static void report_tree(struct reaper_pass *p, size_t i, size_t killed,
	size_t failed)
{
	const struct plan_tree *t = &p->picture.plan.tree[i];
	const struct plan_proc *root = &p->picture.plan.proc[t->root];
	char *user = who_name(root->uid);

	if (killed > 0)
		say_outcome("Killed", killed, root);
	if (failed > 0)
		say_outcome("Failed to kill", failed, root);
	reaper_report_syslog(failed > 0, "killed=%zu failed=%zu pid=%d uid=%u user=%s kind=%s age=%ld rss=%llu",
		killed, failed, root->pid,
		root->uid, user ? user : "", p->kinds.name[t->kind], t->age,
		t->rss);
	free(user);
}

/* How many could not be ended. */
static size_t report_killed(struct reaper_pass *p)
{
	size_t trees = p->picture.plan.trees, bad = 0;
	size_t *killed = mem_alloc((trees + 1) * sizeof *killed);
	size_t *failed = mem_alloc((trees + 1) * sizeof *failed);

	for (size_t i = 0; i < p->all.n; i++) {
		const struct victim *v = &p->all.v[i];

		if (v->gone)
			killed[v->tree]++;
		else
			failed[v->tree]++;
		bad += !v->gone;
		reaper_report_victim(v);
		if (!v->gone)
			reaper_report_log(1, "pid %d: %s", v->pid,
				reaper_report_reason(v->error));
	}
	for (size_t i = 0; i < trees; i++)
		if (killed[i] + failed[i] > 0)
			report_tree(p, i, killed[i], failed[i]);
	free(killed);
	free(failed);
	return bad;
}

/* One notice a user, whatever the number of his trees. */
static void send_notices(struct reaper_pass *p)
{
	const struct victims *all = &p->all;

	for (size_t i = 0; i < all->n; i++) {
		size_t n = 0, j;

		for (j = 0; j < i && all->v[j].uid != all->v[i].uid; j++)
			;
		if (j < i)
			continue;
		for (; j < all->n; j++)
			n += all->v[j].uid == all->v[i].uid && all->v[j].gone;
		if (n > 0)
			notice_send(p->o, &p->picture, all->v[i].uid, n);
	}
}

static void report_planned(struct reaper_pass *p)
{
	for (size_t i = 0; i < p->picture.plan.trees; i++) {
		const struct plan_tree *t = &p->picture.plan.tree[i];

		if (t->verdict != PLAN_END)
			continue;
		say_outcome("Would kill", t->n, &p->picture.plan.proc[t->root]);
		for (size_t j = 0; j < t->n; j++)
			reaper_report_listed(p->picture.plan.proc[t->member[j]].pid);
	}
	if (!p->o->dry_run)
		reaper_report_log(0, "Nothing was killed: use --kill to do it");
}

/* The exit status. */
static int run_reaper(struct reaper_pass *p)
{
	struct err e = { "" };
	struct json_t *members = NULL;
	size_t bad = 0;
	int status = 0;

	if (proc_boot_id(p->boot) == -1) {
		log_fail("/proc: %s; it must be mounted", strerror(errno));
		return EX_OSERR;
	}
	files_read_state(p->o->state, p->boot, &p->before);
	picture_take(&p->picture, p->o, &p->kinds, &p->before, &p->warning);
	if (p->picture.visitors.blind)
		reaper_report_log(0, "%s", p->warning.text);
	reaper_report_trees(&p->picture, &p->kinds);
	if (p->o->json)
		members = reaper_report_json_members(&p->picture);
	if (p->kill) {
		kill_trees(&p->picture, p->o, &p->kinds, &p->before, &p->all);
		bad = report_killed(p);
	} else {
		report_planned(p);
	}
	if (files_write_state(p->o->state, p->boot, &p->picture, &p->before,
			&e) == -1 ||
		files_write_metrics(p->o->metrics, &p->picture, &p->kinds,
			&p->all, cpu_used(), &e) == -1) {
		log_fail("%s", e.text);
		status = EX_CANTCREAT;
	}
	if (p->o->json && reaper_report_json(&p->picture, &p->kinds, members,
			p->kill ? &p->all : NULL, &p->warning, cpu_used(),
			&e) == -1) {
		log_fail("%s", e.text);
		status = EX_IOERR;
	}
	/* last, since it may take its time */
	send_notices(p);
	reaper_report_log(0, "Checks and processing completed");
	return bad > 0 ? 1 : status;
}

static void warn(const char *text)
{
	reaper_report_log(0, "%s", text);
}

/* 0, or the exit status with e set. */
static int prepare(struct reaper_pass *p, struct reaper_options *o, struct err *e)
{
	kind_init(&p->kinds);
	for (size_t i = 0; i < o->kind.n; i++)
		if (kind_add(&p->kinds, o->kind.word[i], e) == -1)
			return EX_USAGE;
	p->kill = shall_kill(o);
	if (reaper_report_open(o, e) == -1)
		return EX_CANTCREAT;
	return who_resolve(o, warn, e) == -1 ? EX_NOUSER : 0;
}

int main(int argc, char **argv)
{
	struct reaper_options o;
	struct err e;
	int status, rc;

	log_init("vscode-grim-reaper");
	signal(SIGPIPE, SIG_IGN);
	rc = reaper_options_parse(&o, argc, argv, &status, &e);
	if (rc == 0) {
		struct reaper_pass p = { .o = &o };

		status = prepare(&p, &o, &e);
		if (status == 0)
			status = run_reaper(&p);
		else
			log_fail("%s", e.text);
		reaper_report_close();
		victims_fini(&p.all);
		picture_free(&p.picture);
		state_fini(&p.before);
		kind_fini(&p.kinds);
	} else if (rc == -1) {
		log_fail("%s", e.text);
	} else {
		status = EX_OK;
	}
	reaper_options_free(&o);
	log_fini();
	return status;
}
