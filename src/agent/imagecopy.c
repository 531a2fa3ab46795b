/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file that somebody changes meanwhile would be neither the one nor the other, so
 * its size and time are looked at again. What is of no use in an image of an ordinary
 * user is left out: devices, sockets, and files that only root may read.
 */
#include "agent/imagecopy.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/fd.h"
#include "os/safepath.h"
#include "os/tmpdir.h"

#define AT_ONCE (1 << 20)	/* bytes */
#define SYNC_EACH (64ULL << 20)	/* so that no wait for the disk is a long one */

struct imagecopy_size imagecopy_size(unsigned long long bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	struct imagecopy_size size;
	double n = (double)bytes / 1024;
	int i = 0;

	for (; n >= 1000 && i < 3; i++)
		n /= 1024;
	snprintf(size.s, sizeof size.s, n < 10 && i > 0 ? "%.1f %s" : "%.0f %s",
		n, units[i]);
	return size;
}

static int goes_on(const struct imagecopy *c, struct err *e)
{
	return c->at == NULL ? 0 : c->at(c, c->arg, e);
}

static int sync_now_and_then(const struct imagecopy *c, int to, size_t n,
	struct err *e)
{
	if (c->bytes / SYNC_EACH == (c->bytes - n) / SYNC_EACH)
		return 0;
	return (S_ISDIR(c->st.st_mode) ? syncfs(to) : fdatasync(to)) == 0 ? 0 :
		err_set(e, "%s", safepath_strerror(errno));
}

static int copy_bytes(struct imagecopy *c, int from, int to, const char *name,
	struct err *e)
{
	char *some = mem_alloc(AT_ONCE);
	int ret = 0;
	ssize_t n;

	while (ret == 0 && (n = read(from, some, AT_ONCE)) != 0) {
		if (n == -1) {
			ret = err_set(e, "%s cannot be read: %s", name,
				strerror(errno));
		} else if (fd_write_all(to, some, (size_t)n) == -1) {
			ret = err_set(e, "%s", safepath_strerror(errno));
		} else {
			c->bytes += (unsigned long long)n;
			ret = sync_now_and_then(c, to, (size_t)n, e);
			if (ret == 0)
				ret = goes_on(c, e);
		}
	}
	free(some);
	c->files++;
	return ret;
}

int imagecopy_file(struct imagecopy *c, int to, struct err *e)
{
	int from = open(c->image, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat now;
	int ret;

	if (from == -1)
		return err_set(e, "%s: %s", c->image, strerror(errno));
	ret = copy_bytes(c, from, to, c->image, e);
	if (ret == 0 && (fstat(from, &now) == -1 ||
		c->bytes != (unsigned long long)c->st.st_size ||
		now.st_size != c->st.st_size ||
		now.st_mtim.tv_sec != c->st.st_mtim.tv_sec ||
		now.st_mtim.tv_nsec != c->st.st_mtim.tv_nsec))
		ret = err_set(e, "%s was changed while it was copied",
			c->image);
	close(from);
	return ret;
}

/* ---- a directory --------------------------------------------------------- */

/* Two directories, and how deep they are. */
struct level {
	int from, to, depth;
};

static int copy_level(struct imagecopy *c, struct level l, struct err *e);

static int cannot(const char *name, struct err *e)
{
	return err_set(e, "%s of the image: %s", name, safepath_strerror(errno));
}

static int copy_link(const struct level *l, const char *name, struct err *e)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(l->from, name, text, sizeof text - 1);

	if (n == -1)
		return cannot(name, e);
	text[n] = '\0';
	return symlinkat(text, l->to, name) == 0 ? 0 : cannot(name, e);
}

static int copy_regular(struct imagecopy *c, const struct level *l,
	const char *name, mode_t mode, struct err *e)
{
	int from = openat(l->from, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW), to;
	int ret;

	if (from == -1)
		return errno == EACCES ? 0 : cannot(name, e);
	to = openat(l->to, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	ret = to == -1 ? cannot(name, e) : copy_bytes(c, from, to, name, e);
	if (ret == 0 && fchmod(to, (mode & 0777) | 0600) == -1)
		ret = cannot(name, e);
	close(from);
	/* A quota of some network file systems is told here. */
	if (to != -1 && close(to) == -1 && ret == 0)
		ret = cannot(name, e);
	return ret;
}

/* The user's in any case, who could not remove it otherwise. */
static int copy_below(struct imagecopy *c, const struct level *l,
	const char *name, mode_t mode, struct err *e)
{
	const int how = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW;
	struct level below = { openat(l->from, name, how), -1, l->depth + 1 };

	if (below.from == -1)
		return errno == EACCES ? 0 : cannot(name, e);
	if (mkdirat(l->to, name, 0700) == 0)
		below.to = openat(l->to, name, how);
	if (below.to == -1 || fchmod(below.to, (mode & 0777) | 0700) == -1) {
		(void)cannot(name, e);
		fd_close(below.to);
		close(below.from);
		return -1;
	}
	return copy_level(c, below, e);
}

static int copy_entry(struct imagecopy *c, const struct level *l,
	const char *name, struct err *e)
{
	struct stat st;

	if (goes_on(c, e) == -1)
		return -1;
	if (fstatat(l->from, name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return cannot(name, e);
	if (S_ISLNK(st.st_mode))
		return copy_link(l, name, e);
	if (S_ISDIR(st.st_mode))
		return copy_below(c, l, name, st.st_mode, e);
	return S_ISREG(st.st_mode) ? copy_regular(c, l, name, st.st_mode, e) : 0;
}

/* Both descriptors are closed. A copy must be one that tmpdir_remove() removes. */
static int copy_level(struct imagecopy *c, struct level l, struct err *e)
{
	DIR *d = l.depth < TMPDIR_DEPTH ? fdopendir(l.from) : NULL;
	const struct dirent *at;
	int ret = 0;

	if (d == NULL) {
		ret = err_set(e, l.depth < TMPDIR_DEPTH ?
			"a directory of the image cannot be read: %s" :
			"directories of the image are nested too deeply",
			strerror(errno));
		close(l.from);
	}
	while (ret == 0 && (errno = 0, at = readdir(d)) != NULL)
		if (strcmp(at->d_name, ".") != 0 && strcmp(at->d_name, "..") != 0)
			ret = copy_entry(c, &l, at->d_name, e);
	if (ret == 0 && errno != 0)
		ret = err_set(e, "a directory of the image cannot be read: %s",
			strerror(errno));
	if (d != NULL)
		closedir(d);
	close(l.to);
	return ret;
}

int imagecopy_directory(struct imagecopy *c, int to, const char *name,
	struct err *e)
{
	const int how = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
	struct level top = { open(c->image, how), -1, 0 };

	if (top.from == -1)
		return err_set(e, "%s: %s", c->image, strerror(errno));
	if (mkdirat(to, name, 0700) == 0)
		top.to = openat(to, name, how);
	if (top.to == -1 || fchmod(top.to, (c->st.st_mode & 0777) | 0700) == -1) {
		err_set(e, "%s: %s", name, safepath_strerror(errno));
		fd_close(top.to);
		close(top.from);
		return -1;
	}
	return copy_level(c, top, e);
}
