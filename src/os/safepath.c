/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/safepath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/owngroup.h"
#include "pure/mem.h"

const char *safepath_strerror(int error)
{
	switch (error) {
	case ENOSPC:
		return "disk full: no space left on the file system";
	case EDQUOT:
		return "disk full: your quota is used up";
	case EROFS:
		return "the file system is read-only";
	default:
		return strerror(error);
	}
}

/* Close without losing the errno that is being reported. */
static void close_quietly(int fd)
{
	int saved = errno;

	close(fd);
	errno = saved;
}

/* path is for the message. */
static int check_parent(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	errno = EPERM;
	if (st.st_uid != 0 && st.st_uid != geteuid())
		return err_set(e, "%s: owned by uid %u, expected root or uid %u: whoever owns it could replace what is below; name a directory elsewhere, such as one below your home",
			path, st.st_uid, geteuid());
	if ((st.st_mode & 022) == 0 || (st.st_mode & S_ISVTX) != 0 ||
		((st.st_mode & 002) == 0 && owngroup_only(fd, &st)))
		return 0;
	errno = EPERM;
	if (st.st_uid != geteuid())
		return err_set(e, "%s: mode %04o lets others write to it, who could replace what is below, and only root may change that; name a directory elsewhere, such as one below your home, or ask for chmod +t %s",
			path, st.st_mode & 07777, path);
	return err_set(e, "%s: mode %04o lets others write to it; run: chmod go-w %s",
		path, st.st_mode & 07777, path);
}

static int check_own_dir(int fd, const char *path, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	errno = EPERM;
	if (st.st_uid != geteuid())
		return err_set(e, "%s: owned by uid %u, expected uid %u; name one that you have made, such as one below your home",
			path, st.st_uid, geteuid());
	if ((st.st_mode & 077) != 0)
		return err_set(e, "%s: mode %04o lets others in, expected 0700; run: chmod 700 %s",
			path, st.st_mode & 07777, path);
	return 0;
}

/*
 * The path without symlinks: realpath() of what exists, then the rest as it is.
 * NULL with e set. To be freed.
 */
static char *resolve(const char *path, int create, struct err *e)
{
	char *head = mem_strdup(path), *real, *result = NULL;
	size_t cut = strlen(head);

	if (path[0] != '/') {
		err_set(e, "'%s': not an absolute path", path);
		goto out;
	}
	while ((real = realpath(head, NULL)) == NULL) {
		if (errno != ENOENT || !create) {
			err_set(e, "%s: %s", head, strerror(errno));
			goto out;
		}
		while (cut > 0 && head[cut - 1] == '/')
			cut--;
		while (cut > 0 && head[cut - 1] != '/')
			cut--;
		head[cut] = '\0';	/* "/" at the latest, which exists */
	}
	/* head ends in a slash when something was cut. */
	if (path[cut] == '\0')
		result = mem_strdup(real);
	else
		result = mem_printf("%s/%s", strcmp(real, "/") == 0 ? "" : real,
			path + cut);
	free(real);
out:
	free(head);
	return result;
}

/* Step from dirfd to its entry name; path is for messages. */
static int enter(int dirfd, const char *name, const char *path, int last,
	int create, struct err *e)
{
	int flags = O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC |
		(last ? O_RDONLY : O_PATH);
	int next = openat(dirfd, name, flags);

	if (next == -1 && errno == ENOENT && create) {
		if (mkdirat(dirfd, name, 0700) == -1 && errno != EEXIST)
			return err_set(e, "cannot make %s: %s", path,
				safepath_strerror(errno));
		next = openat(dirfd, name, flags);
	}
	if (next == -1)
		return err_set(e, "%s: %s", path,
			errno == ENOTDIR || errno == ELOOP ?
			"not a directory" : strerror(errno));
	if (last ? check_own_dir(next, path, e) : check_parent(next, path, e)) {
		close_quietly(next);
		return -1;
	}
	return next;
}

/* real has no symlinks; it is cut at each slash in turn and made whole again. */
static int walk(char *real, int create, struct err *e)
{
	int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char *name = real;
	int below;

	if (fd == -1)
		return err_set(e, "/: %s", strerror(errno));
	if (check_parent(fd, "/", e) == -1) {
		close_quietly(fd);
		return -1;
	}
	while (*(name += strspn(name, "/")) != '\0') {
		char *end = name + strcspn(name, "/"), slash = *end;
		int last = end[strspn(end, "/")] == '\0';

		*end = '\0';
		if (strcmp(name, "..") == 0 || strcmp(name, ".") == 0) {
			close_quietly(fd);
			return err_set(e, "%s: '%s' behind a directory that does not exist",
				real, name);
		}
		below = enter(fd, name, real, last, create, e);
		*end = slash;
		close_quietly(fd);
		if (below == -1 || last)
			return below;
		fd = below;
		name = end;
	}
	close_quietly(fd);
	return err_set(e, "/: not a private directory");
}

int safepath_dir(const char *path, int create, char **resolved, struct err *e)
{
	char *real = resolve(path, create, e);
	int fd;

	if (real == NULL)
		return -1;
	fd = walk(real, create, e);
	if (fd != -1 && resolved != NULL)
		*resolved = real;
	else
		free(real);
	return fd;
}

