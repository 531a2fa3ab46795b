/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One record of a server: what its files say, and what of that is true on this
 * node. It is only looked at here; recordlook.c decides and moves.
 */
#include "agent/servers/record.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/portowner.h"
#include "agent/servers/recfiles.h"
#include "base/number.h"
#include "os/pathdial.h"
#include "os/proc.h"
#include "os/procfile.h"

#define FRESH_SECONDS 60
#define STATUS_MAX 4096		/* of /proc/PID/status, where all groups stand first */

/* All of /proc is read for this, so only when somebody asks. */
static int is_in_session(struct record_place *p, pid_t pid)
{
	if (!p->knows_session && proc_descendants(getppid(), &p->session,
		&p->n_session) == -1)
		p->n_session = 0;
	p->knows_session = 1;
	for (size_t i = 0; i < p->n_session; i++)
		if (p->session[i] == pid)
			return 1;
	return 0;
}

static int is_our_uid(pid_t pid)
{
	char status[STATUS_MAX];
	ssize_t n = proc_file(pid, "status", status, sizeof status);
	unsigned uid;

	return n > 0 && procfile_uid(status, (size_t)n, &uid) == 0 &&
		uid == geteuid();
}

int record_listener(const struct record_folder *f, const char *name)
{
	struct buf log = { 0 };
	struct stat st;
	struct err e;
	char *where = NULL;
	long port = 0;
	uint32_t inode;
	int family, ret = -1;

	if (recfiles_read(f->fd, name, serverrec_log_file(name), &log, &st,
		&e) == 0)
		where = serverrec_listening(name, buf_data(&log), log.len);
	if (where != NULL)
		ret = number_read(where, 1, 65535, &port) == -1 ?
			pathdial_is_ours(where, &e) :
			portowner_look(&(struct portowner){
			.peeruid = &f->place->peeruid,
			.node = f->place->job->node, .port = (uint16_t)port },
			&family, &inode, &e) == 1;
	free(where);
	buf_fini(&log);
	return ret;
}

/* Was it seen before as this record's server, in this session? */
static int is_known(const struct record_folder *f, const char *name, pid_t pid,
	unsigned long long start)
{
	const struct serverrec_marks *mine = &f->place->marks.mine;

	for (size_t i = 0; i < mine->n; i++)
		if (mine->mark[i].pid == pid &&
			mine->mark[i].start == start &&
			strcmp(mine->mark[i].name, name) == 0 &&
			strcmp(mine->mark[i].folder, f->name) == 0)
			return 1;
	return 0;
}

static int is_by_name(const struct record_folder *f, const char *name,
	pid_t pid)
{
	const char *const dirs[] = { f->path, f->real, NULL };
	char exe[4096];
	struct buf cmdline = { 0 };
	int ret = 0;

	if (proc_link(pid, "exe", exe, sizeof exe) == -1)
		exe[0] = '\0';
	if (proc_cmdline(pid, &cmdline) == 0)
		ret = serverrec_is_server(name, dirs, exe, buf_data(&cmdline),
			cmdline.len);
	buf_fini(&cmdline);
	return ret;
}

/* Whether it has that pid where a runtime of containers gives pids of its own. */
static int has_inner_pid(pid_t pid, pid_t inner)
{
	char status[STATUS_MAX];
	ssize_t n = proc_file(pid, "status", status, sizeof status);

	return n > 0 && procfile_inner_pid(status, (size_t)n) == inner;
}

static enum serverrec_process look_up(const struct record_folder *f,
	const char *name, pid_t pid, unsigned long long *start)
{
	struct procstat st;

	if (proc_stat(pid, &st) == -1 || st.state == 'Z' || st.state == 'X')
		return SERVERREC_NONE;
	*start = st.starttime;
	if (!is_our_uid(pid) || (!is_known(f, name, pid, *start) &&
		!is_by_name(f, name, pid) && record_listener(f, name) != 1))
		return SERVERREC_STRANGER;
	return is_in_session(f->place, pid) ? SERVERREC_OURS : SERVERREC_SERVER;
}

