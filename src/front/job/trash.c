/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Folders are moved to DIR/gone and removed there. That directory comes and goes
 * with what is in it, by the hands of several fronts at once: so a move makes it
 * when it is missing and tries again, and a directory that is not empty stays.
 */
#include "front/job/trash.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/tmpdir.h"

#define GONE "gone"

/* 0: moved, or not there any more; -1 with errno set. */
static int trash_move(int state_fd, const char *tag, const char *to)
{
	/* Whoever empties the directory may remove it in between. */
	for (int try = 0; try < 3; try++) {
		if (renameat(state_fd, tag, state_fd, to) == 0)
			return 0;
		if (errno != ENOENT)
			return -1;
		if (faccessat(state_fd, tag, F_OK, AT_SYMLINK_NOFOLLOW) == -1)
			return errno == ENOENT ? 0 : -1;
		if (mkdirat(state_fd, GONE, 0700) == -1 && errno != EEXIST)
			return -1;
	}
	return -1;
}

static int trash_entry(int state_fd, const char *tag, char *path, size_t size)
{
	snprintf(path, size, GONE "/%s", tag);
	if (trash_move(state_fd, tag, path) == 0)
		return 0;
	snprintf(path, size, "%s", tag);
	return -1;
}

int trash_put(int state_fd, const char *tag, struct err *e)
{
	char path[NAME_MAX];

	return trash_entry(state_fd, tag, path, sizeof path) == 0 ? 0 :
		tmpdir_remove_at(state_fd, path, ULONG_MAX, e);
}

int trash_remove(int state_fd, const char *tag, unsigned long most,
	struct err *e)
{
	char path[NAME_MAX];
	int ret;

	(void)trash_entry(state_fd, tag, path, sizeof path);
	ret = tmpdir_remove_at(state_fd, path, most, e);
	/* It stays as long as something else is in it. */
	(void)unlinkat(state_fd, GONE, AT_REMOVEDIR);
	return ret == -1 ? -1 : 0;
}

/* Once through the directory; the number of what was removed. */
static unsigned long pass(DIR *dir, int *failed, struct err *e)
{
	unsigned long n = 0;
	struct dirent *d;

	rewinddir(dir);
	*failed = 0;
	while ((d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (tmpdir_remove_at(dirfd(dir), d->d_name, ULONG_MAX, e) == -1)
			*failed = 1;
		else
			n++;
	}
	return n;
}

int trash_empty(int state_fd, struct err *e)
{
	int fd = openat(state_fd, GONE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC), failed;
	DIR *dir;

	if (fd == -1)
		return errno == ENOENT ? 0 :
			err_set(e, GONE ": %s", strerror(errno));
	/* NFS has no such lock of a directory. */
	if (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		close(fd);
		return 0;
	}
	dir = fdopendir(fd);
	if (dir == NULL) {
		close(fd);
		return err_set(e, GONE ": %s", strerror(errno));
	}
	/* Others, whom the lock sends away, put theirs here meanwhile. */
	while (pass(dir, &failed, e) > 0)
		;
	(void)unlinkat(state_fd, GONE, AT_REMOVEDIR);
	closedir(dir);
	return failed ? -1 : 0;
}
