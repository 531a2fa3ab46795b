/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rotated log is found by what it begins with, as a copy has another inode. Its
 * writer may still be at work on it, until there is a line in the one that took its
 * place: only then that is gone on to.
 */
#include "os/logfollow.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fnv.h"
#include "base/mem.h"
#include "os/fd.h"

#define HEAD_SURE 256		/* two logs do not begin alike for so long */
#define ROTATED_MAX 400		/* a year of days */
#define ENTRIES_MAX 100000

enum { FORM_NONE, FORM_NUMBER, FORM_DATE };

/* Files of one log, those that were rotated in their order, then itself. */
struct logs {
	size_t n;
	struct log_file {
		char *name;	/* NULL: the log itself */
		int fd;
	} file[ROTATED_MAX + 1];
};

int logfollow_form(const char *base, const char *entry)
{
	const size_t len = strlen(base);
	const char *at = entry + len;

	if (strncmp(entry, base, len) != 0 || (*at != '.' && *at != '-') ||
		at[1] < '0' || at[1] > '9')
		return FORM_NONE;
	if (*at == '.')
		return at[1 + strspn(at + 1, "0123456789")] == '\0' ?
			FORM_NUMBER : FORM_NONE;
	return at[1 + strspn(at + 1, "0123456789-")] == '\0' ? FORM_DATE :
		FORM_NONE;
}

/* Older first: .10 before .2, but -20261130 behind -20261129. */
static int compare_rotated(const void *a, const void *b)
{
	const struct log_file *x = a, *y = b;
	const size_t n = strlen(x->name), m = strlen(y->name);

	if (strrchr(x->name, '.') == NULL || strchr(strrchr(x->name, '.'), '-'))
		return strcmp(x->name, y->name);
	return n != m ? (n > m ? -1 : 1) : strcmp(y->name, x->name);
}

static uint64_t hash_head(int fd, unsigned long long len)
{
	unsigned char head[LOGFOLLOW_HEAD];
	ssize_t n = pread(fd, head, len, 0);
	uint64_t hash = FNV_START;

	for (ssize_t i = 0; i < n; i++)
		hash = fnv_byte(hash, head[i]);
	return n == (ssize_t)len ? hash : 0;
}

/* Is it the file that was read last? */
static int is_place(int fd, const struct logfollow *f)
{
	struct stat st;

	return fstat(fd, &st) == 0 &&
		(unsigned long long)st.st_size >= f->offset &&
		(f->head >= HEAD_SURE || st.st_ino == f->ino) &&
		hash_head(fd, f->head) == f->hash;
}

static void set_place(int fd, unsigned long long offset, struct logfollow *f)
{
	struct stat st;

	f->ino = fstat(fd, &st) == 0 ? st.st_ino : 0;
	f->offset = offset;
	f->head = offset < LOGFOLLOW_HEAD ? offset : LOGFOLLOW_HEAD;
	f->hash = hash_head(fd, f->head);
}

/* -1 with errno: it is not there, or no regular file. */
static int open_log(int dir, const char *name, int flags)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK |
		flags);
	struct stat st;

	if (fd == -1 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
		return fd;
	close(fd);
	errno = EINVAL;
	return -1;
}

static int log_is_same(int fd, int other)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && fstat(other, &b) == 0 &&
		a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Of that directory those of a form, but for now, which may be rotated just now. */
static void list_rotated(int dir, const char *base, int form, int now,
	struct logs *l)
{
	DIR *d = fd_opendir(dir);
	struct dirent *entry;

	l->n = 0;
	for (int i = 0; d != NULL && i < ENTRIES_MAX && l->n < ROTATED_MAX &&
		(entry = readdir(d)) != NULL; i++) {
		int fd = logfollow_form(base, entry->d_name) == form ?
			open_log(dir, entry->d_name, O_NOFOLLOW) : -1;

		if (fd != -1 && log_is_same(fd, now))
			close(fd);
		else if (fd != -1)
			l->file[l->n++] = (struct log_file){
				mem_strdup(entry->d_name), fd };
	}
	if (d != NULL)
		closedir(d);
	qsort(l->file, l->n, sizeof *l->file, compare_rotated);
}

/* The first n, which are not needed any more. */
static void drop_logs(struct logs *l, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(l->file[i].name);
		close(l->file[i].fd);
	}
	memmove(l->file, l->file + n, (l->n - n) * sizeof *l->file);
	l->n -= n;
}

/* l has the log itself. What was read last and all behind it: 1. 0: it is gone. */
static int find_place(int dir, const char *base, const struct logfollow *f,
	struct logs *l)
{
	const struct log_file now = l->file[0];

