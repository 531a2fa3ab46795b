/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files of one record, opened below its server folder step by step, so that
 * no link in a home directory leads a move or a removal elsewhere. The pid file
 * goes first and comes last: by it a script finds the others.
 */
#include "agent/servers/recfiles.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/number.h"
#include "os/fd.h"
#include "os/safepath.h"

#define STALE_DAYS 14
#define STALE_FILES 60		/* this many stay, the newest ones */
#define STALE_LOOK 4096

static int recfiles_is_ours(int fd, const char *name, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == 0 && st.st_uid == geteuid())
		return 1;
	errno = EPERM;
	err_set(e, "%s: not your own directory", name);
	return 0;
}

/* The directory that path ends in, below dir; *base: what is behind it. */
static int open_parent(int dir, const char *path, const char **base,
	struct err *e)
{
	int fd = openat(dir, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *slash;

	while (fd != -1 && (slash = strchr(path, '/')) != NULL) {
		char *name = mem_strndup(path, (size_t)(slash - path));
		int next = openat(fd, name, O_RDONLY | O_DIRECTORY |
			O_NOFOLLOW | O_CLOEXEC);

		fd_close(fd);
		fd = next;
		if (fd == -1)
			err_set(e, "%s: %s", name, strerror(errno));
		else if (!recfiles_is_ours(fd, name, e)) {
			fd_close(fd);
			fd = -1;
		}
		free(name);
		path = slash + 1;
	}
	*base = path;
	return fd;
}

static int read_head(int fd, struct buf *out)
{
	size_t n = 0;
	ssize_t got = 1;

	while (n < RECFILES_HEAD && got != 0) {
		got = read(fd, buf_reserve(out, RECFILES_HEAD - n),
			RECFILES_HEAD - n);
		if (got == -1 && errno != EINTR)
			return -1;
		buf_commit(out, got > 0 ? (size_t)got : 0);
		n += got > 0 ? (size_t)got : 0;
	}
	return 0;
}

/* Is it a regular file of ours? -1 with e set, also when there is none. */
static int recfiles_look_at(int parent, const char *base, const char *path,
	struct stat *st, struct err *e)
{
	if (fstatat(parent, base, st, AT_SYMLINK_NOFOLLOW) == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	errno = EPERM;
	if (!S_ISREG(st->st_mode))
		return err_set(e, "%s: %s", path, S_ISLNK(st->st_mode) ?
			"is a symbolic link" : "not a regular file");
	if (st->st_uid != geteuid())
		return err_set(e, "%s: belongs to uid %u", path, st->st_uid);
	return 0;
}

int recfiles_read(int dir, const char *name, unsigned i, struct buf *out,
	struct stat *st, struct err *e)
{
	char *path = serverrec_file(name, i);
	const char *base;
	int parent = open_parent(dir, path, &base, e), fd = -1, ret = -1;

	if (parent != -1 && recfiles_look_at(parent, base, path, st, e) == 0) {
		fd = openat(parent, base, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
			O_NOCTTY | O_CLOEXEC);
		ret = fd == -1 ? -1 : read_head(fd, out);
		if (ret == -1)
			err_set(e, "%s: %s", path, strerror(errno));
	}
	if (fd != -1)
		fd_close(fd);
	if (parent != -1)
		fd_close(parent);
	free(path);
	return ret;
}

/* As a name in RECFILES_STALE or among the copies. */
static char *flat_name(const char *path)
{
	char *flat = mem_strdup(path + (path[0] == '.'));

	for (char *p = flat; *p != '\0'; p++)
		if (*p == '/')
			*p = ',';
	return flat;
}

static int open_stale(int dir, struct err *e)
{
	int fd;

	if (mkdirat(dir, RECFILES_STALE, 0700) == -1 && errno != EEXIST)
		return err_set(e, RECFILES_STALE ": %s",
			safepath_strerror(errno));
	fd = openat(dir, RECFILES_STALE, O_RDONLY | O_DIRECTORY | O_NOFOLLOW |
		O_CLOEXEC);
	if (fd == -1)
		return err_set(e, RECFILES_STALE ": %s", strerror(errno));
	if (!recfiles_is_ours(fd, RECFILES_STALE, e)) {
		fd_close(fd);
		return -1;
	}
	return fd;
}

/* One file; to: where it goes, -1 for nowhere. A missing one is done. */
static int dispose(int dir, const char *path, int to, struct err *e)
{
	const char *base;
	int parent = open_parent(dir, path, &base, e), ret = -1;
	char *flat = flat_name(path), *name = NULL;
	struct stat st;

	if (parent != -1)
		ret = recfiles_look_at(parent, base, path, &st, e);
	if (ret == 0 && to == -1) {
		ret = unlinkat(parent, base, 0);
	} else if (ret == 0) {
		name = mem_printf("%s.%lld", flat, (long long)time(NULL));
		ret = renameat(parent, base, to, name);
	}
	if (ret == -1 && errno == ENOENT)
		ret = 0;
	else if (ret == -1 && errno != EPERM)
		err_set(e, "%s: %s", path, safepath_strerror(errno));
	if (parent != -1)
		fd_close(parent);
	free(name);
	free(flat);
	return ret;
}

static int dispose_all(int dir, const char *name, int to, struct err *e)
{
	char *path;

	for (unsigned i = 0; (path = serverrec_file(name, i)) != NULL; i++) {
		int ret = dispose(dir, path, to, e);

		free(path);
		if (ret == -1)
			return -1;
	}
	return 0;
}

int recfiles_move(int dir, const char *name, struct err *e)
{
	int to = open_stale(dir, e), ret;

	if (to == -1)
		return -1;
	ret = dispose_all(dir, name, to, e);
	fd_close(to);
	return ret;
}

int recfiles_remove(int dir, const char *name, struct err *e)
{
	return dispose_all(dir, name, -1, e);
}

static char *copy_name(const struct serverrec_mark *mark, unsigned i)
{
	char *file = serverrec_file(mark->name, i), *path, *flat, *name;

	if (file == NULL)
		return NULL;
	path = mem_printf("%s/%s", mark->folder, file);
	flat = flat_name(path);
	name = mem_printf("%s.%d.%llu", flat, mark->pid, mark->start);
	free(flat);
	free(path);
	free(file);
	return name;
}

int recfiles_save(int dir, const struct serverrec_mark *mark, int copies,
	struct err *e)
{
	char *copy;
	int ret = 0;

