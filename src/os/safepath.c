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

#include "base/mem.h"
#include "os/fd.h"
#include "os/owngroup.h"

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
 * A way through directories, that follows symlinks itself: the kernel does not
 * say whose they are, unless fs.protected_symlinks has it look.
 */
struct way {
	int fd;			/* O_PATH, of where we are */
	struct buf real;	/* its path without symlinks; "" is the root,
				   "." where a relative one begins */
	struct buf rest;	/* of the path, to be gone */
	size_t own;		/* its end that no link has named */
	int links;		/* that were followed */
	int made;		/* a directory: ".." says nothing there */
	int all;		/* each directory is checked; else links are */
};

#define LINKS_MAX 40		/* as the kernel */

static const char *text_of(struct buf *b)
{
	buf_append(b, "", 1);
	b->len--;
	return buf_data(b);
}

static const char *real_of(struct way *w)
{
	return w->real.len == 0 ? "/" : text_of(&w->real);
}

static void stand_at(struct way *w, int fd)
{
	if (w->fd != -1)
		fd_close(w->fd);
	w->fd = fd;
}

static int start_at(struct way *w, const char *path, struct err *e)
{
	int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	stand_at(w, fd);
	return 0;
}

/*
 * Whoever owns a link says where it leads. Outside of directories of our own
 * the rule is that of fs.protected_symlinks: in a sticky directory that others
 * write to, a link must be ours or of the directory's owner.
 */
static int check_link(struct way *w, const struct stat *link, const char *path,
	struct err *e)
{
	struct stat dir;

	if (link->st_uid == 0 || link->st_uid == geteuid())
		return 0;
	if (!w->all && fstat(w->fd, &dir) == 0 && (link->st_uid == dir.st_uid ||
		(dir.st_mode & (S_ISVTX | 02)) != (S_ISVTX | 02)))
		return 0;
	errno = EPERM;
	return err_set(e, "%s: a symbolic link of uid %u, expected root or uid %u: whoever owns it says where it leads",
		path, link->st_uid, geteuid());
}

/* What is left to go becomes what the link says, and then what was left. */
static int follow(struct way *w, int link, const char *path, struct err *e)
{
	char target[PATH_MAX];
	struct buf rest = { 0 };
	ssize_t n = readlinkat(link, "", target, sizeof target);

	if (w->rest.len < w->own)
		w->own = w->rest.len;
	if (n == -1)
		return err_set(e, "%s: %s", path, strerror(errno));
	if (n == sizeof target || ++w->links > LINKS_MAX) {
		errno = ELOOP;
		return err_set(e, "%s: %s", path, strerror(errno));
	}
	buf_append(&rest, target, (size_t)n);
	buf_puts(&rest, "/");
	buf_append(&rest, buf_data(&w->rest), w->rest.len);
	buf_fini(&w->rest);
	w->rest = rest;
	if (target[0] != '/')
		return 0;
	buf_fini(&w->real);
	return start_at(w, "/", e);
}

