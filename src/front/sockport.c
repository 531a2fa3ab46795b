/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The listener, its directory, and an inotify(7) watch on that: every change there
 * comes to changed_cb(), which looks whether directory and socket are still the
 * ones that we made, makes them anew where they are not, and gives up (lost()) if
 * what stands there now is not ours.
 */
#include "front/sockport.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/secret.h"
#include "os/userdir.h"

struct sockport {
	struct event_base *base;
	int backlog;
	struct listener_guard guard;
	listener_cb *accepted;
	void (*lost)(const struct err *, void *);
	void *arg;
	char *dir, *path;
	int fd;				/* of dir; -1: none */
	int notify;			/* inotify(7); -1: none */
	struct event *changed;
	struct listener *listener;
};

/*
 * A name would be looked up anew: what we have open is watched. The kernel tells
 * of no rmdir() as long as it is open, but the socket must go before.
 */
static void sockport_watch(struct sockport *s)
{
	char self[64];

	snprintf(self, sizeof self, "/proc/self/fd/%d", s->fd);
	if (s->notify == -1 || inotify_add_watch(s->notify, self,
		IN_DELETE | IN_MOVED_FROM | IN_MOVE_SELF) == -1)
		log_warning("%s cannot be watched: %s", s->dir,
			strerror(errno));
}

/* The listener is in the directory that fd is of; which is ours to close. */
static int sockport_settle(struct sockport *s, int fd, struct err *e)
{
	if (s->fd != -1)
		close(s->fd);
	s->fd = fd;
	/* systemd-tmpfiles leaves it then. */
	if (flock(fd, LOCK_SH | LOCK_NB) == -1)
		log_info("%s cannot be locked: %s", s->dir, strerror(errno));
	sockport_watch(s);
	s->listener = listener_open_unix(s->base, s->path, s->backlog,
		&s->guard, s->accepted, s->arg, e);
	return s->listener == NULL ? -1 : 0;
}

static int is_same(int fd, int other)
{
	struct stat x, y;

	return fstat(fd, &x) == 0 && fstat(other, &y) == 0 &&
		x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static void changed_cb(evutil_socket_t notify, short what, void *arg)
{
	struct sockport *s = arg;
	char events[4096];
	struct stat st;
	struct err e;
	int fd;

	(void)what;
	while (read(notify, events, sizeof events) > 0)
		;
	fd = safepath_dir(s->dir, 1, NULL, &e);
	if (fd != -1 && is_same(fd, s->fd) && faccessat(fd,
		strrchr(s->path, '/') + 1, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		close(fd);
		return;
	}
	if (fd != -1) {
		listener_close(s->listener);
		s->listener = NULL;
		if (sockport_settle(s, fd, &e) == 0) {
			log_tell("%s was removed and is made anew", s->path);
			return;
		}
	}
	if (lstat(s->dir, &st) == 0)
		s->lost(&e, s->arg);
	else
		log_warning("%s was removed: %s", s->dir, e.text);
}

struct sockport *sockport_open(struct event_base *base, int backlog,
	const struct listener_guard *guard, listener_cb *accepted,
	void (*lost)(const struct err *, void *), void *arg, struct err *e)
{
	struct sockport *s;
	char tag[17], *dir = userdir_runtime(e);
	int fd = dir == NULL ? -1 : safepath_dir(dir, 0, NULL, e);

	if (fd == -1) {
		free(dir);
		return NULL;
	}
	secret_tag(tag);
	s = mem_alloc(sizeof *s);
	*s = (struct sockport){ .base = base, .backlog = backlog,
		.guard = *guard, .accepted = accepted, .lost = lost,
		.arg = arg, .dir = dir, .fd = -1 };
	s->path = mem_printf("%s/%s", dir, tag);
	s->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (s->notify != -1) {
		s->changed = event_new(base, s->notify, EV_READ | EV_PERSIST,
			changed_cb, s);
		event_add(s->changed, NULL);
	}
	if (sockport_settle(s, fd, e) == 0)
		return s;
	sockport_close(s);
	return NULL;
}

const char *sockport_path(const struct sockport *s)
{
	return s->path;
}

void sockport_close(struct sockport *s)
{
	if (s == NULL)
		return;
	listener_close(s->listener);
	if (s->changed != NULL)
		event_free(s->changed);
	if (s->notify != -1)
		close(s->notify);
	if (s->fd != -1)
		close(s->fd);
	free(s->path);
	free(s->dir);
	free(s);
}
