/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/pathdial.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "os/nodefs.h"
#include "os/spawn.h"

#define ANSWER_MAX 512

int pathdial_is_ours(const char *path, struct err *e)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno)), 0;
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, "%s is not a socket", path), 0;
	if (st.st_uid != geteuid())
		return err_set(e, "%s belongs to uid %ld", path,
			(long)st.st_uid), 0;
	return 1;
}

static int connect_to(const char *path, struct err *e)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd, error;

	errno = ENAMETOOLONG;
	if (strlen(path) >= sizeof addr.sun_path)
		return err_set(e, "%.200s: %s", path, strerror(ENAMETOOLONG));
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd != -1 && connect(fd, (struct sockaddr *)&addr, sizeof addr) == 0
		&& fcntl(fd, F_SETFL, O_NONBLOCK) == 0)
		return fd;
	error = errno;
	err_set(e, "connect: %s", strerror(error));
	if (fd != -1)
		close(fd);
	errno = error;
	return -1;
}

/*
 * Who has made it ended without it, and the next one cannot make it then. On a file
 * system of several machines one of the others may be behind it.
 */
static void remove_dead(const char *path, struct err *why)
{
	int fd = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	int is_ours = fd != -1 && nodefs_is(fd) && unlink(path) == 0;

	if (fd != -1)
		close(fd);
	err_set(why, is_ours ?
		"an earlier ssh had left it there: it is removed now, so connect once more" :
		"an earlier ssh has left it there, or it is another machine's: remove it, and connect once more");
}

union control {
	struct cmsghdr header;
	char space[CMSG_SPACE(sizeof(int))];
};

/* One message: nothing when all is well, else why not; the socket with it. */
static void answer(int to, const struct err *why, int fd)
{
	union control control = { 0 };
	struct iovec iov = { .iov_base = (char *)why->text,
		.iov_len = strnlen(why->text, ANSWER_MAX - 1) + 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd != -1) {
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof fd);
		memcpy(CMSG_DATA(&control.header), &fd, sizeof fd);
		msg.msg_control = &control;
		msg.msg_controllen = sizeof control;
	}
	(void)sendmsg(to, &msg, MSG_NOSIGNAL);
}

pid_t pathdial_start(const char *path, int dial, int *report, struct err *e)
{
	struct err why = { "" };
	int to, fd = -1;
	pid_t pid = spawn_reporter(report, &to, e);

	if (pid != 0)
		return pid;
	if (pathdial_is_ours(path, &why) && dial)
		fd = connect_to(path, &why);
	if (dial == PATHDIAL_DIAL_OR_REMOVE && fd == -1 && errno == ECONNREFUSED)
		remove_dead(path, &why);
	answer(to, &why, fd);
	_exit(0);
}

int pathdial_result(int report, int *fd, struct err *e)
{
	union control control;
	char text[ANSWER_MAX] = "";
	struct iovec iov = { .iov_base = text, .iov_len = sizeof text - 1 };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof control };
	struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	do {
		n = recvmsg(report, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return 1;
	if (n <= 0)
		return err_set(e, "the socket could not be looked at");
	c = CMSG_FIRSTHDR(&msg);
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
		c->cmsg_type == SCM_RIGHTS)
		memcpy(fd, CMSG_DATA(c), sizeof *fd);
	if (text[0] == '\0')
		return 0;
	if (*fd != -1)
		close(*fd);
	*fd = -1;
	return err_set(e, "%s", text);
}
