/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For each mount the deepest directory above it that the image has is looked for;
 * where the place itself is missing, that directory is opened: it becomes an empty
 * one, in which the image's entries are mounted one by one, and which then is as
 * little to be written as they are.
 */
#include "agent/imageroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/imagelook.h"
#include "base/mem.h"
#include "os/fd.h"
#include "os/safepath.h"

#define ENTRIES_MAX 4096	/* in a directory that is opened */
#define OPENED_MAX 64
#define ACCOUNTS_MAX (1 << 20)	/* bytes of a passwd */

struct opened {
	char *dir[OPENED_MAX];	/* "" is the root itself; shorter ones first */
	size_t n;
};

static int image_stat(const char *image, const char *path, size_t len,
	struct stat *st)
{
	char *whole = mem_printf("%s%.*s", image, (int)len, path);
	int ret = lstat(whole, st);

	free(whole);
	return ret;
}

/*
 * How much of path the image has as directories, or all of its length where it has
 * that, or comes to a symlink: that is for the runtime to follow.
 */
static size_t length_there(const char *image, const char *path)
{
	size_t there = 0, end = 0;
	struct stat st;

	while (path[end] != '\0') {
		end += 1 + strcspn(path + end + 1, "/");
		if (image_stat(image, path, end, &st) == -1)
			return there;
		if (!S_ISDIR(st.st_mode))
			return strlen(path);
		there = end;
	}
	return there;
}

/* Sorted, so that a directory comes before those below it. */
static int note_opened(struct opened *o, const char *path, size_t len,
	struct err *e)
{
	size_t at = 0;

	for (size_t i = 0; i < o->n; i++)
		if (strlen(o->dir[i]) == len &&
			strncmp(o->dir[i], path, len) == 0)
			return 0;
	if (o->n == OPENED_MAX)
		return err_set(e, "more than %d directories of the image would have to be put together for what is bound",
			OPENED_MAX);
	while (at < o->n && strlen(o->dir[at]) <= len)
		at++;
	memmove(o->dir + at + 1, o->dir + at, (o->n - at) * sizeof *o->dir);
	o->dir[at] = mem_strndup(path, len);
	o->n++;
	return 0;
}

static void add_link(struct mounts *all, const char *from, const char *to)
{
	char text[PATH_MAX];
	ssize_t n = readlink(from, text, sizeof text - 1);

	if (n <= 0)
		return;
	text[n] = '\0';
	mounts_add(all, MOUNT_LINK, text, to);
}

/* The runtime mounts these three itself. */
static int is_runtimes(const char *path)
{
	return strcmp(path, "/dev") == 0 || strcmp(path, "/proc") == 0 ||
		strcmp(path, "/sys") == 0;
}

static void add_entry(struct mounts *all, const char *image, const char *to)
{
	char *from = mem_printf("%s%s", image, to);
	struct stat st;

	if (is_runtimes(to) || lstat(from, &st) == -1)
		;
	else if (S_ISLNK(st.st_mode))
		add_link(all, from, to);
	else if (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode))
		mounts_add(all, MOUNT_READ, from, to);
	free(from);
}

static int open_directory(struct mounts *all, const char *image,
	const char *dir, struct err *e)
{
	char *path = mem_printf("%s%s", image, dir);
	DIR *d = opendir(path);
	unsigned n = 0;
	int ret;

	if (d == NULL)
		err_set(e, "%s: %s", path, strerror(errno));
	free(path);
	if (d == NULL)
		return -1;
	if (dir[0] != '\0')
		mounts_add(all, MOUNT_EMPTY, "", dir);
	for (const struct dirent *at; errno = 0, (at = readdir(d)) != NULL;) {
		char *to;

		if (strcmp(at->d_name, ".") == 0 || strcmp(at->d_name, "..") == 0)
			continue;
		if (++n > ENTRIES_MAX)
			break;
		to = mem_printf("%s/%s", dir, at->d_name);
		add_entry(all, image, to);
		free(to);
	}
	ret = errno == 0 || n > ENTRIES_MAX ? 0 :
		err_set(e, "%s/ of the image cannot be read: %s", dir,
			strerror(errno));
	closedir(d);
	if (n > ENTRIES_MAX)
		return err_set(e, "%s/ of the image has more than %d entries, and would have to be put together for what is bound in it",
			dir, ENTRIES_MAX);
	return ret;
}

