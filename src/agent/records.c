/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/records.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/forward.h"
#include "agent/recfiles.h"
#include "agent/recmarks.h"
#include "os/pathdial.h"
#include "os/proc.h"
#include "os/safepath.h"
#include "pure/mem.h"
#include "pure/procfile.h"
#include "pure/serverrec.h"

#define RECORDS_MAX 64		/* of a folder; the rest is left alone */
#define ENTRIES_MAX 100000	/* of a directory are read */
#define FRESH_SECONDS 60

struct look {
	struct agent *agent;
	enum records_look what;
	int out;
	int knows_ours;
	pid_t *ours;		/* processes of the session */
	size_t n_ours;
	struct recmarks marks;
	int copies;		/* of our records, or -1 */
};

struct folder {
	struct look *look;
	int fd;
	int local;		/* on this node only */
	char *path;		/* as users write it; resolved */
	char *real;
	const char *name;	/* in marks and copies */
	char label[64];		/* in messages */
};

/* A record as it was found. */
struct record {
	struct folder *folder;
	const char *name;
	struct serverrec_facts facts;
	struct serverrec_mark mark;
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

/* All of /proc is read for this, so only when somebody asks. */
static int is_our_child(struct look *l, pid_t pid)
{
	if (!l->knows_ours && proc_descendants(getppid(), &l->ours,
		&l->n_ours) == -1)
		say(l, 'I', "/proc: %s", strerror(errno));
	l->knows_ours = 1;
	for (size_t i = 0; i < l->n_ours; i++)
		if (l->ours[i] == pid)
			return 1;
	return 0;
}

static int is_our_uid(pid_t pid)
{
	char status[2048];
	ssize_t n = proc_file(pid, "status", status, sizeof status);
	unsigned uid;

	return n > 0 && procfile_uid(status, (size_t)n, &uid) == 0 &&
		uid == geteuid();
}

static enum serverrec_process look_up(const struct folder *f,
	const char *name, pid_t pid, unsigned long long *start)
{
	const char *const dirs[] = { f->path, f->real, NULL };
	char exe[4096];
	struct buf cmdline = { 0 };
	struct procstat st;
	int is_server;

	if (proc_stat(pid, &st) == -1 || st.state == 'Z' || st.state == 'X')
		return SERVERREC_NONE;
	*start = st.starttime;
	if (!is_our_uid(pid) || proc_cmdline(pid, &cmdline) == -1)
		return SERVERREC_STRANGER;
	if (proc_link(pid, "exe", exe, sizeof exe) == -1)
		exe[0] = '\0';
	is_server = serverrec_is_server(name, dirs, exe, buf_data(&cmdline),
		cmdline.len);
	buf_fini(&cmdline);
	return !is_server ? SERVERREC_STRANGER :
		is_our_child(f->look, pid) ? SERVERREC_OURS : SERVERREC_SERVER;
}

/* Does the record's log name a listener of another, or one that is gone? */
static int is_astray(const struct folder *f, const char *name)
{
	struct buf log = { 0 };
	struct stat st;
	struct err e;
	char *where = NULL;
	unsigned long port = 0;
	int family, astray;

	if (recfiles_read(f->fd, name, serverrec_log_file(name), &log, &st,
		&e) == 0)
		where = serverrec_listening(buf_data(&log), log.len);
	if (where != NULL && where[0] != '/')
		port = strtoul(where, NULL, 10);
	if (port > 65535)
		port = 0;
	astray = where != NULL && (port == 0 ?
		!pathdial_is_ours(where, &e) :
		!forward_is_ours(f->look->agent, (uint16_t)port, &family, &e));
	free(where);
	buf_fini(&log);
	return astray;
}

/* -1 when there is no pid file, or none that we would touch. */
static int find_out(struct folder *f, const char *name, struct record *r)
{
	struct buf text = { 0 };
	struct stat st;
	struct err e;

	*r = (struct record){ f, name, { .local = f->local },
		{ (char *)f->name, (char *)name, 0, 0, 0, 0 } };
	if (recfiles_read(f->fd, name, 0, &text, &st, &e) == -1) {
		if (errno != ENOENT)
			say(f->look, 'I', "%s/%s: left alone", f->label,
				e.text);
		buf_fini(&text);
		return -1;
	}
	r->mark.sec = st.st_mtim.tv_sec;
	r->mark.nsec = st.st_mtim.tv_nsec;
	r->facts.fresh = time(NULL) - st.st_mtime < FRESH_SECONDS;
	r->facts.text = serverrec_pid(buf_data(&text), text.len, &r->mark.pid);
	if (r->facts.text == SERVERREC_PID)
		r->facts.process = look_up(f, name, r->mark.pid,
			&r->mark.start);
	r->facts.owner = recmarks_owner(&f->look->marks, &r->mark);
	if (r->facts.process == SERVERREC_OURS)
		r->facts.astray = is_astray(f, name);
	buf_fini(&text);
	return 0;
}

/* A file of the record, and our copy of it; freed by the caller. */
struct pair {
	struct buf is, was;
};

static int read_pair(const struct record *r, unsigned i, struct pair *p)
{
	const struct folder *f = r->folder;
	struct stat st;
	struct err e;

	*p = (struct pair){ 0 };
	if (f->look->copies == -1 ||
		recfiles_copy(f->look->copies, &r->mark, i, &p->was, &e) == -1)
		return -1;
	if (recfiles_read(f->fd, r->name, i, &p->is, &st, &e) == -1)
		buf_fini(&p->is);
	return 0;
}

static int same_listener(const struct pair *p)
{
	char *is = serverrec_listening(buf_data(&p->is), p->is.len);
	char *was = serverrec_listening(buf_data(&p->was), p->was.len);
	int same = is != NULL && was != NULL && strcmp(is, was) == 0;

	free(is);
	free(was);
	return same;
}

/*
 * What the record should say is what it said when our server had just written
 * it: 1 when it still does, 0 when not, -1 when there is no copy.
 */
static int is_as_it_was(const struct record *r)
{
	unsigned log = serverrec_log_file(r->name);
	int same = 1;

	for (unsigned i = 0; i <= log && same == 1; i++) {
		struct pair p;

		if (read_pair(r, i, &p) == -1)
			same = -1;
		else if (i == log)
			same = same_listener(&p);
		else
			same = p.is.len == p.was.len && (p.is.len == 0 ||
				memcmp(buf_data(&p.is), buf_data(&p.was),
				p.is.len) == 0);
		buf_fini(&p.is);
		buf_fini(&p.was);
	}
	return same;
}

/* The server has said where it listens, and it is true: worth a copy. */
static int is_complete(const struct record *r)
{
	struct buf log = { 0 };
	struct stat st;
	struct err e;
	char *where = NULL;

	if (!r->facts.astray && recfiles_read(r->folder->fd, r->name,
		serverrec_log_file(r->name), &log, &st, &e) == 0)
		where = serverrec_listening(buf_data(&log), log.len);
	buf_fini(&log);
	free(where);
	return where != NULL;
}

static void restore(struct folder *f, const struct serverrec_mark *mark)
{
	struct err e;

	if (recfiles_restore(f->fd, mark, f->look->copies, &e) == -1)
		say(f->look, 'N', "the record of the VS Code server cannot be "
			"put back: %s/%s", f->label, e.text);
	else
		say(f->look, 'I', "%s/%s: put back, process %d", f->label,
			mark->name, mark->pid);
}

/* Another host's script may be at work on it: what is false is put right. */
static void keep(struct record *r)
{
	struct folder *f = r->folder;
	int same = is_as_it_was(r);
	struct record again;
	struct err e;

	if (same == -1 && f->look->copies != -1 && is_complete(r) &&
		recfiles_save(f->fd, &r->mark, f->look->copies, &e) == -1)
		say(f->look, 'I', "%s/%s: no copy: %s", f->label, r->name,
			e.text);
	if (same == 0 && f->look->what == RECORDS_SHELL) {
		restore(f, &r->mark);
		if (find_out(f, r->name, &again) == 0)
			*r = again;
	}
	serverrec_mark_add(&f->look->marks.now, &r->mark);
}

static int move(struct record *r, const char *reason)
{
	struct folder *f = r->folder;
	struct err e;

	if (recfiles_move(f->fd, r->name, &e) == -1) {
		say(f->look, 'N', "cannot move all of an old record of a VS "
			"Code server: %s/%s", f->label, e.text);
		return -1;
	}
	say(f->look, 'N', "record of a VS Code server moved to %s/"
		RECFILES_STALE ": %s (process %d): %s", f->label, r->name,
		r->mark.pid, reason);
	return 0;
}

static void look_at(struct folder *f, const char *name)
{
	const struct serverrec_verdict *v;
	struct record r;

	if (find_out(f, name, &r) == -1)
		return;
	v = serverrec_judge(&r.facts);
	if (r.facts.process == SERVERREC_OURS &&
		(!v->move || is_as_it_was(&r) != -1))
		keep(&r);
	else if (f->look->what == RECORDS_SHELL && v->move)
		(void)move(&r, v->reason);
	else
		say(f->look, 'I', "%s/%s (process %d): %s", f->label, name,
			r.mark.pid, v->reason);
}

/* A server of ours runs, and its record was overwritten by another host's. */
static void put_back(struct folder *f, const struct serverrec_mark *mark)
{
	struct serverrec_mark now = *mark;
	unsigned long long start = 0;
	struct buf pid = { 0 };
	struct record r;
	struct err e;
	int found = find_out(f, mark->name, &r) == 0;

	if (look_up(f, mark->name, mark->pid, &start) != SERVERREC_OURS ||
		start != mark->start || (found &&
		(r.facts.process == SERVERREC_OURS ||
		r.facts.process == SERVERREC_SERVER)) ||
		recfiles_copy(f->look->copies, mark, 0, &pid, &e) == -1) {
		buf_fini(&pid);
		return;
	}
	buf_fini(&pid);
	if (found && move(&r, "is not of this session's server, see "
		"--server-dir") == -1)
		return;
	restore(f, mark);
	if (find_out(f, mark->name, &r) == 0) {
		now.sec = r.mark.sec;
		now.nsec = r.mark.nsec;
	}
	serverrec_mark_add(&f->look->marks.now, &now);
}

static void put_all_back(struct folder *f)
{
	const struct serverrec_marks *mine = &f->look->marks.mine;

	if (f->look->what != RECORDS_SHELL || f->look->copies == -1)
		return;
	for (size_t i = 0; i < mine->n; i++)
		if (strcmp(mine->mark[i].folder, f->name) == 0)
			put_back(f, &mine->mark[i]);
}

/* The session has ended, and so have its servers. */
static void remove_ours(struct folder *f)
{
	const struct serverrec_marks *mine = &f->look->marks.mine;
	struct record r;
	struct err e;

	for (size_t i = 0; i < mine->n; i++) {
		if (strcmp(mine->mark[i].folder, f->name) != 0 ||
			find_out(f, mine->mark[i].name, &r) == -1 ||
			serverrec_mark_find(mine, &r.mark) == NULL)
			continue;
		if (recfiles_remove(f->fd, mine->mark[i].name, &e) == -1)
			say(f->look, 'I', "%s/%s", f->label, e.text);
		else
			say(f->look, 'I', "%s/%s: removed, process %d has "
				"ended", f->label, mine->mark[i].name,
				r.mark.pid);
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
		say(f->look, 'I', "%s: more than %d records, the rest is left "
			"alone", f->label, RECORDS_MAX);
	closedir(d);
	for (size_t i = 0; i < n; i++)
		look_at(f, name[i]);
}

/* Nothing on the way may be a symlink: what is behind one is not our matter. */
static int open_servers(int fd)
{
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int cli = openat(fd, "cli", flags), servers = -1;

	if (cli != -1) {
		servers = openat(cli, "servers", flags);
		close(cli);
	}
	return servers;
}

static void look_through(struct folder *f)
{
	int fd;

	if (f->look->what == RECORDS_END) {
		remove_ours(f);
		return;
	}
	fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd != -1)
		list(f, fd, serverrec_of_file);
	fd = open_servers(f->fd);
	if (fd != -1)
		list(f, fd, serverrec_of_dir);
	put_all_back(f);
	if (f->look->what == RECORDS_SHELL)
		recfiles_prune(f->fd);
}

/* Users move their folders to other file systems, and leave a symlink. */
static void visit(struct look *l, char *path, const char *name, int local)
{
	struct folder f = { .look = l, .path = path, .name = name,
		.local = local };
	struct stat st;

	snprintf(f.label, sizeof f.label, "%s%s", local ? "" : "~/", name);
	f.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (f.fd != -1)
		f.real = realpath(path, NULL);
	if (f.fd == -1 || f.real == NULL || fstat(f.fd, &st) == -1) {
		if (errno != ENOENT)
			say(l, 'N', "%s: %s; it is left alone", f.label,
				strerror(errno));
	} else if (st.st_uid != geteuid()) {
		say(l, 'N', "%s: belongs to uid %u; it is left alone",
			f.label, st.st_uid);
	} else {
		look_through(&f);
	}
	if (f.fd != -1)
		close(f.fd);
	free(f.real);
}

static void visit_all(struct look *l, const char *own_folder)
{
	for (unsigned i = 0; serverrec_folders[i] != NULL; i++) {
		const char *name = serverrec_folders[i];
		char *path = mem_printf("%s/%s", l->agent->user.home, name);

		visit(l, path, name, 0);
		free(path);
		if (own_folder == NULL)
			continue;
		path = mem_printf("%s/%s", own_folder, name);
		visit(l, path, path, 1);
		free(path);
	}
}

/* Servers of ours that live on while their record is another's just now. */
static void keep_marks(struct look *l)
{
	unsigned long long start;

	for (size_t i = 0; i < l->marks.mine.n; i++) {
		const struct serverrec_mark *k = &l->marks.mine.mark[i];
		size_t j = 0;

		while (j < l->marks.now.n && (strcmp(l->marks.now.mark[j].name,
			k->name) != 0 || strcmp(l->marks.now.mark[j].folder,
			k->folder) != 0))
			j++;
		if (j == l->marks.now.n && is_our_child(l, k->pid) &&
			proc_starttime(k->pid, &start) == 0 &&
			start == k->start)
			serverrec_mark_add(&l->marks.now, k);
	}
}

static void open_copies(struct look *l)
{
	char *path = mem_printf("%s/records", l->agent->tmpdir);
	struct err e;

	l->copies = safepath_dir(path, 1, NULL, &e);
	if (l->copies == -1)
		say(l, 'I', "no copies of records: %s", e.text);
	free(path);
}

void records_look(struct agent *a, const char *own_folder,
	enum records_look what, int out)
{
	struct look l = { .agent = a, .what = what, .out = out };
	struct err e;

	if (recmarks_open(&l.marks, a, &e) == -1 ||
		peeruid_open(&a->peeruid, &e) == -1) {
		say(&l, 'I', "%s", e.text);
		return;
	}
	open_copies(&l);
	visit_all(&l, own_folder);
	if (what == RECORDS_END) {
		recmarks_remove(&l.marks);
		return;
	}
	keep_marks(&l);
	if (recmarks_write(&l.marks, &e) == -1)
		say(&l, 'I', "servers/%s", e.text);
	if (what == RECORDS_SHELL)
		recmarks_forget(&l.marks);
}
