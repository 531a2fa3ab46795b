/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who copies sends messages: a letter, and a text. When nobody reads them any more it
 * ends as by a signal of the session's end, with nothing left.
 */
#include "agent/imagewatch.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define WARN_SECONDS 30		/* without progress: a line says so */
#define LOOK_MS 50		/* whether who was killed has ended, */
#define LOOKS 100		/* so often */
#define MESSAGE_MAX (PATH_MAX + 1024)

enum message {
	MESSAGE_TELL = 't',	/* a line */
	MESSAGE_ALIVE = 'a',
	MESSAGE_COPY = 'c',	/* its path, the last */
	MESSAGE_NONE = 'n',	/* why, the last */
};

/* ---- who copies ---------------------------------------------------------- */

static void copier_send(int to, enum message type, const char *text)
{
	char message[MESSAGE_MAX];
	int n = snprintf(message, sizeof message, "%c%s", type, text);

	if (send(to, message, (size_t)n < sizeof message ? (size_t)n :
		sizeof message - 1, MSG_NOSIGNAL) == -1)
		(void)raise(SIGTERM);
}

static void copier_tells(const char *line, void *arg)
{
	copier_send(*(const int *)arg, MESSAGE_TELL, line);
}

static void copier_is_alive(void *arg)
{
	copier_send(*(const int *)arg, MESSAGE_ALIVE, "");
}

__attribute__((noreturn))
static void copy_it(const struct imagecache *c, int to)
{
	struct imagecache own = *c;
	struct err e;
	char *path;

	/* With what it runs, to be killed at once. */
	(void)setpgid(0, 0);
	own.tell = copier_tells;
	own.alive = copier_is_alive;
	own.arg = &to;
	path = imagecache_get(&own, &e);
	copier_send(to, path != NULL ? MESSAGE_COPY : MESSAGE_NONE,
		path != NULL ? path : e.text);
	_exit(0);
}

/* ---- who waits ----------------------------------------------------------- */

/* 1: it has ended, 0: it hangs in the kernel, or goes on. */
static int has_ended(pid_t pid, int *status)
{
	for (int i = 0; i < LOOKS; i++) {
		if (waitpid(pid, status, WNOHANG) != 0)
			return 1;
		clock_pause(LOOK_MS);
	}
	return 0;
}

static void give_up(const struct imagecache *c, pid_t pid, struct err *e)
{
	char left[96] = "";
	int status;

	(void)procsig_send_group(pid, SIGKILL);
	(void)procsig_send(pid, SIGKILL);
	if (!has_ended(pid, &status))
		snprintf(left, sizeof left, "; process %ld cannot be ended, and is left",
			(long)pid);
	err_set(e, "there was no progress for %d s, so it is given up: does the file system of %.300s%s%.300s hang?%s",
		IMAGEWATCH_SECONDS, c->place,
		c->importer == NULL ? " or that of " : "",
		c->importer == NULL ? c->image : "", left);
}

static void warn_user(const struct imagecache *c)
{
	char line[512];

	snprintf(line, sizeof line, "container: no progress with the copy of %.300s for %d s; after %d s it is given up",
		c->image, WARN_SECONDS, IMAGEWATCH_SECONDS);
	c->tell(line, c->arg);
}

/* 1: there is a message, 0: none came in time. */
static int await_message(const struct imagecache *c, int from)
{
	long long since = clock_ms();

	if (fd_wait(from, POLLIN, since + WARN_SECONDS * 1000LL) == 1)
		return 1;
	warn_user(c);
	return fd_wait(from, POLLIN, since + IMAGEWATCH_SECONDS * 1000LL) == 1;
}

static char *ended_without_word(pid_t pid, struct err *e)
{
	int status;

	if (!has_ended(pid, &status) || !WIFSIGNALED(status))
		err_set(e, "the process that makes the copy has ended without a word");
	else
		err_set(e, "the process that makes the copy was ended by signal %d",
			WTERMSIG(status));
	return NULL;
}

static char *hear_out(const struct imagecache *c, pid_t pid, int from,
	struct err *e)
{
	char message[MESSAGE_MAX];

	while (await_message(c, from)) {
		ssize_t n = recv(from, message, sizeof message - 1, 0);
		int status;

		if (n <= 0)
			return ended_without_word(pid, e);
		message[n] = '\0';
		if (message[0] == MESSAGE_TELL)
			c->tell(message + 1, c->arg);
		if (message[0] != MESSAGE_COPY && message[0] != MESSAGE_NONE)
			continue;
		(void)has_ended(pid, &status);
		if (message[0] == MESSAGE_COPY)
			return mem_strdup(message + 1);
		err_set(e, "%s", message + 1);
		return NULL;
	}
	give_up(c, pid, e);
	return NULL;
}

char *imagewatch_get(const struct imagecache *c, struct err *e)
{
	int from, to;
	pid_t pid = spawn_reporter(&from, &to, e);
	char *path;

	if (pid == 0)
		copy_it(c, to);
	if (pid == -1)
		return NULL;
	path = hear_out(c, pid, from, e);
	close(from);
	return path;
}
