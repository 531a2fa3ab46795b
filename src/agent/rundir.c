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
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/dirusers.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/spawn.h"
#include "os/tmpdir.h"
#include "proto/sessionenv.h"

#define ENTRIES_MAX 100000	/* of /tmp, that are looked at */
#define SWEEP_SECONDS 60
#define GROWN_UP_SECONDS 60	/* a younger one may not have its lock yet */

struct rundir {
	char *path;
	int lock;		/* a descriptor of it */
	int is_given;		/* XDG_RUNTIME_DIR is the node's, not ours */
	struct envlist *env;	/* of what is started in the session */
	const struct rundir_ops *ops;
	void *arg;
};

/*
 * A new directory in the first place that will do, opened: nobody else can put
 * another one there. /tmp is short, as names of Unix sockets are; TMPDIR may be
 * anything.
 */
static int make_new(char **path, struct err *e)
{
	const char *const base[] = { "/tmp", getenv("TMPDIR") };
	struct err why;
	int fd = -1;

	*path = NULL;
	for (int i = 0; i < 2 && fd == -1; i++) {
		if (base[i] == NULL || base[i][0] != '/')
			continue;
		*path = tmpdir_make(base[i], &why);
		fd = *path == NULL ? -1 : safepath_dir(*path, 0, NULL, &why);
		if (fd == -1 && *path != NULL) {
			(void)rmdir(*path);
			free(*path);
			*path = NULL;
		}
		if (fd == -1 && i == 0)
			*e = why;
	}
	return fd;
}

/* Ours, private, and what its name says? */
static int is_rundir(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISDIR(st.st_mode) &&
		st.st_uid == geteuid() && (st.st_mode & 077) == 0 &&
		st.st_mtime < time(NULL) - GROWN_UP_SECONDS;
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
		dirusers_find(name, &user) == 0)
		(void)tmpdir_remove(path, &e);
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

/* Does the site give jobs a directory for this? Then it is the user's own. */
static int node_has_given_one(const struct envlist *env)
{
	const char *path = envlist_get(env,
		sessionenv_own_names[SESSIONENV_RUNTIME_DIR]);
	struct stat st;

	return path != NULL && path[0] == '/' && stat(path, &st) == 0 &&
		S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
		(st.st_mode & 077) == 0;
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

static int offer(struct rundir *r, struct err *e)
{
	char *run;

	if (r->is_given)
		return 0;
	if (mkdirat(r->lock, "run", 0700) == -1 && errno != EEXIST)
		return err_set(e, "%s/run: %s", r->path, strerror(errno));
	run = mem_printf("%s/run", r->path);
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
	envlist_unset(r->env, sessionenv_own_names[SESSIONENV_RUNTIME_DIR]);
}

void rundir_check(struct rundir *r)
{
	int fd = safepath_dir(r->path, 1, NULL, &(struct err){ "" });
	char *path = NULL;
	struct err e;

	if (fd == -1) {
		fd = make_new(&path, &e);
	} else if (is_same(fd, r->lock)) {
		close(fd);
		/* A cleaner may take what is old in it. */
		if (offer(r, &e) == -1)
			log_warning("%s", e.text);
		return;
	}
	if (fd == -1) {
		rundir_tell(r, "%s was removed, and somebody else's is there: %s",
			r->path, e.text);
		withdraw(r);
		return;
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
	if (offer(r, &e) == -1)
		log_warning("%s", e.text);
}

struct rundir *rundir_new(struct envlist *env, const struct rundir_ops *ops,
	void *arg, struct err *e)
{
	char *path, *base;
	int fd = make_new(&path, e);
	struct rundir *r;

	if (fd == -1)
		return NULL;
	r = mem_alloc(sizeof *r);
	*r = (struct rundir){ .path = path, .lock = -1, .env = env,
		.ops = ops, .arg = arg };
	ops->made(path);
	rundir_keep(r, fd);
	base = mem_strdup(path);
	*strrchr(base, '/') = '\0';
	start_sweep(base);
	free(base);
	r->is_given = node_has_given_one(env);
	if (offer(r, e) == 0)
		return r;
	rundir_retire(path);
	rundir_free(r);
	return NULL;
}

const char *rundir_path(const struct rundir *r)
{
	return r->path;
}

void rundir_retire(const char *path)
{
	struct dirusers user;
	struct stat st;
	struct err e;
	int used;

	if (lstat(path, &st) == -1)
		return;
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid()) {
		log_warning("%s is of uid %u now; it is left alone", path,
			st.st_uid);
		return;
	}
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
	free(r);
}
