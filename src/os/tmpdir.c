/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Directories that are made with a random name and removed with all that is in
 * them. The walk goes by descriptors and never follows a symlink, so that
 * nobody who may write below can have other files removed.
 */
#include "os/tmpdir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

#define PREFIX "vscode-remote-shell."
#define RANDOM "XXXXXX"

char *tmpdir_make(const char *base, struct err *e)
{
	char *path = mem_printf("%s/" PREFIX RANDOM, base);

	if (mkdtemp(path) == NULL) {
		err_set(e, "cannot make a directory in %s: %s", base,
			strerror(errno));
		free(path);
		return NULL;
	}
	return path;
}

int tmpdir_is_name(const char *name)
{
	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
		strlen(name) == strlen(PREFIX RANDOM);
}

struct removal {
	dev_t dev;	/* of the top: nothing else is entered */
	unsigned long left;	/* entries that may still be removed */
	int more;		/* than that */
	int failed;
	struct err *e;
};

static void failure(struct removal *r, const char *name, const char *why)
{
	if (!r->failed)
		err_set(r->e, "cannot remove %s: %s", name, why);
	r->failed = 1;
}

/*
 * Open a directory of ours, rights or not: programs leave ones without (package
 * caches are read-only). The mode is changed through the descriptor, which
 * cannot have become something else.
 */
static int open_dir(int at, const char *name)
{
	int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	int path = openat(at, name, flags | O_PATH), fd;
	char proc[64];
	struct stat st;

	if (path == -1)
		return -1;
	snprintf(proc, sizeof proc, "/proc/self/fd/%d", path);
	if (fstat(path, &st) == 0 && st.st_uid == geteuid() &&
		(st.st_mode & 0700) != 0700)
		(void)chmod(proc, 0700);
	fd = openat(path, ".", O_RDONLY | flags);
	close(path);
	return fd;
}

static void empty_dir(struct removal *r, int fd, int depth);

static void remove_dir(struct removal *r, int at, const char *name, int depth)
{
	struct stat st;
	int fd = open_dir(at, name);

	if (fd == -1) {
		/* Another one removes the same. */
		if (errno != ENOENT)
			failure(r, name, strerror(errno));
		return;
	}
	if (fstat(fd, &st) == 0 && st.st_dev == r->dev)
		empty_dir(r, fd, depth);
	else
		close(fd);
	if (!r->more && unlinkat(at, name, AT_REMOVEDIR) == -1 &&
		errno != ENOENT)
		failure(r, name, strerror(errno));
}

/* Takes fd over. A descriptor a level is what TMPDIR_DEPTH bounds. */
static void empty_dir(struct removal *r, int fd, int depth)
{
	DIR *dir = depth <= TMPDIR_DEPTH ? fdopendir(fd) : NULL;
	struct dirent *d;

	if (dir == NULL) {
		failure(r, "a directory", depth <= TMPDIR_DEPTH ?
			strerror(errno) : "nested too deeply");
		close(fd);
		return;
	}
	while (!r->more && (d = readdir(dir)) != NULL) {
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		if (r->left == 0) {
			r->more = 1;
			break;
		}
		r->left--;
		if (unlinkat(fd, d->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno == EISDIR || errno == EPERM)
			remove_dir(r, fd, d->d_name, depth + 1);
		else
			failure(r, d->d_name, strerror(errno));
	}
	closedir(dir);
}

int tmpdir_remove_at(int at, const char *path, unsigned long most,
	struct err *e)
{
	struct removal r = { .left = most, .e = e };
	struct stat st;

	if (fstatat(at, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT ? 0 :
			err_set(e, "%s: %s", path, strerror(errno));
	if (!S_ISDIR(st.st_mode))
		return err_set(e, "%s: not a directory", path);
	r.dev = st.st_dev;
	remove_dir(&r, at, path, 0);
	return r.failed ? -1 : r.more;
}

int tmpdir_remove(const char *path, struct err *e)
{
	return tmpdir_remove_at(AT_FDCWD, path, ULONG_MAX, e);
}
