/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One file is for locks: each copy has a byte of it. Who holds that byte may make the
 * copy, and whatever is unfinished of it then was left by somebody who is dead, since
 * the kernel, or the server of the file system, takes the lock back. A file on a file
 * system of the node has no name before it is whole, so that nothing is left of it; a
 * directory, what a runtime makes, or a file elsewhere is ".NAME.part" until then.
 */
#include "agent/imagecache.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "agent/imagecopy.h"
#include "agent/imageimport.h"
#include "agent/imagekey.h"
#include "agent/imagelook.h"
#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/safepath.h"
#include "os/tmpdir.h"

#define LOCK_FILE ".lock"
#define LOOK_MS 200		/* for a lock that another one has */
#define FIRST_NEWS_MS 5000	/* then each time twice as long, up to */
#define NEWS_MS 30000
#define SHOW_MS 2000		/* between two signs of progress */
#define OTHER_MS 300000		/* without one of who makes what we wait for */
#define IMPORT_MS 3600000	/* that a runtime may neither write nor say a word */
#define SYNC_BYTES (64LL << 20)
#define UNUSED_SECONDS (30 * 86400L)

/* Of a runtime: bytes, and when there were more. */
struct progress {
	unsigned long long heard, written;
	long long changed;
};

/* One call: what is wanted, where. */
struct making {
	const struct imagecache *c;
	struct imagekey key;
	struct stat st;		/* of the image; zero of a name */
	int dir, locks;		/* descriptors */
	char *path;		/* of dir */
	long long began, next, gap;	/* of news, by clock_ms() */
	long long shown;	/* that there is progress */
	struct progress import;
};

/* ---- the end of the session ---------------------------------------------- */

/* By signals that leave time to remove what is not done. */
static const int ends[] = { SIGHUP, SIGTERM };
#define ENDS (sizeof ends / sizeof *ends)

static volatile sig_atomic_t told_to_end;

static void note_end(int sig)
{
	told_to_end = sig;
}

static void hear_of_end(struct sigaction before[ENDS])
{
	told_to_end = 0;
	for (size_t i = 0; i < ENDS; i++)
		(void)sigaction(ends[i], &(struct sigaction){
			.sa_handler = note_end }, &before[i]);
}

static void hear_as_before(const struct sigaction before[ENDS])
{
	for (size_t i = 0; i < ENDS; i++)
		(void)sigaction(ends[i], &before[i], NULL);
}

static int has_to_end(struct err *e)
{
	return told_to_end == 0 ? 0 :
		err_set(e, "it was told to end by signal %d", (int)told_to_end);
}

/* ---- news ---------------------------------------------------------------- */

