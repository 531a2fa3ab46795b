/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef OS_SOCKPLACE_H
#define OS_SOCKPLACE_H

#include <sys/types.h>
#include <sys/un.h>

#include "base/err.h"

/*
 * A Unix socket in the private directory of this host (os/userdir.h). Each step
 * that touches a path is done by a child, since that directory may be on a file
 * system that does not answer, and whoever has a loop must not wait for it: the
 * child makes the socket, and hands its descriptors over.
 */
struct sockplace {
	char path[sizeof((struct sockaddr_un *)0)->sun_path];
	int listener;		/* it listens, non-blocking, mode 0600 */
	int dir;		/* locked, so that systemd-tmpfiles leaves it */
	int notify;		/* inotify(7): readable when dir changes */
	int no_lock, no_watch;	/* the errno of what could not be had */
	dev_t dev;		/* of dir, which is never asked again */
	ino_t ino;
	ino_t socket;		/* that of path, on the same file system */
};

#define SOCKPLACE_NONE { .listener = -1, .dir = -1, .notify = -1 }

enum sockplace_found {
	SOCKPLACE_NOT_YET,
	SOCKPLACE_MADE,		/* a new one */
	SOCKPLACE_SAME,		/* the one that was there is there still */
	SOCKPLACE_TAKEN,	/* another of ours has its name, which was given */
	SOCKPLACE_LOST,		/* somebody else's stands in its place; also of
				   a directory, before one with a name is made */
	SOCKPLACE_FAILED,	/* there is none, or nobody can tell */
};

/*
 * Make a socket that queues backlog connections.
 *	was NULL	a new one, called name, which it takes over from whichever
 *			socket has it; name NULL: as nobody else is called
 *	was		the one that was made before, with the same name: made anew
 *			if it was removed, or if who has its name now was killed
 * Returns the child's pid at once, or -1 with e set. *report becomes readable when
 * sockplace_result() knows more; the caller closes it.
 */
pid_t sockplace_start(const struct sockplace *was, const char *name,
	int backlog, int *report, struct err *e) __attribute__((warn_unused_result));

/*
 * p is filled in with SOCKPLACE_MADE only, and is then the caller's, to be given
 * to sockplace_close() and sockplace_remove(). e is set with _LOST and _FAILED.
 */
enum sockplace_found sockplace_result(int report, struct sockplace *p,
	struct err *e) __attribute__((warn_unused_result));

/*
 * Nobody waits for the child any more: it is killed, and what it has made is
 * removed. What it has begun on a file system that hangs may stay.
 */
void sockplace_cancel(pid_t pid, int report);

/* The descriptors; the name stays. */
void sockplace_close(struct sockplace *p);

/* The name goes, sooner or later, if it is still that of this socket. */
void sockplace_remove(const struct sockplace *p);

#endif