/* Each container of the session may have a process of that pid: which is the server? */
static void look_inside(struct record *r)
{
	struct record_place *p = r->folder->place;
	unsigned long long start;

	(void)is_in_session(p, 0);
	for (size_t i = 0; i < p->n_session; i++)
		if (has_inner_pid(p->session[i], r->mark.pid) &&
			look_up(r->folder, r->name, p->session[i],
				&start) == SERVERREC_OURS) {
			r->facts.process = SERVERREC_OURS;
			r->mark.pid = p->session[i];
			r->mark.start = start;
			return;
		}
}

/* It is no server's here, but may have been written in a container. */
static void look_up_either(struct record *r)
{
	const struct options *o = r->folder->place->job->opt;

	r->facts.process = look_up(r->folder, r->name, r->mark.pid,
		&r->mark.start);
	if (o->container.image != NULL && r->facts.process != SERVERREC_OURS &&
		r->facts.process != SERVERREC_SERVER)
		look_inside(r);
}

int record_find(struct record_folder *f, const char *name, struct record *r,
	struct err *e)
{
	struct buf text = { 0 };
	struct stat st;
	int error;

	*r = (struct record){ f, name, { .local = f->local },
		{ (char *)f->name, (char *)name, 0, 0, 0, 0 } };
	if (recfiles_read(f->fd, name, 0, &text, &st, e) == -1) {
		error = errno;
		buf_fini(&text);
		errno = error;
		return -1;
	}
	r->mark.sec = st.st_mtim.tv_sec;
	r->mark.nsec = st.st_mtim.tv_nsec;
	r->facts.fresh = time(NULL) - st.st_mtime < FRESH_SECONDS;
	r->facts.text = serverrec_pid(name, buf_data(&text), text.len,
		&r->mark.pid);
	if (r->facts.text == SERVERREC_PID)
		look_up_either(r);
	r->facts.owner = sessionmarks_owner(&f->place->marks, &r->mark);
	if (r->facts.process == SERVERREC_OURS)
		r->facts.astray = record_listener(f, name) == 0;
	buf_fini(&text);
	return 0;
}

int record_lives(struct record_place *p, const struct serverrec_mark *mark)
{
	unsigned long long start;

	return is_in_session(p, mark->pid) &&
		proc_starttime(mark->pid, &start) == 0 && start == mark->start;
}

/* A file of the record, and our copy of it; freed by the caller. */
struct pair {
	struct buf is, was;
};

static int read_pair(const struct record *r, unsigned i, struct pair *p)
{
	const struct record_folder *f = r->folder;
	struct stat st;
	struct err e;

	*p = (struct pair){ 0 };
	if (f->place->copies == -1 ||
		recfiles_copy(f->place->copies, &r->mark, i, &p->was, &e) == -1)
		return -1;
	if (recfiles_read(f->fd, r->name, i, &p->is, &st, &e) == -1)
		buf_fini(&p->is);
	return 0;
}

static int same_listener(const char *name, const struct pair *p)
{
	char *is = serverrec_listening(name, buf_data(&p->is), p->is.len);
	char *was = serverrec_listening(name, buf_data(&p->was), p->was.len);
	int same = is != NULL && was != NULL && strcmp(is, was) == 0;

	free(is);
	free(was);
	return same;
}

int record_is_as_it_was(const struct record *r)
{
	unsigned log = serverrec_log_file(r->name);
	int same = 1;

	for (unsigned i = 0; i <= log && same == 1; i++) {
		struct pair p;

		if (read_pair(r, i, &p) == -1)
			same = -1;
		else if (i == log)
			same = same_listener(r->name, &p);
		else
			same = p.is.len == p.was.len && (p.is.len == 0 ||
				memcmp(buf_data(&p.is), buf_data(&p.was),
				p.is.len) == 0);
		buf_fini(&p.is);
		buf_fini(&p.was);
	}
	return same;
}
