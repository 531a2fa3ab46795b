/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns nothing: what each caller would get wrong in a way of its own, as loops
 * around poll(2) and write(2) at a signal, at a short write, or at a deadline that
 * is past, and descriptors that are left open when the second of two calls fails.
 */
#include "os/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/clock.h"

int fd_wait(int fd, short events, long long until)
{
	struct pollfd p = { .fd = fd, .events = events };

	for (;;) {
		long long ms = until == FD_FOREVER ? -1 : until - clock_ms();
		int n;

		if (ms < 0 && until != FD_FOREVER)
			ms = 0;
		n = poll(&p, 1, ms > INT_MAX ? INT_MAX : (int)ms);
		if (n != -1 || errno != EINTR)
			return n;
	}
}

int fd_is_dead(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) == 1 &&
		(p.revents & (POLLERR | POLLHUP | POLLNVAL)) != 0;
}

int fd_write_all(int fd, const void *data, size_t len)
{
	const char *p = data;

	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n > 0) {
			p += n;
			len -= (size_t)n;
		} else if (n == -1 && errno == EAGAIN) {
			/* A pipe that its other users made so. */
			if (fd_wait(fd, POLLOUT, FD_FOREVER) == -1)
				return -1;
		} else if (n == -1 && errno != EINTR) {
			return -1;
		}
	}
	return 0;
}

DIR *fd_opendir(int dirfd)
{
	int fd = openat(dirfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd == -1 ? NULL : fdopendir(fd);

	if (dir == NULL)
		fd_close(fd);
	return dir;
}

time_t fd_now(int dirfd)
{
	struct stat st;

	return futimens(dirfd, NULL) == -1 || fstat(dirfd, &st) == -1 ? 0 :
		st.st_mtime;
}

void fd_drop_standard(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (null == -1 || dup2(null, fd) == -1)
			close(fd);
	if (null > STDERR_FILENO)
		close(null);
}

void fd_close(int fd)
{
	int saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
}