int imageroot_mounts(const char *image, const struct mounts *binds,
	struct mounts *all, struct err *e)
{
	struct opened o = { .n = 0 };
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < binds->n; i++) {
		const char *to = binds->list[i].to;
		size_t there = length_there(image, to);

		if (there < strlen(to))
			ret = note_opened(&o, to, there, e);
	}
	if (ret == 0 && (o.n == 0 || o.dir[0][0] != '\0'))
		mounts_add(all, MOUNT_READ, image, "/");
	for (size_t i = 0; ret == 0 && i < o.n; i++)
		ret = open_directory(all, image, o.dir[i], e);
	for (size_t i = 0; ret == 0 && i < binds->n; i++)
		mounts_add(all, binds->list[i].kind, binds->list[i].from,
			binds->list[i].to);
	for (size_t i = 0; i < o.n; i++) {
		mounts_add(all, MOUNT_CLOSE, "",
			o.dir[i][0] != '\0' ? o.dir[i] : "/");
		free(o.dir[i]);
	}
	return ret;
}

/* ---- accounts ------------------------------------------------------------ */

/* All of a file that somebody else has made; NULL, or why not. */
static const char *read_whole(struct buf *out, int fd)
{
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) == -1)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "it is no file";
	if (st.st_size > ACCOUNTS_MAX)
		return "it is larger than 1 MiB";
	while (out->len <= ACCOUNTS_MAX && (n = read(fd,
		buf_reserve(out, 65536), 65536)) > 0)
		buf_commit(out, (size_t)n);
	return NULL;
}

/* Lines of text but those of that name. */
static void put_accounts(struct buf *out, struct buf *text, const char *name)
{
	size_t len = strlen(name);

	while (text->len > 0) {
		const char *line = buf_data(text);
		const char *end = memchr(line, '\n', text->len);
		size_t n = end != NULL ? (size_t)(end + 1 - line) : text->len;

		if (n <= len || strncmp(line, name, len) != 0 ||
			line[len] != ':')
			buf_append(out, line, n);
		buf_consume(text, n);
	}
}

/* Of the image's file, which may be anything, or lead anywhere. */
static void put_others(struct buf *out, const char *image, const char *file,
	const char *name, const struct imageroot_user *user)
{
	char *in_image = mem_printf("/etc/%s", file);
	char *path = imagelook_find(image, in_image);
	int fd = path == NULL ? -1 :
		open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct buf text = { 0 };
	const char *why = fd != -1 ? read_whole(&text, fd) : NULL;

	if (why != NULL) {
		char *line = mem_printf("container: what %s of the image says is left out: %s",
			in_image, why);

		user->tell(line, user->arg);
		free(line);
	} else {
		put_accounts(out, &text, name);
	}
	fd_close(fd);
	buf_fini(&text);
	free(path);
	free(in_image);
}

/* Of ours in place of the image's, at the same name. */
static int add_account(struct mounts *binds, const char *dir, const char *file,
	const struct buf *text, struct err *e)
{
	char *from = mem_printf("%s/%s", dir, file);
	char *to = mem_printf("/etc/%s", file);
	int at = safepath_dir(dir, 1, NULL, e);
	int ret = at == -1 ? -1 : safepath_write_unsynced(at, file,
		buf_data(text), text->len, e);

	fd_close(at);
	if (ret == 0)
		mounts_add(binds, MOUNT_READ, from, to);
	free(from);
	free(to);
	return ret;
}

/* One that is a symlink in the image leads where the image wants it. */
static void add_names(struct mounts *binds, const char *image, const char *path)
{
	struct stat st;

	if (access(path, R_OK) == -1 ||
		(image_stat(image, path, strlen(path), &st) == 0 &&
		!S_ISREG(st.st_mode)))
		return;
	mounts_add(binds, MOUNT_READ, path, path);
}

int imageroot_has_accounts(const char *dir)
{
	static const char *const files[] = { "passwd", "group" };
	int is_there = 1;

	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		char *path = mem_printf("%s/%s", dir, files[i]);

		is_there &= access(path, R_OK) == 0;
		free(path);
	}
	return is_there;
}

int imageroot_accounts(const char *image, const char *dir,
	const struct imageroot_user *user, struct mounts *binds, struct err *e)
{
	const struct group *g = getgrgid(getgid());
	const char *group = g != NULL ? g->gr_name : user->name;
	struct buf text = { 0 };
	int ret;

	/* The first line of a number counts. */
	buf_printf(&text, "%s:x:%u:%u::%s:%s\n", user->name, (unsigned)getuid(),
		(unsigned)getgid(), user->home, user->shell);
	put_others(&text, image, "passwd", user->name, user);
	ret = add_account(binds, dir, "passwd", &text, e);
	buf_fini(&text);
	buf_printf(&text, "%s:x:%u:\n", group, (unsigned)getgid());
	put_others(&text, image, "group", group, user);
	if (ret == 0)
		ret = add_account(binds, dir, "group", &text, e);
	buf_fini(&text);
	add_names(binds, image, "/etc/hosts");
	add_names(binds, image, "/etc/resolv.conf");
	return ret;
}