static int go_up(struct way *w, const char *name, struct err *e)
{
	int fd;

	if (w->made) {
		errno = ENOENT;
		return err_set(e, "%s/%s: '%s' behind a directory that does not exist",
			real_of(w), name, name);
	}
	if (strcmp(name, ".") == 0)
		return 0;
	fd = openat(w->fd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return err_set(e, "%s/..: %s", real_of(w), strerror(errno));
	if (!w->all)	/* for messages only, and may be relative */
		buf_puts(&w->real, "/..");
	else
		while (w->real.len > 0 &&
			buf_data(&w->real)[--w->real.len] != '/')
			;
	stand_at(w, fd);
	return 0;
}

/*
 * Go to the entry of this name below where we are; path is the whole path, for
 * messages.
 */
static int go_down(struct way *w, const char *name, const char *path,
	int create, struct err *e)
{
	int flags = O_PATH | O_NOFOLLOW | O_CLOEXEC, ret = 0;
	int fd = openat(w->fd, name, flags);
	struct stat st;

	/*
	 * A missing directory is made only on the path that we were given,
	 * never on one that a symlink leads to: whoever owns the link would
	 * choose where.
	 */
	if (fd == -1 && errno == ENOENT && create && w->rest.len <= w->own) {
		if (mkdirat(w->fd, name, 0700) == -1 && errno != EEXIST)
			return err_set(e, "cannot make %s: %s", path,
				safepath_strerror(errno));
		w->made = 1;
		fd = openat(w->fd, name, flags);
	}
	if (fd == -1 || fstat(fd, &st) == -1) {
		ret = err_set(e, "%s: %s", path, strerror(errno));
	} else if (S_ISLNK(st.st_mode)) {
		ret = check_link(w, &st, path, e);
		if (ret == 0)
			ret = follow(w, fd, path, e);
	} else if (!S_ISDIR(st.st_mode)) {
		errno = ENOTDIR;
		ret = err_set(e, "%s: not a directory", path);
	} else {
		stand_at(w, fd);
		buf_printf(&w->real, "/%s", name);
		return 0;
	}
	if (fd != -1)
		fd_close(fd);
	return ret;
}

static int step(struct way *w, const char *name, int create, struct err *e)
{
	char *path;
	int ret;

	if (w->all && check_parent(w->fd, real_of(w), e) == -1)
		return -1;
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return go_up(w, name, e);
	path = mem_printf("%s/%s", w->real.len > 0 ? text_of(&w->real) : "",
		name);
	ret = go_down(w, name, path, create, e);
	free(path);
	return ret;
}

/* Goes path to its end. w is the caller's to fini, whatever is returned. */
static int go(struct way *w, const char *path, int create, struct err *e)
{
	int ret = start_at(w, path[0] == '/' ? "/" : ".", e);

	if (path[0] != '/')
		buf_puts(&w->real, ".");
	buf_puts(&w->rest, path);
	w->own = w->rest.len;
	while (ret == 0) {
		const char *at = text_of(&w->rest);
		size_t slashes = strspn(at, "/");
		char *name;
		size_t len;

		at += slashes;
		len = strcspn(at, "/");
		if (len == 0)
			break;
		name = mem_printf("%.*s", (int)len, at);
		buf_consume(&w->rest, slashes + len);
		ret = step(w, name, create, e);
		free(name);
	}
	return ret;
}

static void way_fini(struct way *w)
{
	if (w->fd != -1)
		fd_close(w->fd);
	buf_fini(&w->real);
	buf_fini(&w->rest);
}

int safepath_dir(const char *path, int create, char **resolved, struct err *e)
{
	struct way w = { .fd = -1, .all = 1 };
	int fd = -1;

	if (path[0] != '/') {
		errno = EINVAL;
		return err_set(e, "'%s': not an absolute path", path);
	}
	if (go(&w, path, create, e) == 0) {
		if (w.real.len == 0)
			err_set(e, "/: not a private directory");
		else if (check_own_dir(w.fd, real_of(&w), e) == 0 &&
			(fd = openat(w.fd, ".", O_RDONLY | O_DIRECTORY |
				O_CLOEXEC)) == -1)
			err_set(e, "%s: %s", real_of(&w), strerror(errno));
	} else if (w.links > 0) {
		/* The user may know only the name of the link. */
		err_prefix(e, "%s: ", path);
	}
	if (fd != -1 && resolved != NULL)
		*resolved = mem_strdup(real_of(&w));
	way_fini(&w);
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
	int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, fd;

	if (check_name(name, e) == -1)
		return -1;
	fd = openat(dirfd, name, flags);
	if (fd == -1 && errno == ENOENT && create) {
		if (mkdirat(dirfd, name, 0700) == -1 && errno != EEXIST)
			return err_set(e, "cannot make %s: %s", path,
				safepath_strerror(errno));
		fd = openat(dirfd, name, flags);
	}
	if (fd == -1)
		return err_set(e, "%s: %s", path,
			errno == ENOTDIR || errno == ELOOP ?
			"not a directory" : strerror(errno));
	if (check_own_dir(fd, path, e) == -1) {
		fd_close(fd);
		return -1;
	}
	return fd;
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
	fd_close(fd);
	return rc;
}

/*
 * A new file with that content, safe on disk. File systems over the network
 * may tell about a full disk only at fsync() or close(). -1 with errno set and
 * no file left.
 */
static int make_file(int dirfd, const char *name, const void *data, size_t len,
	int synced)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	int rc, saved;

	if (fd == -1)
		return -1;
	rc = fchmod(fd, 0600);		/* the umask may be odd */
	if (rc == 0)
		rc = fd_write_all(fd, data, len);
	if (rc == 0 && synced)
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

static int replace_file(int dirfd, const char *name, const void *data,
	size_t len, int synced, struct err *e)
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
	if (make_file(dirfd, temp, data, len, synced) == -1)
		return cannot_write(name, e);
	if (renameat(dirfd, temp, dirfd, name) == -1) {
		int saved = errno;

		(void)unlinkat(dirfd, temp, 0);
		errno = saved;
		return cannot_write(name, e);
	}
	return 0;
}

int safepath_write(int dirfd, const char *name, const void *data, size_t len,
	struct err *e)
{
	return replace_file(dirfd, name, data, len, 1, e);
}

int safepath_write_unsynced(int dirfd, const char *name, const void *data,
	size_t len, struct err *e)
{
	return replace_file(dirfd, name, data, len, 0, e);
}

int safepath_create(int dirfd, const char *name, const void *data, size_t len,
	struct err *e)
{
	if (check_name(name, e) == -1)
		return -1;
	if (make_file(dirfd, name, data, len, 1) == -1)
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

static const char *base_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

/* The directory of a file that the user named, which may be anybody's. */
static int open_dir_of(const char *path, const char *what, struct err *e)
{
	char *dir = mem_printf("%.*s", (int)(base_of(path) - path), path);
	struct way w = { .fd = -1 };
	int fd = -1;

	if (go(&w, dir, 0, e) == 0) {
		fd = w.fd;
		w.fd = -1;
	} else {
		/* Where the way ends, and what it is the way to. */
		err_prefix(e, "%s %s: ", what, path);
	}
	way_fini(&w);
	free(dir);
	return fd;
}

int safepath_output(const char *path, const char *what, int truncate,
	struct err *e)
{
	int dir = open_dir_of(path, what, e), fd;
	struct stat st;

	if (dir == -1)
		return -1;
	fd = openat(dir, base_of(path), O_WRONLY | O_CREAT | O_APPEND |
		O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	fd_close(dir);
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
	fd_close(fd);
	return -1;
}
