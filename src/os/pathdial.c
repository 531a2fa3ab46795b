/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/pathdial.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/fd.h"
#include "os/fdpass.h"
#include "os/nodefs.h"
#include "os/peeruid.h"
#include "os/spawn.h"

#define ANSWER_MAX 512

static int is_socket_of_ours(const struct stat *st, const char *path,
	struct err *e)
{
	if (!S_ISSOCK(st->st_mode))
		return err_set(e, "%s is not a socket", path), 0;
	if (st->st_uid != geteuid())
		return err_set(e, "%s belongs to uid %ld", path,
			(long)st->st_uid), 0;
	return 1;
}

int pathdial_is_ours(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno)), 0;
	return is_socket_of_ours(&st, path, e);
}

/* What at is, whatever has its name by now. -1 and errno. */
static int connect_inode(int at, int type)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

	snprintf(addr.sun_path, sizeof addr.sun_path, "/proc/self/fd/%d", at);
	if (fd != -1 && connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0)
		return fd;
	fd_close(fd);
	return -1;
}

/* The one that asks is of another type than those that listen: none accepts it. */
static int is_left_behind(int at)
{
	int fd = connect_inode(at, SOCK_DGRAM), is;

	is = fd == -1 && errno == ECONNREFUSED;
	fd_close(fd);
	return is;
}

int pathdial_is_left_behind(const char *path)
{
	int at = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), is;

	is = at != -1 && is_left_behind(at);
	fd_close(at);
	return is;
}

/* Whether path is still the name of at. */
static int is_still(const char *path, int at)
{
	struct stat x, y;

	return lstat(path, &x) == 0 && fstat(at, &y) == 0 &&
		x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/*
 * Who has made it ended without it, and the next one cannot make it then. On a file
 * system of several machines one of the others may be behind it. One that was made
 * anew meanwhile is another, and one of who does not listen yet is not dead.
 */
static void remove_dead(const char *path, int at, struct err *why)
{
	int is_gone = nodefs_is(at) && is_left_behind(at) &&
		is_still(path, at) && unlink(path) == 0;

	err_set(why, is_gone ?
		"an earlier ssh had left it there: it is removed now, so connect once more" :
		"an earlier ssh has left it there, or it is another machine's: remove it, and connect once more");
}

static int dial_inode(const char *path, int at, int dial, struct err *why)
{
	struct stat st;
	uid_t uid;
	int fd;

	if (fstat(at, &st) == -1)
		return err_set(why, "%s: %s", path, strerror(errno));
	if (!is_socket_of_ours(&st, path, why))
		return -1;
	fd = connect_inode(at, SOCK_STREAM);
	if (fd == -1) {
		err_set(why, "connect: %s", strerror(errno));
		if (errno == ECONNREFUSED && dial == PATHDIAL_DIAL_OR_REMOVE)
			remove_dead(path, at, why);
		return -1;
	}
	/* Its directory may be anybody's, and so whoever listens there now. */
	if (peeruid_unix(fd, &uid) == 0 && uid == geteuid() &&
		fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	fd_close(fd);
	return err_set(why, "%s is served by another user", path);
}

static int dial_path(const char *path, int dial, struct err *why)
{
	int at = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC), fd;

	if (at == -1)
		return err_set(why, "%s: %s", path, strerror(errno));
	fd = dial_inode(path, at, dial, why);
	fd_close(at);
	return fd;
}

pid_t pathdial_start(const char *path, int dial, int *report, struct err *e)
{
	struct err why = { "" };
	int to, fd = -1;
	pid_t pid = spawn_reporter(report, &to, e);

	if (pid != 0)
		return pid;
	if (pathdial_is_ours(path, &why) && dial)
		fd = dial_path(path, dial, &why);
	/* Nothing when all is well, else why not. */
	(void)fdpass_send(to, why.text, strnlen(why.text, ANSWER_MAX - 1) + 1,
		&fd, fd != -1);
	_exit(0);
}

int pathdial_result(int report, int *fd, struct err *e)
{
	char text[ANSWER_MAX] = "";
	int fds[FDPASS_MAX], is_cut;
	ssize_t n = fdpass_receive(report, text, sizeof text - 1, fds, &is_cut);

	*fd = -1;
	if (n == -1 && errno == EAGAIN)
		return 1;
	if (n <= 0)
		return err_set(e, "the socket could not be looked at");
	if (is_cut)
		return err_set(e, "%s", strerror(EMFILE));
	if (text[0] == '\0') {
		*fd = fds[0];
		return 0;
	}
	fd_close(fds[0]);
	return err_set(e, "%s", text);
}
