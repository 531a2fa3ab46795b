/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The child answers by one message, with the descriptors in it. It lets go of
 * stdin, stdout and stderr first: sshd waits for whoever has them, and so the
 * child of a file system that hangs would keep a connection open whose front has
 * ended.
 */
#include "os/sockplace.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/fdpass.h"
#include "os/pathdial.h"
#include "os/procsig.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/spawn.h"
#include "os/userdir.h"

#define REMOVE_SECONDS 600	/* the child of one that hangs for good ends */

struct sockplace_answer {
	enum sockplace_found found;
	struct sockplace place;		/* without its descriptors */
	struct err why;
};

static const struct sockplace none = SOCKPLACE_NONE;

/*
 * A name would be looked up anew: what is open is watched. The kernel tells of
 * no rmdir() as long as it is open, but the socket must go before.
 */
static void sockplace_watch(struct sockplace *p)
{
	char self[64];

	snprintf(self, sizeof self, "/proc/self/fd/%d", p->dir);
	p->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (p->notify != -1 && inotify_add_watch(p->notify, self,
		IN_DELETE | IN_MOVED_FROM | IN_MOVE_SELF) != -1)
		return;
	p->no_watch = errno;
	fd_close(p->notify);
	p->notify = -1;
}

static int cannot_listen(const char *path, const char *why, struct err *e)
{
	return err_set(e, "cannot listen on %s: %s", path, why);
}

/* Under a name that nobody else knows. */
static int sockplace_bind(struct sockplace *p, const char *path, int backlog,
	struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;

	if (snprintf(addr.sun_path, sizeof addr.sun_path, "%s", path) >=
		(int)sizeof addr.sun_path)
		return err_set(e, "%s: longer than the %zu bytes a Unix socket's path may have",
			path, sizeof addr.sun_path - 1);
	umask(0177);
	p->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
		SOCK_CLOEXEC, 0);
	if (p->listener == -1 || bind(p->listener, (struct sockaddr *)&addr,
		sizeof addr) == -1)
		return cannot_listen(path, safepath_strerror(errno), e);
	if (listen(p->listener, backlog) == 0 && lstat(path, &st) == 0) {
		p->socket = st.st_ino;
		return 0;
	}
	cannot_listen(path, strerror(errno), e);
	(void)unlink(path);
	return -1;
}

/*
 * The name that was asked for, from one that nobody else knows. Who takes over
 * gets it from whoever has it, without a moment in which nobody does; else it is
 * left to who was faster.
 */
static enum sockplace_found name_it(struct sockplace *p, const char *made,
	int takes_over, struct err *e)
{
	struct stat st;
	int error = 0;

	if (takes_over && lstat(p->path, &st) == 0 && !S_ISSOCK(st.st_mode)) {
		cannot_listen(p->path, "something else has that name: remove it",
			e);
		(void)unlink(made);
		return SOCKPLACE_FAILED;
	}
	if ((takes_over ? rename(made, p->path) : link(made, p->path)) == -1)
		error = errno;
	if (error != 0 || !takes_over)
		(void)unlink(made);
	if (error == 0)
		return SOCKPLACE_MADE;
	cannot_listen(p->path, strerror(error), e);
	return error == EEXIST ? SOCKPLACE_TAKEN : SOCKPLACE_FAILED;
}

static enum sockplace_found bind_named(struct sockplace *p, int takes_over,
	int backlog, struct err *e)
{
	const char *slash = strrchr(p->path, '/');
	char tag[17], *made;
	enum sockplace_found found = SOCKPLACE_FAILED;

	secret_tag(tag);
	made = mem_printf("%.*s/%s", (int)(slash - p->path), p->path, tag);
	if (sockplace_bind(p, made, backlog, e) == 0)
		found = name_it(p, made, takes_over, e);
	free(made);
	return found;
}

/* In p->dir, which is open. */
static enum sockplace_found sockplace_settle(struct sockplace *p,
	const char *name, int takes_over, int backlog, struct err *e)
{
	struct stat st;

	if (fstat(p->dir, &st) == -1) {
		err_set(e, "%s: %s", p->path, strerror(errno));
		return SOCKPLACE_FAILED;
	}
	p->dev = st.st_dev;
	p->ino = st.st_ino;
	if (flock(p->dir, LOCK_SH | LOCK_NB) == -1)
		p->no_lock = errno;
	sockplace_watch(p);
	if (name != NULL)
		return bind_named(p, takes_over, backlog, e);
	return sockplace_bind(p, p->path, backlog, e) == 0 ? SOCKPLACE_MADE :
		SOCKPLACE_FAILED;
}

