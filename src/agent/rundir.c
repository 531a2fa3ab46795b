/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The session's private directory on the node: XDG_RUNTIME_DIR, for sockets of
 * the editor's server, and copies of records. The variable goes on to what is
 * started from the session, also into independent jobs, so the directory is
 * removed only when nobody uses it. One that is still in use at the end, or was
 * left by a job killed whole, is removed by the next session on this node: a
 * lock tells which belong to live ones.
 */
#include "agent/rundir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/dirusers.h"
#include "os/log.h"
#include "os/nodefs.h"
#include "os/procsig.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "os/tmpdir.h"
#include "proto/sessionenv.h"

#define ENTRIES_MAX 100000	/* of /tmp, that are looked at */
#define SWEEP_SECONDS 60
#define UNDO "container/undo"	/* agent/instance.h */
#define UNDO_LOOK_MS 20
#define UNDO_LOOKS 500
#define GROWN_UP_SECONDS 60	/* a younger one may not have its lock yet */

struct rundir {
	char *path;
	int lock;		/* a descriptor of it */
	int is_gone;		/* what has its name is not it */
	const char *tmpdir;	/* TMPDIR, where that may be asked; or NULL */
	char *given;		/* XDG_RUNTIME_DIR of the node; NULL: it is ours */
	struct envlist *env;	/* of what is started in the session */
	const struct rundir_ops *ops;
	void *arg;
	LIST_HEAD(, rundir_user) users;
};

/* A new directory in base, opened: nobody else can put another one there. */
static int make_in(const char *base, char **path, struct err *e)
{
	int fd;

	*path = tmpdir_make(base, e);
	fd = *path == NULL ? -1 : safepath_dir(*path, 0, NULL, e);
	if (fd == -1 && *path != NULL) {
		(void)rmdir(*path);
		free(*path);
		*path = NULL;
	}
	return fd;
}

/*
 * In the first place that will do. /tmp is short, as names of Unix sockets are;
 * tmpdir may be anything. The last is memory, for a node whose /tmp takes nothing.
 */
static int make_new(const char *tmpdir, char **path, struct err *e)
{
	const char *const other[] = { tmpdir, "/dev/shm" };
	int fd = make_in("/tmp", path, e);

	for (int i = 0; i < 2 && fd == -1; i++)
		if (other[i] != NULL)
			fd = make_in(other[i], path, &(struct err){ "" });
	return fd;
}

/* NULL where it is none, or may hang: we come back to it from the loop. */
static const char *tmpdir_of_node(void)
{
	const char *path = getenv("TMPDIR");

	return path != NULL && path[0] == '/' && nodefs_has(path) ? path : NULL;
}

/* Ours, private, and what its name says? */
static int is_rundir(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) &&
		st.st_uid == geteuid() && (st.st_mode & 077) == 0 &&
		st.st_mtime < time(NULL) - GROWN_UP_SECONDS;
}

/* ---- what is to be undone ------------------------------------------------ */

/* Ours, and private: nobody else can make such a one, nor move it here. */
static int is_rundirs_own(const struct stat *st)
{
	return S_ISDIR(st->st_mode) && st->st_uid == geteuid() &&
		(st->st_mode & 077) == 0;
}

static char *undo_path(const char *path)
{
	return mem_printf("%s/" UNDO, path);
}

int rundir_must_undo(const char *path)
{
	char *undo = undo_path(path);
	struct stat st;
	int must = lstat(path, &st) == 0 && is_rundirs_own(&st) &&
		access(undo, R_OK) == 0;

	free(undo);
	return must;
}