static void tell(const struct making *m, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static void tell(const struct making *m, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	m->c->tell(line, m->c->arg);
}

static void expect_news(struct making *m)
{
	m->began = clock_ms();
	m->gap = FIRST_NEWS_MS;
	m->next = m->began + m->gap;
}

static int is_time_for_news(struct making *m, long long now)
{
	if (now < m->next)
		return 0;
	m->next = now + m->gap;
	m->gap = m->gap * 2 < NEWS_MS ? m->gap * 2 : NEWS_MS;
	return 1;
}

static long seconds_since(const struct making *m)
{
	return (long)((clock_ms() - m->began) / 1000);
}

static struct imagecopy_size size_of_image(const struct making *m)
{
	return imagecopy_size((unsigned long long)m->st.st_size);
}

/* Others see by its time that who has a lock in that file is at it. */
static void show_progress(struct making *m, long long now)
{
	if (now < m->shown + SHOW_MS)
		return;
	m->shown = now;
	(void)futimens(m->locks, NULL);
	if (m->c->alive != NULL)
		m->c->alive(m->c->arg);
}

static int copy_goes_on(const struct imagecopy *c, void *arg, struct err *e)
{
	struct making *m = arg;
	long long now = clock_ms();

	show_progress(m, now);
	if (!is_time_for_news(m, now))
		return has_to_end(e);
	if (S_ISDIR(m->st.st_mode))
		tell(m, "container: %llu files, %s, are copied", c->files,
			imagecopy_size(c->bytes).s);
	else
		tell(m, "container: %s of %s are copied",
			imagecopy_size(c->bytes).s, size_of_image(m).s);
	return has_to_end(e);
}

/* It unpacks layers somewhere, and says so, before it writes. */
static void import_goes_on(const char *last, unsigned long long heard, void *arg)
{
	struct making *m = arg;
	long long now = clock_ms();
	struct stat st;

	if (fstatat(m->dir, m->key.part, &st, AT_SYMLINK_NOFOLLOW) == -1)
		st.st_size = 0;
	if (heard != m->import.heard ||
		(unsigned long long)st.st_size != m->import.written)
		m->import.changed = now;
	m->import.heard = heard;
	m->import.written = (unsigned long long)st.st_size;
	if (now - m->import.changed < IMPORT_MS)
		show_progress(m, now);
	if (!is_time_for_news(m, now))
		return;
	tell(m, "container: %s is at it for %ld s, and has written %s%s%s",
		m->c->importer->program, seconds_since(m),
		imagecopy_size(m->import.written).s, last[0] != '\0' ? ": " : "",
		last);
}

/* ---- locks --------------------------------------------------------------- */

/* 1: it is ours, 0: another one's, -1 and errno. */
static int take_lock(const struct making *m, long byte)
{
	struct flock l = { .l_type = F_WRLCK, .l_whence = SEEK_SET,
		.l_start = byte, .l_len = 1 };

	if (fcntl(m->locks, F_OFD_SETLK, &l) == 0)
		return 1;
	return errno == EAGAIN || errno == EACCES ? 0 : -1;
}

static void drop_lock(const struct making *m, long byte)
{
	struct flock l = { .l_type = F_UNLCK, .l_whence = SEEK_SET,
		.l_start = byte, .l_len = 1 };

	(void)fcntl(m->locks, F_OFD_SETLK, &l);
}

/* ---- what is not wanted -------------------------------------------------- */

static void drop_entry(const struct making *m, const char *name)
{
	struct err e;

	if (unlinkat(m->dir, name, 0) == -1 && (errno == EISDIR || errno == EPERM))
		(void)tmpdir_remove_at(m->dir, name, ~0UL, &e);
}

/* One of a lock that another one has is being made, or looked at. */
static void sweep_copy(const struct making *m, const char *name, time_t now)
{
	struct imagekey key;
	struct stat st;
	int is_part;

	if (imagekey_read(&key, name, &is_part) == -1 ||
		(!is_part && (fstatat(m->dir, name, &st,
			AT_SYMLINK_NOFOLLOW) == -1 || now == 0 ||
			now - st.st_mtime < UNUSED_SECONDS)) ||
		take_lock(m, key.lock) != 1)
		return;
	drop_entry(m, name);
	drop_lock(m, key.lock);
}

static void sweep_cache(const struct making *m)
{
	DIR *d = fd_opendir(m->dir);
	const struct dirent *at;
	time_t now = fd_now(m->dir);

	if (d == NULL)
		return;
	while ((at = readdir(d)) != NULL)
		sweep_copy(m, at->d_name, now);
	closedir(d);
}

/* ---- a copy -------------------------------------------------------------- */

/* One that is made of a name is a file. */
static mode_t type_wanted(const struct making *m)
{
	return m->c->importer != NULL ? S_IFREG : m->st.st_mode & S_IFMT;
}

/* Its time is when it was wanted last. */
static int is_there(const struct making *m)
{
	struct stat st;

	if (fstatat(m->dir, m->key.name, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		(st.st_mode & S_IFMT) != type_wanted(m) ||
		(S_ISREG(m->st.st_mode) && st.st_size != m->st.st_size))
		return 0;
	(void)utimensat(m->dir, m->key.name, NULL, AT_SYMLINK_NOFOLLOW);
	return 1;
}

static int has_room(const struct making *m, struct err *e)
{
	unsigned long long room;
	struct statvfs fs;

	if (!S_ISREG(m->st.st_mode) || fstatvfs(m->dir, &fs) == -1)
		return 0;
	room = (unsigned long long)fs.f_bavail * fs.f_frsize;
	return room >= (unsigned long long)m->st.st_size ? 0 :
		err_set(e, "there is no room for it: it has %s, and %s are free",
			size_of_image(m).s, imagecopy_size(room).s);
}

static int give_name(const struct making *m, struct err *e)
{
	/* What is no copy may have it. */
	drop_entry(m, m->key.name);
	return renameat(m->dir, m->key.part, m->dir, m->key.name) == 0 ? 0 :
		err_set(e, "%s", safepath_strerror(errno));
}

static int link_file(const struct making *m, int fd, struct err *e)
{
	char self[64];

	snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
	/* A damaged one may have that name, or what is no copy. */
	drop_entry(m, m->key.name);
	return linkat(AT_FDCWD, self, m->dir, m->key.name,
		AT_SYMLINK_FOLLOW) == 0 ? 0 :
		err_set(e, "%s", safepath_strerror(errno));
}

static int copy_file(struct making *m, struct imagecopy *copy, struct err *e)
{
	int fd = openat(m->dir, ".", O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
	const int has_name = fd == -1;
	int ret;

	if (has_name)
		fd = openat(m->dir, m->key.part, O_WRONLY | O_CREAT | O_EXCL |
			O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd == -1)
		return err_set(e, "%s", safepath_strerror(errno));
	ret = imagecopy_file(copy, fd, e);
	if (ret == 0 && fsync(fd) == -1)
		ret = err_set(e, "%s", safepath_strerror(errno));
	if (ret == 0)
		ret = has_name ? give_name(m, e) : link_file(m, fd, e);
	close(fd);
	return ret;
}

static int copy_directory(struct making *m, struct imagecopy *copy,
	struct err *e)
{
	if (imagecopy_directory(copy, m->dir, m->key.part, e) == -1)
		return -1;
	if (syncfs(m->dir) == -1)
		return err_set(e, "%s", safepath_strerror(errno));
	return give_name(m, e);
}

static int make_copy(struct making *m, struct err *e)
{
	struct imagecopy copy = { .image = m->c->image, .st = m->st,
		.at = copy_goes_on, .arg = m };

	if (has_room(m, e) == -1)
		return -1;
	if (S_ISDIR(m->st.st_mode))
		tell(m, "container: %s is copied to %s", m->c->image, m->path);
	else
		tell(m, "container: %s (%s) is copied to %s", m->c->image,
			size_of_image(m).s, m->path);
	return S_ISDIR(m->st.st_mode) ? copy_directory(m, &copy, e) :
		copy_file(m, &copy, e);
}

/*
 * What a runtime has written may all be in memory still: one fsync(2) of it would be
 * minutes without a sign of progress.
 */
static int sync_by_and_by(struct making *m, int fd)
{
	struct stat st;

	if (fstat(fd, &st) == -1)
		return -1;
	for (off_t at = 0; at < st.st_size; at += SYNC_BYTES) {
		/* Where a file system cannot, fsync(2) does it all. */
		(void)sync_file_range(fd, at, SYNC_BYTES,
			SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
			SYNC_FILE_RANGE_WAIT_AFTER);
		show_progress(m, clock_ms());
	}
	return fsync(fd);
}

/* The lock is its input, so that it is held as long as anybody writes. */
static int make_import(struct making *m, struct err *e)
{
	const struct runtime *r = m->c->importer;
	char *to = mem_printf("%s/%s", m->path, m->key.part);
	struct opt_list argv = { 0 };
	int fd = -1, ret;

	optlist_add(&argv, mem_strdup(m->c->program));
	runtime_import(r, m->c->image, to, &argv);
	optlist_add(&argv, NULL);
	tell(m, "container: %s makes a %s file of %s, in %s", r->program,
		runtime_end_of(r->imports), m->c->image, m->path);
	ret = imageimport_run(&(struct imageimport){ .argv = argv.word,
		.env = m->c->env, .input = m->locks, .at = import_goes_on,
		.arg = m }, e);
	optlist_free(&argv);
	if (ret == 0)
		ret = imagelook(to, r->imports, e);
	if (ret == 0 && ((fd = open(to, O_RDONLY | O_CLOEXEC)) == -1 ||
		fchmod(fd, 0600) == -1 || sync_by_and_by(m, fd) == -1))
		ret = err_set(e, "%s", safepath_strerror(errno));
	fd_close(fd);
	free(to);
	return ret == 0 ? give_name(m, e) : -1;
}

static int make_it(struct making *m, struct err *e)
{
	int ret;

	drop_entry(m, m->key.part);
	expect_news(m);
	m->import.changed = m->began;
	show_progress(m, m->began);
	ret = m->c->importer != NULL ? make_import(m, e) : make_copy(m, e);
	if (ret == 0)
		tell(m, "container: %s is there, after %ld s", m->key.name,
			seconds_since(m));
	else
		drop_entry(m, m->key.part);
	return ret;
}

/* ---- one call ------------------------------------------------------------ */

/*
 * A look at who makes what is waited for: on whatever node, his progress is the time
 * of the file of locks. looks: without any so far.
 */
static int other_goes_on(const struct making *m, struct timespec *last,
	unsigned *looks, struct err *e)
{
	struct stat st;

	if (fstat(m->locks, &st) == 0 && (st.st_mtim.tv_sec != last->tv_sec ||
		st.st_mtim.tv_nsec != last->tv_nsec)) {
		*last = st.st_mtim;
		*looks = 0;
	}
	if (m->c->alive != NULL)
		m->c->alive(m->c->arg);
	return ++*looks < OTHER_MS / LOOK_MS ? has_to_end(e) :
		err_set(e, "another session makes %s, and shows no progress for %d s",
			m->key.name, OTHER_MS / 1000);
}

/* 1: it is ours, 0: the copy is there, -1 with e set. */
static int await_lock(struct making *m, struct err *e)
{
	struct timespec last = { 0 };
	unsigned looks = 0;
	int waits = 0, ret;

	expect_news(m);
	while ((ret = take_lock(m, m->key.lock)) == 0 && !is_there(m)) {
		if (!waits)
			tell(m, "container: another session makes %s just now: waiting for it",
				m->key.name);
		else if (is_time_for_news(m, clock_ms()))
			tell(m, "container: waiting for %s since %ld s",
				m->key.name, seconds_since(m));
		waits = 1;
		clock_pause(LOOK_MS);
		if (other_goes_on(m, &last, &looks, e) == -1)
			return -1;
	}
	return ret == -1 ? err_set(e, "its file system has no locks that hold on all nodes (%s)",
		strerror(errno)) : ret;
}

static int get_it(struct making *m, struct err *e)
{
	int ret;

	/* One that is wanted again is not old any more. */
	if (is_there(m)) {
		sweep_cache(m);
		return 0;
	}
	sweep_cache(m);
	ret = await_lock(m, e);
	if (ret != 1)
		return ret;
	ret = is_there(m) ? 0 : make_it(m, e);
	drop_lock(m, m->key.lock);
	return ret;
}

static int open_place(struct making *m, struct err *e)
{
	char *path = mem_printf("%s/" IMAGECACHE_DIR "%s", m->c->place,
		m->c->user);

	m->dir = safepath_dir(path, 1, &m->path, e);
	free(path);
	if (m->dir == -1)
		return -1;
	m->locks = openat(m->dir, LOCK_FILE, O_RDWR | O_CREAT | O_NOFOLLOW |
		O_CLOEXEC, 0600);
	return m->locks != -1 ? 0 : err_set(e, "%s/" LOCK_FILE ": %s", m->path,
		safepath_strerror(errno));
}

static int find_key(struct making *m, struct err *e)
{
	const struct imagecache *c = m->c;
	struct imagekey_of of = { .image = c->image };

	if (c->importer != NULL)
		of.end = runtime_end_of(c->importer->imports);
	else if (stat(c->image, &m->st) == -1)
		return err_set(e, "%s: %s", c->image, strerror(errno));
	of.size = S_ISDIR(m->st.st_mode) ? 0 :
		(unsigned long long)m->st.st_size;
	of.changed = m->st.st_mtim.tv_sec;
	of.nanoseconds = m->st.st_mtim.tv_nsec;
	imagekey_make(&m->key, &of);
	return 0;
}

char *imagecache_get(const struct imagecache *c, struct err *e)
{
	struct making m = { .c = c, .dir = -1, .locks = -1 };
	struct sigaction before[ENDS];
	char *path = NULL;
	int is_open;

	hear_of_end(before);
	is_open = find_key(&m, e) == 0 && open_place(&m, e) == 0;
	if (is_open) {
		if (get_it(&m, e) == 0)
			path = mem_printf("%s/%s", m.path, m.key.name);
		else
			err_prefix(e, "%s: ", m.path);
	}
	fd_close(m.locks);
	fd_close(m.dir);
	free(m.path);
	hear_as_before(before);
	return path;
}