	for (unsigned i = 0; ret == 0 && (copy = copy_name(mark, i)) != NULL;
		i++) {
		struct buf text = { 0 };
		struct stat st;

		ret = recfiles_read(dir, mark->name, i, &text, &st, e);
		if (ret == 0)
			ret = safepath_write(copies, copy, buf_data(&text),
				text.len, e);
		buf_fini(&text);
		free(copy);
	}
	return ret;
}

int recfiles_copy(int copies, const struct serverrec_mark *mark, unsigned i,
	struct buf *out, struct err *e)
{
	char *copy = copy_name(mark, i);
	int ret = safepath_read(copies, copy, RECFILES_HEAD, out, e);

	free(copy);
	return ret;
}

static int restore_file(int dir, const struct serverrec_mark *mark,
	unsigned i, int copies, struct err *e)
{
	char *path = serverrec_file(mark->name, i);
	struct buf text = { 0 };
	const char *base;
	int parent = -1, ret = recfiles_copy(copies, mark, i, &text, e);

	if (ret == 0) {
		parent = open_parent(dir, path, &base, e);
		ret = parent == -1 ? -1 : safepath_write(parent, base,
			buf_data(&text), text.len, e);
	}
	if (parent != -1)
		fd_close(parent);
	buf_fini(&text);
	free(path);
	return ret;
}

int recfiles_restore(int dir, const struct serverrec_mark *mark, int copies,
	struct err *e)
{
	for (unsigned n = serverrec_log_file(mark->name) + 1; n-- > 0;)
		if (restore_file(dir, mark, n, copies, e) == -1)
			return -1;
	return 0;
}

struct stale {
	char *name;
	long long when;
};

static int newest_first(const void *a, const void *b)
{
	const struct stale *x = a, *y = b;

	return (x->when < y->when) - (x->when > y->when);
}

void recfiles_prune(int dir)
{
	int fd = openat(dir, RECFILES_STALE, O_RDONLY | O_DIRECTORY |
		O_NOFOLLOW | O_CLOEXEC);
	DIR *d = fd == -1 ? NULL : fdopendir(fd);
	struct stale *all = NULL;
	struct dirent *entry;
	size_t n = 0;

	while (d != NULL && n < STALE_LOOK && (entry = readdir(d)) != NULL) {
		const char *dot = strrchr(entry->d_name, '.');
		long when;

		if (dot == NULL || dot == entry->d_name ||
			number_read(dot + 1, 1, NUMBER_EPOCH_MAX, &when) == -1)
			continue;
		all = mem_realloc(all, (n + 1) * sizeof *all);
		all[n++] = (struct stale){ mem_strdup(entry->d_name), when };
	}
	if (n > 0)
		qsort(all, n, sizeof *all, newest_first);
	for (size_t i = 0; i < n; i++) {
		if (i >= STALE_FILES ||
			all[i].when < time(NULL) - STALE_DAYS * 86400L)
			(void)unlinkat(fd, all[i].name, 0);
		free(all[i].name);
	}
	free(all);
	if (d != NULL)
		closedir(d);
}
