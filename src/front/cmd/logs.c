/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command logs: what the job of a session printed. The scheduler is not
 * asked, so that this works when it does not, and for sessions that have ended
 * as long as their folder is kept. Of several the newest is meant.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/tag.h"
#include "base/vis.h"
#include "front/cmd/commands.h"
#include "front/job/about.h"
#include "front/job/ending.h"
#include "front/job/invocation.h"
#include "front/parting.h"
#include "os/fd.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/stall.h"

#define CHUNK 65536

struct logs {
	const struct invocation *inv;
	char *path;		/* of the folder */
	int dirfd, fd;		/* of folder and log; -1: none */
	struct timespec made;
	off_t shown;
	struct event *timer;
};

static int is_newer(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec > b->tv_sec :
		a->tv_nsec > b->tv_nsec;
}

/* Take a folder, if it is of this session and newer than what we have. */
static void consider(struct logs *l, const char *name)
{
	char *path = mem_printf("%s/%s", l->inv->state_dir, name);
	struct about about;
	struct stat st;
	struct err e;
	int fd = safepath_dir(path, 0, NULL, &e);

	if (fd == -1 || about_read(fd, &about, &e) == -1 ||
		strcmp(about.session, l->inv->opt->session.name) != 0 ||
		fstatat(fd, "about", &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		(l->path != NULL && !is_newer(&st.st_mtim, &l->made))) {
		if (fd != -1)
			close(fd);
		free(path);
		return;
	}
	if (l->dirfd != -1)
		close(l->dirfd);
	free(l->path);
	l->path = path;
	l->dirfd = fd;
	l->made = st.st_mtim;
}

static void find_folder(struct logs *l)
{
	STALL_WATCH(l->inv->state_dir);

	DIR *dir = fd_opendir(l->inv->state_fd);
	struct dirent *d;

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (tag_is_valid(d->d_name))
			consider(l, d->d_name);
	if (dir != NULL)
		closedir(dir);
}

static int write_raw(const char *text, size_t len, struct err *e)
{
	return fd_write_all(STDOUT_FILENO, text, len) == 0 ? 0 :
		err_set(e, "stdout: %s", strerror(errno));
}

/*
 * What a job prints may be anybody's words. A terminal must not obey them, a
 * file or a pager gets them as they are.
 */
static int write_seen(const char *text, size_t len, struct err *e)
{
	char *seen = mem_alloc(4 * len);	/* of each byte at most \ooo */
	size_t n = 0;
	int ret;

	while (len > 0) {
		const char *end = text;

		while (end < text + len && *end != '\n' && *end != '\t')
			end++;
		n += vis_encode(seen + n, 4 * (size_t)(end - text), text,
			(size_t)(end - text));
		len -= (size_t)(end - text);
		text = end;
		if (len > 0) {
			seen[n++] = *text++;
			len--;
		}
	}
	ret = write_raw(seen, n, e);
	free(seen);
	return ret;
}

/* What is new. -1 with e set when nobody reads it. */
static int show(struct logs *l, struct err *e)
{
	int (*put)(const char *, size_t, struct err *) =
		isatty(STDOUT_FILENO) ? write_seen : write_raw;
	char *text = mem_alloc(CHUNK);
	int ret = 0;
	ssize_t n;

	while (ret == 0 && (n = pread(l->fd, text, CHUNK, l->shown)) > 0) {
		l->shown += n;
		ret = put(text, (size_t)n, e);
	}
	free(text);
	return ret;
}

/* Its folder is gone when it has ended well, and else its secret is. */
static int has_ended(const struct logs *l)
{
	return faccessat(l->dirfd, "secret", F_OK, 0) == -1 && errno == ENOENT;
}

static void logs_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct logs *l = arg;
	int ended = has_ended(l);
	struct err e;

	(void)fd;
	(void)what;
	if (show(l, &e) == -1) {
		log_fail("%s", e.text);
		parting_exit(l->inv->parting, EX_IOERR);
	} else if (ended) {
		log_tell("session '%s' has ended", l->inv->opt->session.name);
		parting_exit(l->inv->parting, EX_OK);
	} else {
		event_add(l->timer, &(struct timeval){ .tv_sec = 1 });
	}
}

static void logs_start(struct logs *l)
{
	const char *session = l->inv->opt->session.name;
	char line[2048];
	struct err e;

	find_folder(l);
	if (l->path != NULL)
		l->fd = openat(l->dirfd, "agent.log", O_RDONLY | O_NOFOLLOW |
			O_NONBLOCK | O_CLOEXEC);
	if (l->fd == -1) {
		log_fail("there is no log of a session '%s' in %s; none is kept of one that was ended in good order, or more than a week ago",
			session, l->inv->state_dir);
		parting_exit(l->inv->parting, EX_UNAVAILABLE);
		return;
	}
	log_tell("session '%s': %s/agent.log", session, l->path);
	if (show(l, &e) == -1) {
		log_fail("%s", e.text);
		parting_exit(l->inv->parting, EX_IOERR);
		return;
	}
	if (ending_read(l->dirfd, line, sizeof line) == 0)
		log_tell("%s", line);
	else if (l->shown == 0)
		log_tell("it is empty; a session that is started with -vv logs what happens in it");
	if (l->inv->opt->flags.follow)
		logs_timer_cb(-1, 0, l);
	else
		parting_exit(l->inv->parting, EX_OK);
}

static void logs_free(void *arg)
{
	struct logs *l = arg;

	if (l->fd != -1)
		close(l->fd);
	if (l->dirfd != -1)
		close(l->dirfd);
	event_free(l->timer);
	free(l->path);
	free(l);
}

static void *logs_begin(const struct invocation *inv)
{
	struct logs *l = mem_alloc(sizeof *l);

	l->inv = inv;
	l->fd = l->dirfd = -1;
	l->timer = evtimer_new(inv->base, logs_timer_cb, l);
	logs_start(l);
	return l;
}

static const struct command_ops logs_ops = {
	.begin = logs_begin,
	.end = logs_free,
};

const struct command cmd_logs = {
	.name = "logs",
	.operands = "[NAME]",
	.session = COMMAND_ONE,
	.max = 1,
	.help = "print what the job of a session wrote: agent.log",
	.more = "Also of one that has ended badly, for a week. The scheduler is not asked.",
	.ops = &logs_ops,
};
