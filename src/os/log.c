/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns where lines go, and that none waits: a socket or pipe is asked whether it
 * has room, a file, whose file system may hang, is written by a thread
 * (os/behind). A forked child has no such thread, and writes itself.
 */
#include "os/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/vis.h"
#include "os/behind.h"
#include "os/redact.h"
#include "os/safepath.h"
#include "os/timetext.h"

#define LINE_MAX_BYTES 4096
#define BEHIND_BYTES (1 << 20)
#define PATIENCE_MS 1000

static const char *program = "vscode-remote-shell";
static int level = LOG_LEVEL_ERROR;
static int quiet;
static int log_fd = -1;

/* Who writes for us, and for which process: no child has these threads. */
static struct behind *behind_file, *behind_stderr;
static pid_t behind_pid;

static const char *const level_names[] = {
	[LOG_LEVEL_CRITICAL] = "CRITICAL",
	[LOG_LEVEL_ERROR] = "ERROR",
	[LOG_LEVEL_WARNING] = "WARNING",
	[LOG_LEVEL_INFO] = "INFO",
	[LOG_LEVEL_DEBUG] = "DEBUG",
};

void log_init(const char *name)
{
	program = name;
}

static struct behind *start_behind(int fd)
{
	int copy = fcntl(fd, F_DUPFD_CLOEXEC, 3);

	/* Who logs and calls exit() has a line on the way. */
	if (behind_pid == 0)
		atexit(log_fini);
	behind_pid = getpid();
	return copy == -1 ? NULL : behind_new(copy, BEHIND_BYTES, NULL, NULL);
}

void log_from_behind(void)
{
	behind_stderr = start_behind(STDERR_FILENO);
	if (behind_stderr == NULL)
		log_warning("cannot log by a thread: %s", strerror(errno));
}

static void end_behind(struct behind **b)
{
	if (*b != NULL && behind_pid == getpid())
		behind_end(*b, NULL);
	*b = NULL;
}

void log_fini(void)
{
	end_behind(&behind_file);
	end_behind(&behind_stderr);
	/* One that hangs ends with the process. */
	(void)behind_wait(PATIENCE_MS);
	if (log_fd != -1)
		close(log_fd);
	log_fd = -1;
}

void log_set_level(int wanted)
{
	level = wanted < LOG_LEVEL_CRITICAL ? LOG_LEVEL_CRITICAL :
		wanted > LOG_LEVEL_DEBUG ? LOG_LEVEL_DEBUG : wanted;
}

int log_wants(enum log_level wanted)
{
	return (int)wanted <= level;
}

void log_set_quiet(int on)
{
	quiet = on;
}

int log_open(const char *path, struct err *e)
{
	int fd = safepath_output(path, "log file", 0, e);

	if (fd == -1)
		return -1;
	log_fini();
	log_fd = fd;
	behind_file = start_behind(fd);
	return 0;
}

/*
 * One write per line, so that lines of several processes do not mix, and none
 * that waits: sshd may have stopped reading our stderr, a socket or a pipe. A
 * pipe that polls as writable has room for a whole line.
 */
static void put_line(int fd, const char *line, size_t n)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	if (send(fd, line, n, MSG_DONTWAIT | MSG_NOSIGNAL) != -1 ||
		errno != ENOTSOCK)
		return;
	if (poll(&p, 1, 0) != 1 || (p.revents & POLLOUT) == 0)
		return;
	while (write(fd, line, n) == -1 && errno == EINTR)
		;
}

static void log_put(int fd, const char *prefix, const char *text)
{
	char line[LINE_MAX_BYTES];
	size_t n = strlen(prefix);
	struct behind *b;

	memcpy(line, prefix, n);
	n += vis_encode(line + n, sizeof line - n - 1, text, strlen(text));
	line[n++] = '\n';
	b = fd == STDERR_FILENO ? behind_stderr : behind_file;
	if (b != NULL && behind_pid == getpid())
		(void)behind_write(b, line, n);
	else
		put_line(fd, line, n);
}

static void put_stamped(int fd, enum log_level at, const char *text)
{
	char prefix[128];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(prefix, sizeof prefix, "%s,%03ld [%s] ",
		timetext(TIMETEXT_SECONDS, now.tv_sec).s,
		now.tv_nsec / 1000000, level_names[at]);
	log_put(fd, prefix, text);
}

void log_at(enum log_level at, const char *fmt, ...)
{
	char text[LINE_MAX_BYTES / 2];
	int saved = errno;	/* callers may log before they look at it */
	va_list ap;

	if (!log_wants(at))
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	redact(text);
	put_stamped(log_fd != -1 ? log_fd : STDERR_FILENO, at, text);
	errno = saved;
}

static void say(enum log_level at, int on_stderr, const char *fmt, va_list ap)
{
	char text[LINE_MAX_BYTES / 2], prefix[64];
	int saved = errno;

	vsnprintf(text, sizeof text, fmt, ap);
	if (on_stderr) {
		snprintf(prefix, sizeof prefix, "%s: ", program);
		log_put(STDERR_FILENO, prefix, text);
	}
	if (log_fd != -1 && log_wants(LOG_LEVEL_ERROR)) {
		redact(text);
		put_stamped(log_fd, at, text);
	}
	errno = saved;
}

void log_tell(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_INFO, !quiet, fmt, ap);
	va_end(ap);
}

void log_fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_LEVEL_ERROR, 1, fmt, ap);
	va_end(ap);
}
