/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One look at all records: each server folder is read, each record in it is
 * found (record.c) and judged (editor/serverrec.h), and what stands in the way of
 * an editor's script is moved, restored or removed (recfiles.c). It runs in a
 * child, since a home directory may hang, and tells what it did by lines.
 */
#include "agent/servers/recordlook.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/servers/recfiles.h"
#include "agent/servers/record.h"
#include "base/mem.h"
#include "os/safepath.h"

#define RECORDS_MAX 64		/* of a folder; the rest is left alone */
#define ENTRIES_MAX 100000	/* of a directory are read */

struct look {
	enum recordlook what;
	int out;
	struct record_place place;
};

struct folder {
	struct record_folder at;
	struct look *look;
	char label[64];			/* in messages */
};

__attribute__((format(printf, 3, 4)))
static void say(const struct look *l, char kind, const char *fmt, ...)
{
	struct buf line = { 0 };
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_printf(&line, "%c%s\n", kind, text);
	/* One write: the reader may be gone, and nobody waits for it. */
	if (write(l->out, buf_data(&line), line.len) == -1)
		_exit(1);
	buf_fini(&line);
}

/* What is no file of ours is no record, and the log says so. */
static int find_record(struct folder *f, const char *name, struct record *r)
{
	struct err e;

	if (record_find(&f->at, name, r, &e) == 0)
		return 0;
	if (errno != ENOENT)
		say(f->look, 'I', "%s/%s: left alone", f->label, e.text);
	return -1;
}

static void restore(struct folder *f, const struct serverrec_mark *mark)
{
	struct err e;

	if (recfiles_restore(f->at.fd, mark, f->look->place.copies, &e) == -1)
		say(f->look, 'N', "the record of the VS Code server cannot be put back: %s/%s",
			f->label, e.text);
	else
		say(f->look, 'I', "%s/%s: put back, process %d", f->label,
			mark->name, mark->pid);
}

/* Another host's script may be at work on it: what is false is put right. */
static void recordlook_keep(struct folder *f, struct record *r)
{
	int copies = f->look->place.copies;
	int same = record_is_as_it_was(r);
	struct record again;
	struct err e;

	/* A copy only of what is true. */
	if (same == -1 && copies != -1 &&
		record_listener(&f->at, r->name) == 1 &&
		recfiles_save(f->at.fd, &r->mark, copies, &e) == -1)
		say(f->look, 'I', "%s/%s: no copy: %s", f->label, r->name,
			e.text);
	if (same == 0 && f->look->what == RECORDS_SHELL) {
		restore(f, &r->mark);
		if (find_record(f, r->name, &again) == 0)
			*r = again;
	}
	serverrec_mark_add(&f->look->place.marks.now, &r->mark);
}

/* shared: a folder of the session's own would have helped. */
static int recordlook_move(struct folder *f, const struct record *r,
	const char *reason, int shared)
{
	struct err e;

	if (recfiles_move(f->at.fd, r->name, &e) == -1) {
		say(f->look, 'N', "cannot move all of an old record of a VS Code server: %s/%s",
			f->label, e.text);
		return -1;
	}
	say(f->look, 'N', "record of a VS Code server moved to %s/" RECFILES_STALE ": %s (process %d): %s%s",
		f->label, r->name, r->mark.pid, reason,
		shared && !serverrec_is_agents(r->name) ?
		", see --server-dir" : "");
	return 0;
}

/*
 * A server runs here, but not in this session. VS Code's agents have two records
 * each: both say the same line, which is told once.
 */
static void tell_of_stranger(const struct folder *f, const struct record *r)
{
	if (serverrec_is_agents(r->name))
		say(f->look, 'N', "VS Code's agents may run outside of this session, below process %d of this host; with \"remote.SSH.useExecServer\": false they do not",
			r->mark.pid);
	else
		say(f->look, 'N', "%s/%s: a VS Code server that runs on this host outside of this session (process %d) may be used, see --server-dir",
			f->label, r->name, r->mark.pid);
}

