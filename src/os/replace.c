/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * By a temporary file beside it and rename(2). For files of a user, in
 * directories that others may write, os/safepath.c has its own.
 */
#include "os/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/safepath.h"

int replace_file(const char *path, mode_t mode, const void *data, size_t len,
	struct err *e)
{
	char *temp = mem_printf("%s.%d", path, (int)getpid());
	int fd = open(temp, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	int bad = fd == -1;

	if (!bad)
		bad = fd_write_all(fd, data, len) == -1 ||
			fchmod(fd, mode) == -1;
	if (fd != -1 && close(fd) == -1)
		bad = 1;
	if (!bad)
		bad = rename(temp, path) == -1;
	if (bad) {
		int saved = errno;

		err_set(e, "%s: cannot be written: %s", path,
			safepath_strerror(saved));
		if (fd != -1)
			unlink(temp);
		errno = saved;
	}
	free(temp);
	return bad ? -1 : 0;
}
