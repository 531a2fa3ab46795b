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

#include "agent/recfiles.h"
#include "os/proc.h"
#include "os/safepath.h"
#include "pure/mem.h"
#include "pure/procfile.h"
#include "pure/serverrec.h"

#define RECORDS_MAX 64		/* of a folder; the rest is left alone */
#define ENTRIES_MAX 100000	/* of a directory are read */
#define OTHERS_MAX 256		/* sessions whose marks are read */
#define MARKS_MAX (64 << 10)	/* bytes of one of them */
#define MARKS_DAYS 90		/* then nobody asks for it any more */
#define FRESH_SECONDS 60

struct look {
	const struct agent *agent;
	enum records_look what;
	int out;
	char boot[37];
	pid_t *ours;		/* processes of the session */
	size_t n_ours;
	int marks;		/* the directory of marks, or -1 */
	int copies;		/* of our records, or -1 */
	struct serverrec_marks mine, seen; /* as read; as it is now */
	struct serverrec_marks *others;
	size_t n_others;
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

static int is_our_child(const struct look *l, pid_t pid)
{
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

static enum serverrec_owner owner_of(const struct look *l,
	const struct serverrec_mark *record)
{
	if (serverrec_mark_find(&l->mine, record) != NULL)
		return SERVERREC_THIS;
	for (size_t i = 0; i < l->n_others; i++) {
		const struct serverrec_marks *m = &l->others[i];

		if (serverrec_mark_find(m, record) == NULL)
			continue;
		if (strcmp(m->host, l->agent->node) != 0)
			return SERVERREC_ELSEWHERE;
		return strcmp(m->boot, l->boot) == 0 ? SERVERREC_THIS :
			SERVERREC_REBOOTED;
	}
	return SERVERREC_NOBODY;
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
	r->facts.owner = owner_of(f->look, &r->mark);
	buf_fini(&text);
	return 0;
}

static void remember(struct record *r)
{
	struct folder *f = r->folder;
	struct err e;

	serverrec_mark_add(&f->look->seen, &r->mark);
	if (f->look->copies != -1 && recfiles_save(f->fd, r->name,
		f->look->copies, f->name, &e) == -1)
		say(f->look, 'I', "%s/%s: no copy: %s", f->label, r->name,
			e.text);
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
	if (r.facts.process == SERVERREC_OURS)
		remember(&r);
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
	struct record r;
	struct err e;
	int found = find_out(f, mark->name, &r) == 0;

	if (look_up(f, mark->name, mark->pid, &start) != SERVERREC_OURS ||
		start != mark->start || (found &&
		(r.facts.process == SERVERREC_OURS ||
		r.facts.process == SERVERREC_SERVER)))
		return;
	if (found && move(&r, "is not of this session's server") == -1)
		return;
	if (recfiles_restore(f->fd, mark->name, f->look->copies, f->name,
		&e) == -1) {
		say(f->look, 'N', "the record of the VS Code server cannot be "
			"put back: %s/%s", f->label, e.text);
		return;
	}
	say(f->look, 'I', "%s/%s: put back, process %d", f->label, mark->name,
		mark->pid);
	if (find_out(f, mark->name, &r) == 0) {
		now.sec = r.mark.sec;
		now.nsec = r.mark.nsec;
	}
	serverrec_mark_add(&f->look->seen, &now);
}

static void put_all_back(struct folder *f)
{
	const struct serverrec_marks *mine = &f->look->mine;

	if (f->look->what != RECORDS_SHELL || f->look->copies == -1)
		return;
	for (size_t i = 0; i < mine->n; i++)
		if (strcmp(mine->mark[i].folder, f->name) == 0)
			put_back(f, &mine->mark[i]);
}

/* The session has ended, and so have its servers. */
static void remove_ours(struct folder *f)
{
	const struct serverrec_marks *mine = &f->look->mine;
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

static int is_tag(const char *name)
{
	return strlen(name) == 16 && strspn(name, "0123456789abcdef") == 16;
}

static int read_marks(struct look *l, const char *name,
	struct serverrec_marks *m)
{
	struct buf text = { 0 };
	struct err e;
	int ret = safepath_read(l->marks, name, MARKS_MAX, &text, &e);
	int missing = ret == -1 && errno == ENOENT;

	*m = (struct serverrec_marks){ 0 };
	if (ret == 0)
		ret = serverrec_marks_parse(m, buf_data(&text), text.len, &e);
	if (ret == -1 && !missing)
		say(l, 'I', "servers/%s: %s", name, e.text);
	buf_fini(&text);
	return ret;
}

/* Are they of servers of this host, none of which lives any more? */
static int is_over(const struct look *l, const struct serverrec_marks *m)
{
	unsigned long long start;

	if (strcmp(m->host, l->agent->node) != 0)
		return 0;
	for (size_t i = 0; strcmp(m->boot, l->boot) == 0 && i < m->n; i++)
		if (proc_starttime(m->mark[i].pid, &start) == 0 &&
			start == m->mark[i].start)
			return 0;
	return 1;
}

/* Marks that have told all they can tell, once the records were looked at. */
static void forget(struct look *l, const char *name,
	const struct serverrec_marks *m)
{
	struct stat st;

	if (l->what == RECORDS_SHELL && (is_over(l, m) ||
		(fstatat(l->marks, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		st.st_mtime < time(NULL) - MARKS_DAYS * 86400L)))
		(void)unlinkat(l->marks, name, 0);
}

static void read_all_marks(struct look *l)
{
	int fd = openat(l->marks, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct dirent *entry;

	(void)read_marks(l, l->agent->opt->tag, &l->mine);
	l->others = mem_alloc(OTHERS_MAX * sizeof *l->others);
	while (d != NULL && l->n_others < OTHERS_MAX &&
		(entry = readdir(d)) != NULL) {
		struct serverrec_marks *m = &l->others[l->n_others];

		if (!is_tag(entry->d_name) ||
			strcmp(entry->d_name, l->agent->opt->tag) == 0 ||
			read_marks(l, entry->d_name, m) == -1)
			continue;
		l->n_others++;
		forget(l, entry->d_name, m);
	}
	if (d != NULL)
		closedir(d);
}

/* Servers of ours that live on while their record is another's just now. */
static void keep_marks(struct look *l)
{
	unsigned long long start;

	for (size_t i = 0; i < l->mine.n; i++) {
		const struct serverrec_mark *k = &l->mine.mark[i];
		size_t j = 0;

		while (j < l->seen.n && (strcmp(l->seen.mark[j].name,
			k->name) != 0 || strcmp(l->seen.mark[j].folder,
			k->folder) != 0))
			j++;
		if (j == l->seen.n && is_our_child(l, k->pid) &&
			proc_starttime(k->pid, &start) == 0 &&
			start == k->start)
			serverrec_mark_add(&l->seen, k);
	}
}

static void write_marks(struct look *l)
{
	const char *tag = l->agent->opt->tag;
	struct buf was = { 0 }, is = { 0 };
	struct err e;

	if (l->marks == -1)
		return;
	if (l->what == RECORDS_END) {
		(void)unlinkat(l->marks, tag, 0);
		return;
	}
	l->seen.host = mem_strdup(l->agent->node);
	l->seen.boot = mem_strdup(l->boot);
	l->seen.session = mem_strdup(l->agent->opt->session);
	serverrec_marks_write(&is, &l->seen);
	if (l->mine.host != NULL)
		serverrec_marks_write(&was, &l->mine);
	if ((l->seen.n > 0 || l->mine.n > 0) && (was.len != is.len ||
		memcmp(buf_data(&was), buf_data(&is), is.len) != 0) &&
		safepath_write(l->marks, tag, buf_data(&is), is.len, &e) == -1)
		say(l, 'I', "servers/%s", e.text);
	buf_fini(&was);
	buf_fini(&is);
}

static void open_dirs(struct look *l)
{
	const struct agent *a = l->agent;
	char *path = mem_printf("%s/servers", a->opt->state_dir);
	struct err e;

	l->marks = safepath_dir(path, 1, NULL, &e);
	if (l->marks == -1)
		say(l, 'I', "no marks of servers: %s", e.text);
	free(path);
	path = mem_printf("%s/records", a->tmpdir);
	l->copies = safepath_dir(path, 1, NULL, &e);
	if (l->copies == -1)
		say(l, 'I', "no copies of records: %s", e.text);
	free(path);
}

void records_look(const struct agent *a, const char *own_folder,
	enum records_look what, int out)
{
	struct look l = { .agent = a, .what = what, .out = out };

	if (proc_boot_id(l.boot) == -1 ||
		proc_descendants(getppid(), &l.ours, &l.n_ours) == -1) {
		say(&l, 'I', "/proc: %s", strerror(errno));
		return;
	}
	open_dirs(&l);
	if (l.marks != -1)
		read_all_marks(&l);
	visit_all(&l, own_folder);
	keep_marks(&l);
	write_marks(&l);
}