static void recordlook_look_at(struct folder *f, const char *name)
{
	const struct serverrec_verdict *v;
	struct record r;

	if (find_record(f, name, &r) == -1)
		return;
	v = serverrec_judge(&r.facts);
	if (r.facts.process == SERVERREC_OURS &&
		(!v->move || record_is_as_it_was(&r) != -1))
		recordlook_keep(f, &r);
	else if (f->look->what == RECORDS_SHELL && v->move)
		(void)recordlook_move(f, &r, v->reason, v->shared);
	else if (r.facts.process == SERVERREC_SERVER)
		tell_of_stranger(f, &r);
	else
		say(f->look, 'I', "%s/%s (process %d): %s", f->label, name,
			r.mark.pid, v->reason);
}

static int has_copy(const struct folder *f, const struct serverrec_mark *mark)
{
	struct buf pid = { 0 };
	int ret = recfiles_copy(f->look->place.copies, mark, 0, &pid, NULL);

	buf_fini(&pid);
	return ret == 0;
}

/* A server of ours runs, and its record was overwritten by another host's. */
static void put_back(struct folder *f, const struct serverrec_mark *mark)
{
	struct record r;
	int found = find_record(f, mark->name, &r) == 0;

	if (!record_lives(f->at.place, mark) || !has_copy(f, mark) || (found &&
		(r.facts.process == SERVERREC_OURS ||
		r.facts.process == SERVERREC_SERVER)))
		return;
	if (found && recordlook_move(f, &r, "is not of this session's server", 1) == -1)
		return;
	restore(f, mark);
	if (find_record(f, mark->name, &r) == 0)
		serverrec_mark_add(&f->look->place.marks.now, &r.mark);
}

static void put_all_back(struct folder *f)
{
	const struct serverrec_marks *mine = &f->look->place.marks.mine;

	if (f->look->what != RECORDS_SHELL || f->look->place.copies == -1)
		return;
	for (size_t i = 0; i < mine->n; i++)
		if (strcmp(mine->mark[i].folder, f->at.name) == 0)
			put_back(f, &mine->mark[i]);
}

/* The session has ended, and so have its servers. */
static void remove_ours(struct folder *f)
{
	const struct serverrec_marks *mine = &f->look->place.marks.mine;
	struct record r;
	struct err e;

	for (size_t i = 0; i < mine->n; i++) {
		if (strcmp(mine->mark[i].folder, f->at.name) != 0 ||
			find_record(f, mine->mark[i].name, &r) == -1 ||
			serverrec_mark_find(mine, &r.mark) == NULL)
			continue;
		if (recfiles_remove(f->at.fd, mine->mark[i].name, &e) == -1)
			say(f->look, 'I', "%s/%s", f->label, e.text);
		else
			say(f->look, 'I', "%s/%s: removed, process %d has ended",
				f->label, mine->mark[i].name, r.mark.pid);
	}
}

/* Each record of a directory: names first, since some of them will move. */
static void list(struct folder *f, int fd,
	int (*of)(const char *, char [SERVERREC_NAME_MAX]))
{
	char name[RECORDS_MAX][SERVERREC_NAME_MAX];
	DIR *d = fdopendir(fd);
	struct dirent *entry;
	size_t n = 0, entries = 0;

	if (d == NULL) {
		close(fd);
		return;
	}
	while (n < RECORDS_MAX && entries++ < ENTRIES_MAX &&
		(entry = readdir(d)) != NULL)
		n += of(entry->d_name, name[n]) == 0;
	if (n == RECORDS_MAX)
		say(f->look, 'I', "%s: more than %d records, the rest is left alone",
			f->label, RECORDS_MAX);
	closedir(d);
	for (size_t i = 0; i < n; i++)
		recordlook_look_at(f, name[i]);
}

