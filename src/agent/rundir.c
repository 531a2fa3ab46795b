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

#include "agent/fronts.h"
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
static int node_has_given_one(const struct agent *a)
{
	const char *path = envlist_get(&a->env,
		sessionenv_own_names[SESSIONENV_RUNTIME_DIR]);
	struct stat st;

	return path != NULL && path[0] == '/' && stat(path, &st) == 0 &&
		S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
		(st.st_mode & 077) == 0;
}

/* systemd-tmpfiles leaves it while it is locked; so does another's sweep. */
static void keep(struct agent *a, int fd)
{
	if (a->rundir_lock != -1)
		close(a->rundir_lock);
	a->rundir_lock = fd;
	if (flock(fd, LOCK_SH | LOCK_NB) == -1)
		log_warning("%s cannot be locked: %s", a->rundir,
			strerror(errno));
}

static int offer(struct agent *a, struct err *e)
{
	char *run;

	if (a->rundir_given)
		return 0;
	if (mkdirat(a->rundir_lock, "run", 0700) == -1 && errno != EEXIST)
		return err_set(e, "%s/run: %s", a->rundir, strerror(errno));
	run = mem_printf("%s/run", a->rundir);
	sessionenv_set(&a->env, SESSIONENV_RUNTIME_DIR, run);
	free(run);
	return 0;
}

__attribute__((format(printf, 2, 3)))
static void tell(struct agent *a, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	log_tell("%s", line);
	fronts_notice(a, line);
}

static int is_same(int fd, int other)
{
	struct stat x, y;

	return fstat(fd, &x) == 0 && fstat(other, &y) == 0 &&
		x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* The session goes on without one. */
static void withdraw(struct agent *a)
{
	envlist_unset(&a->env, sessionenv_own_names[SESSIONENV_RUNTIME_DIR]);
}

void rundir_check(struct agent *a)
{
	int fd = safepath_dir(a->rundir, 1, NULL, &(struct err){ "" });
	char *path = NULL;
	struct err e;

	if (fd == -1) {
		fd = make_new(&path, &e);
	} else if (is_same(fd, a->rundir_lock)) {
		close(fd);
		/* A cleaner may take what is old in it. */
		if (offer(a, &e) == -1)
			log_warning("%s", e.text);
		return;
	}
	if (fd == -1) {
		tell(a, "%s was removed, and somebody else's is there: %s",
			a->rundir, e.text);
		withdraw(a);
		return;
	}
	tell(a, "%s was removed%s; it is made anew%s%s: programs that run may miss their sockets",
		a->rundir, path != NULL ? ", and somebody else's is there" : "",
		path != NULL ? " as " : "", path != NULL ? path : "");
	if (path != NULL) {
		free(a->rundir);
		a->rundir = path;
		a->rundir_made(path);
	}
	keep(a, fd);
	if (offer(a, &e) == -1)
		log_warning("%s", e.text);
}

int rundir_make(struct agent *a, void (*made)(const char *path),
	struct err *e)
{
	int fd = make_new(&a->rundir, e);
	char *base;

	if (fd == -1)
		return -1;
	a->rundir_made = made;
	made(a->rundir);
	keep(a, fd);
	base = mem_strdup(a->rundir);
	*strrchr(base, '/') = '\0';
	start_sweep(base);
	free(base);
	a->rundir_given = node_has_given_one(a);
	return offer(a, e);
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

void rundir_fini(struct agent *a)
{
	if (a->rundir_lock != -1)
		close(a->rundir_lock);
	free(a->rundir);
}