/* Looked for, since a SIGCHLD of the caller's may be blocked. */
static void await_undo(pid_t pid)
{
	const struct timespec soon = { .tv_nsec = UNDO_LOOK_MS * 1000000 };

	for (int look = 0; look < UNDO_LOOKS; look++) {
		if (waitpid(pid, NULL, WNOHANG) != 0)
			return;
		nanosleep(&soon, NULL);
	}
	(void)procsig_send_group(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

void rundir_undo(const char *path)
{
	char *undo = undo_path(path);
	char *argv[] = { "sh", undo, NULL };
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	struct spawn sp = { .path = "/bin/sh", .argv = argv, .dir = "/",
		.fd = { null, null, null }, .session = 1 };
	struct err e;
	pid_t pid;

	if (null != -1 && rundir_must_undo(path)) {
		pid = spawn(&sp, &e);
		if (pid == -1)
			log_warning("%s: %s", undo, e.text);
		else
			await_undo(pid);
		(void)unlink(undo);
	}
	if (null != -1)
		close(null);
	free(undo);
}

/* One that may be of another session, which has its lock while it lives. */
static void sweep_one(const char *base, int at, const char *name)
{
	char *path = mem_printf("%s/%s", base, name);
	struct dirusers user;
	struct err e;
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC);

	if (fd != -1 && is_rundir(fd) && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
		dirusers_find(name, &user) == 0) {
		rundir_undo(path);
		(void)tmpdir_remove(path, &e);
	}
	if (fd != -1)
		close(fd);
	free(path);
}

/* In a child. */
__attribute__((noreturn))
static void sweep(const char *base)
{
	DIR *dir = opendir(base);
	struct dirent *d;

	alarm(SWEEP_SECONDS);
	for (int n = 0; dir != NULL && n < ENTRIES_MAX &&
		(d = readdir(dir)) != NULL; n++)
		if (tmpdir_is_name(d->d_name))
			sweep_one(base, dirfd(dir), d->d_name);
	_exit(0);
}

static void start_sweep(const char *base)
{
	pid_t pid = spawn_branch(STDERR_FILENO);

	if (pid == 0)
		sweep(base);
	if (pid == -1)
		log_warning("cannot fork: %s", strerror(errno));
}

/* The user's own, and nobody's who could take its place; on this node only. */
static int is_good(const char *path)
{
	int fd = safepath_dir(path, 0, NULL, &(struct err){ "" });
	int is = fd != -1 && nodefs_is(fd);

	if (fd != -1)
		close(fd);
	return is;
}

/* systemd-tmpfiles leaves it while it is locked; so does another's sweep. */
static void rundir_keep(struct rundir *r, int fd)
{
	if (r->lock != -1)
		close(r->lock);
	r->lock = fd;
	if (flock(fd, LOCK_SH | LOCK_NB) == -1)
		log_warning("%s cannot be locked: %s", r->path,
			strerror(errno));
}

/* Ours also where the node gives one, for what has to go with the session. */
static int offer(struct rundir *r, struct err *e)
{
	char *run;

	if (mkdirat(r->lock, "run", 0700) == -1 && errno != EEXIST)
		return err_set(e, "%s/run: %s", r->path, strerror(errno));
	run = mem_printf("%s/run", r->path);
	sessionenv_set(r->env, SESSIONENV_OWN_RUNTIME_DIR, run);
	if (r->given == NULL)
		sessionenv_set(r->env, SESSIONENV_RUNTIME_DIR, run);
	free(run);
	return 0;
}

__attribute__((format(printf, 2, 3)))
static void rundir_tell(const struct rundir *r, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_tell("%s", line);
	r->ops->tell(line, r->arg);
}

static int is_same(int fd, int other)
{
	struct stat x, y;

	return fstat(fd, &x) == 0 && fstat(other, &y) == 0 &&
		x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The session goes on without one. */
static void withdraw(struct rundir *r)
{
	sessionenv_unset(r->env, SESSIONENV_OWN_RUNTIME_DIR);
	if (r->given == NULL)
		sessionenv_unset(r->env, SESSIONENV_RUNTIME_DIR);
}

/* Where it is now, for what is made in it; NULL: nowhere. */
static void tell_users(const struct rundir *r, const char *path)
{
	struct rundir_user *u;

	LIST_FOREACH(u, &r->users, next)
		u->made(path, u->arg);
}

static void is_gone_now(struct rundir *r, const struct err *why)
{
	rundir_tell(r, "%s was removed, and somebody else's is there: %s",
		r->path, why->text);
	r->is_gone = 1;
	tell_users(r, NULL);
}

/* No descriptor is free to look at it; but its name still is the one that we hold. */
static int is_only_busy(const struct rundir *r, int error)
{
	struct stat named, held;

	return (error == EMFILE || error == ENFILE) &&
		lstat(r->path, &named) == 0 && fstat(r->lock, &held) == 0 &&
		named.st_dev == held.st_dev && named.st_ino == held.st_ino;
}

/* Ours is there, as it was or made anew. -1: it is not, and that was told. */
static int check_own(struct rundir *r)
{
	int fd = safepath_dir(r->path, 1, NULL, &(struct err){ "" });
	char *path = NULL;
	struct err e;

	if (fd == -1 && is_only_busy(r, errno))
		return r->is_gone ? -1 : 0;
	if (fd != -1 && is_same(fd, r->lock)) {
		close(fd);
		if (r->is_gone)
			tell_users(r, r->path);
		r->is_gone = 0;
		return 0;
	}
	if (fd == -1)
		fd = make_new(r->tmpdir, &path, &e);
	if (fd == -1) {
		is_gone_now(r, &e);
		return -1;
	}
	rundir_tell(r, "%s was removed%s; it is made anew%s%s: programs that run may miss their sockets",
		r->path, path != NULL ? ", and somebody else's is there" : "",
		path != NULL ? " as " : "", path != NULL ? path : "");
	if (path != NULL) {
		free(r->path);
		r->path = path;
		r->ops->made(path);
	}
	rundir_keep(r, fd);
	r->is_gone = 0;
	tell_users(r, r->path);
	return 0;
}

static void ask_users(const struct rundir *r)
{
	struct rundir_user *u;

	LIST_FOREACH(u, &r->users, next)
		if (u->is_whole != NULL && !u->is_whole(r->path, u->arg))
			u->made(r->path, u->arg);
}

/* What the node has given may have been removed, and be another's by now. */
static void check_given(struct rundir *r)
{
	if (r->given == NULL || is_good(r->given))
		return;
	rundir_tell(r, "%s, the XDG_RUNTIME_DIR of this node, is no private directory of yours any more: what starts from now on has another",
		r->given);
	free(r->given);
	r->given = NULL;
}

int rundir_check(struct rundir *r)
{
	int is_there = check_own(r) == 0;
	struct err e;

	check_given(r);
	/* A cleaner may have taken what is old in it. */
	if (is_there && offer(r, &e) == -1)
		log_warning("%s", e.text);
	if (is_there)
		ask_users(r);
	else
		withdraw(r);
	return is_there ? 0 : -1;
}

struct rundir *rundir_new(struct envlist *env, const struct rundir_ops *ops,
	void *arg, struct err *e)
{
	const char *given = envlist_get(env,
		sessionenv_own_names[SESSIONENV_RUNTIME_DIR]);
	const char *tmpdir = NULL;
	char *path, *base;
	int fd = make_in("/tmp", &path, e);
	struct rundir *r;

	if (fd == -1) {
		tmpdir = tmpdir_of_node();
		fd = make_new(tmpdir, &path, e);
	}
	if (fd == -1)
		return NULL;
	r = mem_alloc(sizeof *r);
	*r = (struct rundir){ .path = path, .lock = -1, .tmpdir = tmpdir,
		.env = env, .ops = ops, .arg = arg };
	ops->made(path);
	rundir_keep(r, fd);
	base = mem_strdup(path);
	*strrchr(base, '/') = '\0';
	start_sweep(base);
	free(base);
	if (given != NULL && given[0] == '/' && is_good(given))
		r->given = mem_strdup(given);
	if (offer(r, e) == 0)
		return r;
	rundir_retire(path);
	rundir_free(r);
	return NULL;
}

void rundir_use(struct rundir *r, struct rundir_user *u,
	void (*made)(const char *, void *), void *arg)
{
	int is_there = rundir_check(r) == 0;

	if (u->made == NULL)
		LIST_INSERT_HEAD(&r->users, u, next);
	u->made = made;
	u->arg = arg;
	made(is_there ? r->path : NULL, arg);
}

void rundir_leave(struct rundir_user *u)
{
	if (u->made != NULL)
		LIST_REMOVE(u, next);
	u->made = NULL;
}

const char *rundir_path(const struct rundir *r)
{
	return r->path;
}

static int is_still_ours(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return 0;
	if (is_rundirs_own(&st))
		return 1;
	log_warning("%s is of uid %u now, mode %04o; it is left alone", path,
		st.st_uid, st.st_mode & 07777);
	return 0;
}

void rundir_retire(const char *path)
{
	struct dirusers user;
	struct err e;
	int used;

	if (!is_still_ours(path))
		return;
	used = dirusers_find(strrchr(path, '/') + 1, &user);
	if (used == -1)
		log_warning("%s stays: cannot read /proc: %s", path,
			strerror(errno));
	else if (used == 1)
		log_info("%s stays: process %ld (%s), which is not of this session, %s; the next session on this node removes it",
			path, (long)user.pid, user.comm, user.how);
	else if (tmpdir_remove(path, &e) == -1)
		log_warning("%s", e.text);
}

void rundir_free(struct rundir *r)
{
	if (r == NULL)
		return;
	close(r->lock);
	free(r->path);
	free(r->given);
	free(r);
}
