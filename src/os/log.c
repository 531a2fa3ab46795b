/* SPDX-License-Identifier: BSD-2-Clause */
#include "os/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "os/safepath.h"
#include "os/timetext.h"
#include "pure/redact.h"
#include "pure/vis.h"

#define LINE_MAX_BYTES 4096
#define BEHIND_BYTES (1 << 20)

static const char *program = "vscode-remote-shell";
static int level = LOG_LEVEL_ERROR;
static int quiet;
static int log_fd = -1;

/* What the writing thread reads from, and its process: no child has it. */
static struct {
	pthread_t thread;
	int fd;
	pid_t pid;
} behind = { .fd = -1 };

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

static void *write_behind(void *arg)
{
	int fd = *(int *)arg;
	char data[LINE_MAX_BYTES];
	ssize_t n, done;

	while ((n = read(fd, data, sizeof data)) > 0 || (n == -1 &&
		errno == EINTR))
		for (ssize_t at = 0; at < n; at += done) {
			done = write(STDERR_FILENO, data + at, n - at);
			if (done == -1 && errno != EINTR)
				break;
			done = done == -1 ? 0 : done;
		}
	close(fd);
	return NULL;
}

void log_from_behind(void)
{
	static int fd;
	sigset_t all, old;
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		return;
	fcntl(p[1], F_SETFL, O_NONBLOCK);
	fcntl(p[1], F_SETPIPE_SZ, BEHIND_BYTES);
	fd = p[0];
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (pthread_create(&behind.thread, NULL, write_behind, &fd) == 0) {
		behind.fd = p[1];
		behind.pid = getpid();
	} else {
		close(p[0]);
		close(p[1]);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

static void stop_behind(void)
{
	struct timespec end;

	if (behind.fd == -1)
		return;
	close(behind.fd);
	behind.fd = -1;
	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec++;
	/* One that hangs ends with the process. */
	if (pthread_timedjoin_np(behind.thread, NULL, &end) != 0)
		pthread_detach(behind.thread);
}

void log_fini(void)
{
	stop_behind();
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

static void put(int fd, const char *prefix, const char *text)
{
	char line[LINE_MAX_BYTES];
	size_t n = strlen(prefix);

	memcpy(line, prefix, n);
	n += vis_encode(line + n, sizeof line - n - 1, text, strlen(text));
	line[n++] = '\n';
	if (behind.fd != -1 && fd == STDERR_FILENO && behind.pid == getpid())
		fd = behind.fd;
	put_line(fd, line, n);
}

static void put_stamped(int fd, enum log_level at, const char *text)
{
	char prefix[128];
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(prefix, sizeof prefix, "%s,%03ld [%s] ",
		timetext(TIMETEXT_SECONDS, now.tv_sec).s, now.tv_nsec / 1000000, level_names[at]);
	put(fd, prefix, text);
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
		put(STDERR_FILENO, prefix, text);
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