static enum sockplace_found sockplace_make(struct sockplace *p,
	const char *name, int backlog, struct err *e)
{
	char tag[17], *dir = userdir_runtime(0, e);
	int n;

	if (dir == NULL)
		return SOCKPLACE_FAILED;
	/* Under that name who was told it earlier would find whoever has it. */
	if (name != NULL && e->text[0] != '\0') {
		free(dir);
		return SOCKPLACE_LOST;
	}
	p->dir = safepath_dir(dir, 0, NULL, e);
	if (p->dir == -1)
		return SOCKPLACE_FAILED;
	secret_tag(tag);
	if (name == NULL)
		name = tag;
	n = snprintf(p->path, sizeof p->path, "%s/%s", dir, name);
	if (n >= (int)sizeof p->path) {
		err_set(e, "%s/%s: longer than the %zu bytes a Unix socket's path may have",
			dir, name, sizeof p->path - 1);
		return SOCKPLACE_FAILED;
	}
	free(dir);
	return sockplace_settle(p, name == tag ? NULL : name, 1, backlog, e);
}

static enum sockplace_found look_again(const struct sockplace *was,
	const char *name, struct sockplace *p, int backlog, struct err *e)
{
	char dir[sizeof p->path];
	const char *slash = strrchr(was->path, '/');
	enum sockplace_found found = SOCKPLACE_FAILED;
	int takes_over = 0;
	struct stat st;

	memcpy(p->path, was->path, sizeof p->path);
	snprintf(dir, sizeof dir, "%.*s", (int)(slash - was->path), was->path);
	p->dir = safepath_dir(dir, 1, NULL, e);
	if (p->dir != -1 && fstat(p->dir, &st) == 0 && st.st_dev == was->dev &&
		st.st_ino == was->ino && fstatat(p->dir, slash + 1, &st,
		AT_SYMLINK_NOFOLLOW) == 0) {
		if (name == NULL || st.st_ino == was->socket)
			return SOCKPLACE_SAME;
		takes_over = pathdial_is_left_behind(was->path);
		if (!takes_over)
			return SOCKPLACE_TAKEN;
	}
	if (p->dir != -1)
		found = sockplace_settle(p, name, takes_over, backlog, e);
	if (found != SOCKPLACE_FAILED)
		return found;
	return lstat(dir, &st) == 0 ? SOCKPLACE_LOST : SOCKPLACE_FAILED;
}

/* -1: nobody wants it any more. */
static int sockplace_answer(int to, struct sockplace_answer *a)
{
	const int fds[FDPASS_MAX] = { a->place.listener, a->place.dir,
		a->place.notify };
	unsigned n = a->place.notify == -1 ? FDPASS_MAX - 1 : FDPASS_MAX;

	return fdpass_send(to, a, sizeof *a, fds,
		a->found == SOCKPLACE_MADE ? n : 0);
}

static void sockplace_child(int to, const struct sockplace *was,
	const char *name, int backlog)
{
	struct sockplace_answer a = { .place = none };

	fd_drop_standard();
	a.found = was == NULL ?
		sockplace_make(&a.place, name, backlog, &a.why) :
		look_again(was, name, &a.place, backlog, &a.why);
	if (sockplace_answer(to, &a) == -1 && a.found == SOCKPLACE_MADE)
		(void)unlink(a.place.path);
}

pid_t sockplace_start(const struct sockplace *was, const char *name,
	int backlog, int *report, struct err *e)
{
	int to;
	pid_t pid = spawn_reporter(report, &to, e);

	if (pid != 0)
		return pid;
	sockplace_child(to, was, name, backlog);
	_exit(0);
}

enum sockplace_found sockplace_result(int report, struct sockplace *p,
	struct err *e)
{
	struct sockplace_answer a;
	int fds[FDPASS_MAX], is_cut;
	ssize_t n = fdpass_receive(report, &a, sizeof a, fds, &is_cut);

	if (n == -1 && errno == EAGAIN)
		return SOCKPLACE_NOT_YET;
	if (n != sizeof a) {
		err_set(e, "the child that makes it has died");
		return SOCKPLACE_FAILED;
	}
	*e = a.why;
	if (a.found != SOCKPLACE_MADE)
		return a.found;
	*p = a.place;
	p->listener = fds[0];
	p->dir = fds[1];
	p->notify = fds[2];
	if (!is_cut)
		return SOCKPLACE_MADE;
	err_set(e, "%s: %s", p->path, strerror(EMFILE));
	sockplace_remove(p);
	return SOCKPLACE_FAILED;
}

void sockplace_cancel(pid_t pid, int report)
{
	struct sockplace p;
	struct err e;

	procsig_send(pid, SIGKILL);
	if (sockplace_result(report, &p, &e) == SOCKPLACE_MADE) {
		sockplace_close(&p);
		sockplace_remove(&p);
	}
	close(report);
}

void sockplace_close(struct sockplace *p)
{
	fd_close(p->listener);
	fd_close(p->dir);
	fd_close(p->notify);
	p->listener = p->dir = p->notify = -1;
}

void sockplace_remove(const struct sockplace *p)
{
	pid_t pid = spawn_branch(STDERR_FILENO);
	struct stat st;

	if (pid != 0)
		return;		/* the name stays if there is no child */
	fd_drop_standard();
	alarm(REMOVE_SECONDS);
	if (lstat(p->path, &st) == 0 && st.st_ino == p->socket)
		(void)unlink(p->path);
	_exit(0);
}