static int check_name(const char *name, struct err *e)
{
	if (name[0] != '\0' && strchr(name, '/') == NULL &&
		strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return 0;
	errno = EINVAL;
	return err_set(e, "'%s': not the name of a file", name);
}

int safepath_child(int dirfd, const char *name, int create, const char *path,
	struct err *e)
{
	return check_name(name, e) == -1 ? -1 :
		enter(dirfd, name, path, 1, create, e);
}

static int check_file(int fd, const char *name, size_t max, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set(e, "%s: %s", name, strerror(errno));
	errno = EPERM;
	if (!S_ISREG(st.st_mode))
		return err_set(e, "%s: not a regular file", name);
	if (st.st_uid != geteuid())
		return err_set(e, "%s: owned by uid %u, expected uid %u", name,
			st.st_uid, geteuid());
	if ((st.st_mode & 077) != 0)
		return err_set(e, "%s: mode %04o lets others read or write it, expected 0600",
			name, st.st_mode & 07777);
	if (st.st_nlink != 1)
		return err_set(e, "%s: has %lu names (hard links), expected one",
			name, (unsigned long)st.st_nlink);
	errno = EFBIG;
	if (st.st_size < 0 || (unsigned long long)st.st_size > max)
		return err_set(e, "%s: %lld bytes, expected at most %zu", name,
			(long long)st.st_size, max);
	return 0;
}

/* Until the end, but at most one byte more than max, which is an error. */
static int read_all(int fd, const char *name, size_t max, struct buf *out,
	struct err *e)
{
	size_t n = 0;

	for (;;) {
		size_t want = max - n < 4096 ? max - n + 1 : 4096;
		ssize_t got = read(fd, buf_reserve(out, want), want);

		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return err_set(e, "%s: %s", name, strerror(errno));
		if (got == 0)
			return 0;
		n += (size_t)got;
		if (n > max) {
			errno = EFBIG;
			return err_set(e, "%s: longer than %zu bytes", name,
				max);
		}
		buf_commit(out, (size_t)got);
	}
}

int safepath_read(int dirfd, const char *name, size_t max, struct buf *out,
	struct err *e)
{
	int fd, rc;

	if (check_name(name, e) == -1)
		return -1;
	fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK |
		O_NOCTTY | O_CLOEXEC);
	if (fd == -1)
		return err_set(e, "%s: %s", name, errno == ELOOP ?
			"is a symbolic link" : strerror(errno));
	rc = check_file(fd, name, max, e);
	if (rc == 0)
		rc = read_all(fd, name, max, out, e);
	close_quietly(fd);
	return rc;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		data += n;
		len -= (size_t)n;
	}
	return 0;
}

/*
 * A new file with that content, safe on disk. File systems over the network
 * may tell about a full disk only at fsync() or close(). -1 with errno set and
 * no file left.
 */
static int make_file(int dirfd, const char *name, const void *data, size_t len)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	int rc, saved;

	if (fd == -1)
		return -1;
	rc = fchmod(fd, 0600);		/* the umask may be odd */
	if (rc == 0)
		rc = write_all(fd, data, len);
	if (rc == 0)
		rc = fsync(fd);
	saved = errno;
	if (close(fd) == -1 && rc == 0) {
		rc = -1;
		saved = errno;
	}
	if (rc == -1)
		(void)unlinkat(dirfd, name, 0);
	errno = saved;
	return rc;
}

static int cannot_write(const char *name, struct err *e)
{
	return err_set(e, "cannot write %s: %s", name,
		safepath_strerror(errno));
}

int safepath_write(int dirfd, const char *name, const void *data, size_t len,
	struct err *e)
{
	char temp[NAME_MAX + 1];
	unsigned long long salt;

	if (check_name(name, e) == -1)
		return -1;
	if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
		return err_set(e, "random bytes: %s", strerror(errno));
	if (snprintf(temp, sizeof temp, ".%s.%016llx", name, salt) >=
		(int)sizeof temp) {
		errno = ENAMETOOLONG;
		return cannot_write(name, e);
	}
	if (make_file(dirfd, temp, data, len) == -1)
		return cannot_write(name, e);
	if (renameat(dirfd, temp, dirfd, name) == -1) {
		int saved = errno;

		(void)unlinkat(dirfd, temp, 0);
		errno = saved;
		return cannot_write(name, e);
	}
	return 0;
}

int safepath_create(int dirfd, const char *name, const void *data, size_t len,
	struct err *e)
{
	if (check_name(name, e) == -1)
		return -1;
	if (make_file(dirfd, name, data, len) == -1)
		return cannot_write(name, e);
	return 0;
}

static int check_output(int fd, const char *path, const char *what,
	struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return err_set(e, "%s %s: %s", what, path, strerror(errno));
	if (S_ISCHR(st.st_mode))
		return 0;
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return err_set(e, "%s %s: neither a regular file nor a fifo",
			what, path);
	if (st.st_uid != geteuid())
		return err_set(e, "%s %s: owned by uid %u, expected uid %u; choose another name",
			what, path, st.st_uid, geteuid());
	if (S_ISREG(st.st_mode) && st.st_nlink != 1)
		return err_set(e, "%s %s: has %lu names (hard links), expected one; choose another name",
			what, path, (unsigned long)st.st_nlink);
	if ((st.st_mode & 077) != 0 && fchmod(fd, 0600) == -1)
		return err_set(e, "%s %s: mode %04o lets others in, and it cannot be changed: %s",
			what, path, st.st_mode & 07777, strerror(errno));
	return 0;
}

int safepath_output(const char *path, const char *what, int truncate,
	struct err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW |
		O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	struct stat st;

	if (fd == -1)
		return err_set(e, "%s %s: %s", what, path,
			errno == ELOOP ?
			"is a symbolic link; name the file itself" :
			errno == ENXIO ? "nobody reads from it; start the reader first" : safepath_strerror(errno));
	if (check_output(fd, path, what, e) == -1)
		goto fail;
	if (truncate && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		ftruncate(fd, 0) == -1) {
		err_set(e, "%s %s: %s", what, path, safepath_strerror(errno));
		goto fail;
	}
	return fd;
fail:
	close_quietly(fd);
	return -1;
}
