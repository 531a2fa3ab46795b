/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of settings. What decides whose the file is are its owner and mode when it
 * is open, so nobody can put another in its place between the look and the read.
 */
#include "os/conffile.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "os/owngroup.h"

/* 1 with the size in st, 0 when it is /dev/null. */
static int conffile_check(int fd, struct stat *st, struct err *e)
{
	if (fstat(fd, st) == -1)
		return err_set(e, "%s", strerror(errno));
	if (S_ISCHR(st->st_mode) && st->st_rdev == makedev(1, 3))
		return 0;
	if (!S_ISREG(st->st_mode))
		return err_set(e, "is not a regular file");
	if (st->st_uid != 0 && st->st_uid != geteuid())
		return err_set(e, "belongs to uid %u; it must be root's or yours",
			(unsigned)st->st_uid);
	if ((st->st_mode & 002) ||
		((st->st_mode & 020) && !owngroup_only(fd, st)))
		return err_set(e, "others may write it (mode %04o): chmod go-w it",
			(unsigned)st->st_mode & 07777);
	if (st->st_size > CONFFILE_MAX)
		return err_set(e, "is larger than %d bytes", CONFFILE_MAX);
	return 1;
}

/* As long as it was when it was checked: what is written meanwhile is not read. */
static int read_whole(int fd, struct buf *text, struct err *e)
{
	struct stat st;
	int ret = conffile_check(fd, &st, e);
	size_t left;

	if (ret != 1)
		return ret;
	for (left = (size_t)st.st_size; left > 0; ) {
		ssize_t n = read(fd, buf_reserve(text, left), left);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return err_set(e, "%s", strerror(errno));
		if (n == 0)
			return err_set(e, "it changed while it was read: try again");
		buf_commit(text, (size_t)n);
		left -= (size_t)n;
	}
	return 0;
}

int conffile_read(const char *path, struct buf *text, struct err *e)
{
	int ret, fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (fd == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 0;
		return err_set(e, "%.200s: %s", path, strerror(errno));
	}
	ret = read_whole(fd, text, e);
	close(fd);
	return ret == -1 ? err_prefix(e, "%s: ", path) : 1;
}
