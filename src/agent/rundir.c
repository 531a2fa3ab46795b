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
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "os/dirusers.h"
#include "os/log.h"
#include "os/spawn.h"
#include "os/tmpdir.h"
#include "pure/mem.h"
#include "pure/sessionenv.h"

#define ENTRIES_MAX 100000	/* of /tmp, that are looked at */
#define SWEEP_SECONDS 60
#define GROWN_UP_SECONDS 60	/* a younger one may not have its lock yet */

/* Short, since names of Unix sockets are; TMPDIR may be anything. */
static const char *base_dir(void)
{
	const char *other = getenv("TMPDIR");

	if (access("/tmp", W_OK | X_OK) == 0 || other == NULL ||
		other[0] != '/')
		return "/tmp";
	return other;
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

int rundir_make(struct agent *a, struct err *e)
{
	const char *base = base_dir();
	char *run;
	int ret = 0;

	a->rundir = tmpdir_make(base, e);
	if (a->rundir == NULL)
		return -1;
	a->rundir_lock = open(a->rundir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC);
	if (a->rundir_lock == -1 ||
		flock(a->rundir_lock, LOCK_SH | LOCK_NB) == -1)
		log_warning("%s cannot be locked: %s", a->rundir,
			strerror(errno));
	start_sweep(base);
	if (node_has_given_one(a))
		return 0;
	run = mem_printf("%s/run", a->rundir);
	if (mkdir(run, 0700) == -1)
		ret = err_set(e, "%s: %s", run, strerror(errno));
	else
		sessionenv_set(&a->env, SESSIONENV_RUNTIME_DIR, run);
	free(run);
	return ret;
}

void rundir_retire(const char *path)
{
	struct dirusers user;
	struct stat st;
	struct err e;
	int used;

	if (lstat(path, &st) == -1)
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

void rundir_fini(struct agent *a)
{
	if (a->rundir_lock != -1)
		close(a->rundir_lock);
	free(a->rundir);
}
