/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the numbers of Linux's pseudo terminals, and who may be written to: a
 * terminal may have changed hands since its process was seen, so its owner is
 * asked of what was opened.
 */
#include "os/pts.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define PTS_MAJOR 136		/* to 143, each with 256 terminals */
#define PTS_MAJORS 8

int pts_number(int tty)
{
	unsigned major = (unsigned)tty >> 8 & 0xfff;
	unsigned minor = ((unsigned)tty & 0xff) |
		((unsigned)tty >> 12 & 0xfff00);

	if (major < PTS_MAJOR || major >= PTS_MAJOR + PTS_MAJORS)
		return -1;
	return (int)((major - PTS_MAJOR) * 256 + minor);
}

/* Writable for the group is what mesg(1) changes. */
int pts_tell(int number, uid_t uid, const char *text, size_t len)
{
	char path[32];
	struct stat st;
	int fd, ret;

	snprintf(path, sizeof path, "/dev/pts/%d", number);
	fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW |
		O_CLOEXEC);
	if (fd == -1)
		return -1;
	ret = fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_uid == uid &&
		(st.st_mode & S_IWGRP) != 0 && isatty(fd) &&
		write(fd, text, len) != -1 ? 0 : -1;
	close(fd);
	return ret;
}