/* Nothing on the way may be a symlink: what is behind one is not our matter. */
static int open_below(int dir, const char *path)
{
	int fd = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	while (fd != -1 && *path != '\0') {
		char *name = mem_strndup(path, strcspn(path, "/"));
		int next = openat(fd, name, O_RDONLY | O_DIRECTORY |
			O_NOFOLLOW | O_CLOEXEC);

		path += strlen(name);
		path += *path == '/';
		free(name);
		close(fd);
		fd = next;
	}
	return fd;
}

static void look_through(struct folder *f)
{
	const struct serverrec_site *site = serverrec_sites;

	if (f->look->what == RECORDS_END) {
		remove_ours(f);
		return;
	}
	for (; site->dir != NULL; site++) {
		int fd = open_below(f->at.fd, site->dir);

		if (fd != -1)
			list(f, fd, site->of);
	}
	put_all_back(f);
	if (f->look->what == RECORDS_SHELL)
		recfiles_prune(f->at.fd);
}

/* Users move their folders to other file systems, and leave a symlink. */
static void visit(struct look *l, char *path, const char *name, int local)
{
	struct folder f = { .look = l, .at = { .place = &l->place,
		.path = path, .name = name, .local = local } };
	struct stat st;

	snprintf(f.label, sizeof f.label, "%s%s", local ? "" : "~/", name);
	f.at.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f.at.fd != -1)
		f.at.real = realpath(path, NULL);
	if (f.at.fd == -1 || f.at.real == NULL || fstat(f.at.fd, &st) == -1) {
		if (errno != ENOENT)
			say(l, 'N', "%s: %s; it is left alone", f.label,
				strerror(errno));
	} else if (st.st_uid != geteuid()) {
		say(l, 'N', "%s: belongs to uid %u; it is left alone",
			f.label, st.st_uid);
	} else {
		look_through(&f);
	}
	if (f.at.fd != -1)
		close(f.at.fd);
	free(f.at.real);
}

static void visit_home(struct look *l, const char *const *names)
{
	for (; *names != NULL; names++) {
		char *path = mem_printf("%s/%s", l->place.job->user.home,
			*names);

		visit(l, path, *names, 0);
		free(path);
	}
}

static void visit_all(struct look *l, const char *own_folder)
{
	visit_home(l, serverrec_folders);
	visit_home(l, serverrec_configs);
	for (unsigned i = 0; own_folder != NULL && serverrec_folders[i] != NULL;
		i++) {
		char *path = mem_printf("%s/%s", own_folder,
			serverrec_folders[i]);

		visit(l, path, path, 1);
		free(path);
	}
}

/* Servers of ours that live on while their record is another's just now. */
static void keep_marks(struct look *l)
{
	struct sessionmarks *m = &l->place.marks;

	for (size_t i = 0; i < m->mine.n; i++)
		if (!sessionmarks_has_now(m, &m->mine.mark[i]) &&
			record_lives(&l->place, &m->mine.mark[i]))
			serverrec_mark_add(&m->now, &m->mine.mark[i]);
}

static void open_copies(struct look *l, const char *rundir)
{
	char *path = mem_printf("%s/records", rundir);
	struct err e;

	l->place.copies = safepath_dir(path, 1, NULL, &e);
	if (l->place.copies == -1)
		say(l, 'I', "no copies of records: %s", e.text);
	free(path);
}

void recordlook_run(const struct agent_job *job, const char *own_folder,
	const char *rundir, enum recordlook what, int out)
{
	struct look l = { .what = what, .out = out, .place.job = job };
	struct err e;

	if (sessionmarks_open(&l.place.marks, job, &e) == -1 ||
		peeruid_open(&l.place.peeruid, &e) == -1) {
		say(&l, 'I', "%s", e.text);
		return;
	}
	open_copies(&l, rundir);
	visit_all(&l, own_folder);
	if (what == RECORDS_END) {
		sessionmarks_remove(&l.place.marks);
		return;
	}
	keep_marks(&l);
	if (sessionmarks_write(&l.place.marks, &e) == -1)
		say(&l, 'I', "servers/%s", e.text);
	if (what == RECORDS_SHELL)
		sessionmarks_forget(&l.place.marks);
}