	if (is_place(now.fd, f))
		return 1;
	for (int form = FORM_NUMBER; form <= FORM_DATE; form++) {
		size_t i;

		list_rotated(dir, base, form, now.fd, l);
		for (i = l->n; i > 0 && !is_place(l->file[i - 1].fd, f);)
			i--;
		drop_logs(l, i > 0 ? i - 1 : l->n);
		l->file[l->n++] = now;
		if (i > 0)
			return 1;
	}
	return 0;
}

struct log_reader {
	void (*line)(const char *line, size_t len, void *arg);
	void *arg;
	struct buf text;
	int too_long;	/* the line that text is the rest of */
};

/* Whole lines out of text; those that were passed over, too. */
static size_t give_lines(struct log_reader *r)
{
	size_t len, done = 0;
	char *at;

	while ((at = buf_line(&r->text, &len)) != NULL) {
		if (!r->too_long && len < LOGFOLLOW_LINE)
			r->line(at, len, r->arg);
		r->too_long = 0;
		buf_consume(&r->text, len + 1);
		done += len + 1;
	}
	return done;
}

/*
 * From an offset on, as far as it is long now; last: nothing comes to it any more.
 * Returns the offset behind the last whole line; -1 with errno.
 */
static long long read_log(int fd, unsigned long long offset, int last,
	struct log_reader *r)
{
	unsigned long long whole = offset, passed = 0;
	struct stat st;
	ssize_t n = 0;

	r->too_long = 0;
	if (fstat(fd, &st) == -1)
		return -1;
	while (offset < (unsigned long long)st.st_size) {
		const size_t left = (size_t)st.st_size - offset;

		n = pread(fd, buf_reserve(&r->text, LOGFOLLOW_LINE),
			left < LOGFOLLOW_LINE ? left : LOGFOLLOW_LINE, (off_t)offset);
		if (n <= 0)
			break;
		buf_commit(&r->text, (size_t)n);
		offset += (unsigned long long)n;
		if (memchr(buf_data(&r->text), '\n', r->text.len) != NULL) {
			whole += passed + give_lines(r);
			passed = 0;
		}
		if (r->text.len >= LOGFOLLOW_LINE) {
			passed += r->text.len;
			buf_consume(&r->text, r->text.len);
			r->too_long = 1;
		}
	}
	if (last && n >= 0 && r->text.len > 0 && !r->too_long)
		r->line(buf_data(&r->text), r->text.len, r->arg);
	buf_fini(&r->text);
	return n == -1 ? -1 : (long long)whole;
}

static int has_line(const struct log_file *file)
{
	struct stat st;

	return fstat(file->fd, &st) == 0 && st.st_size > 0;
}

static int read_logs(const struct logs *l, unsigned long long offset,
	struct log_reader *r, struct logfollow *f)
{
	for (size_t i = 0; i < l->n; i++, offset = 0) {
		int more = 0;
		long long end;

		for (size_t k = i + 1; k < l->n; k++)
			more |= has_line(&l->file[k]);
		end = read_log(l->file[i].fd, offset, more, r);
		if (end == -1)
			return -1;
		set_place(l->file[i].fd, (unsigned long long)end, f);
		if (!more)
			break;
	}
	return 0;
}

static int follow_log(int dir, const char *base, int now, struct logfollow *f,
	struct log_reader *r, int *lost)
{
	struct logs l = { .n = 1, .file = { { NULL, now } } };
	struct logfollow place = *f;
	int ret, found = f->ino != 0 && find_place(dir, base, f, &l);

	*lost = f->ino != 0 && !found;
	ret = read_logs(&l, found ? f->offset : 0, r, &place);
	if (ret == 0)
		*f = place;
	drop_logs(&l, l.n - 1);
	return ret;
}

int logfollow(const char *path, struct logfollow *f,
	void (*line)(const char *line, size_t len, void *arg), void *arg, int *lost,
	struct err *e)
{
	struct log_reader r = { .line = line, .arg = arg };
	const char *base = strrchr(path, '/');
	char *above = base == NULL ? mem_strdup(".") :
		mem_strndup(path, (size_t)(base - path) + 1);
	int dir = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC), now = -1;
	int ret = -1;

	*lost = 0;
	if (dir != -1)
		now = open_log(AT_FDCWD, path, 0);
	if (now != -1)
		ret = follow_log(dir, base == NULL ? path : base + 1, now, f, &r, lost);
	if (ret == -1)
		err_set(e, "%s: %s", path, strerror(errno));
	if (now != -1)
		close(now);
	if (dir != -1)
		close(dir);
	free(above);
	return ret;
}
