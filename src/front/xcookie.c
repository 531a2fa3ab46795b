/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xauth knows where the cookies are, and reads the file without writing to it, nor
 * to one beside it (-i). That may be in a home directory that hangs, so it is killed
 * when it says nothing. Its output ends when it does.
 */
#include "front/xcookie.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "net/flow.h"
#include "os/procsig.h"
#include "os/spawn.h"
#include "proto/x11.h"

#define XAUTH_SECONDS 5
#define TEXT_MOST 65536

struct xcookie {
	struct event *said;	/* its output; a mere timer where it does not run */
	struct child *child;	/* NULL: it has ended, or never ran */
	pid_t pid;
	int report;		/* of its start; -1 */
	struct buf text;
	struct err failed;	/* to start it */
	void (*done)(const char *, const struct err *, void *);
	void *arg;
};

void xcookie_free(struct xcookie *x)
{
	int fd;

	if (x == NULL)
		return;
	if (x->child != NULL)
		procsig_send(x->pid, SIGKILL);
	child_forget(x->child);
	fd = event_get_fd(x->said);
	event_free(x->said);
	if (fd != -1)
		close(fd);
	if (x->report != -1)
		close(x->report);
	buf_wipe(&x->text);
	free(x);
}

static void xauth_ended(pid_t pid, int status, void *arg)
{
	struct xcookie *x = arg;

	(void)pid;
	(void)status;
	x->child = NULL;
}

/* What it was, and what there is of it. */
static void xcookie_end(struct xcookie *x, int is_late)
{
	char cookie[X11_COOKIE + 1];
	struct err e = x->failed;
	int good = 0;

	if (x->report != -1 && spawn_outcome(x->report, &e) == -1)
		err_prefix(&e, "xauth cannot be run: ");
	else if (x->report != -1 && is_late)
		err_set(&e, "xauth does not answer");
	else if (x->report != -1 && x11_cookie_find(cookie, buf_data(&x->text),
		x->text.len) == -1)
		err_set(&e, "xauth knows no cookie for it");
	else
		good = x->report != -1;
	x->done(good ? cookie : NULL, good ? NULL : &e, x->arg);
	explicit_bzero(cookie, sizeof cookie);
	xcookie_free(x);
}

static void xauth_said(evutil_socket_t fd, short what, void *arg)
{
	struct xcookie *x = arg;
	char some[4096];
	ssize_t n = -1;

	if (fd != -1 && !(what & EV_TIMEOUT)) {
		n = read(fd, some, sizeof some);
		if (n > 0 && x->text.len < TEXT_MOST)
			buf_append(&x->text, some, (size_t)n);
		explicit_bzero(some, sizeof some);
		if (n > 0 || (n == -1 && errno == EAGAIN))
			return;
	}
	xcookie_end(x, fd != -1 && n != 0);
}

/* -1 with x->failed set; else its output. */
static int start_xauth(struct xcookie *x, const char *display)
{
	char *argv[] = { "xauth", "-i", "-n", "list", mem_strdup(display),
		NULL };
	struct spawn s = { .path = argv[0], .argv = argv, .session = 1 };
	int p[2] = { -1, -1 }, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	x->pid = -1;
	if (null == -1 || pipe2(p, O_CLOEXEC) == -1) {
		err_set(&x->failed, "xauth cannot be run: %s", strerror(errno));
	} else {
		s.fd[0] = s.fd[2] = null;
		s.fd[1] = p[1];
		x->pid = spawn_start(&s, &x->report, &x->failed);
	}
	if (null != -1)
		close(null);
	if (p[1] != -1)
		close(p[1]);
	if (x->pid == -1 && p[0] != -1)
		close(p[0]);
	free(argv[4]);
	return x->pid == -1 ? -1 : p[0];
}

struct xcookie *xcookie_new(struct event_base *base, struct children *children,
	const char *display,
	void (*done)(const char *, const struct err *, void *), void *arg)
{
	struct xcookie *x = mem_alloc(sizeof *x);
	int fd;

	*x = (struct xcookie){ .report = -1, .done = done, .arg = arg };
	fd = start_xauth(x, display);
	if (fd == -1) {
		x->report = -1;
		x->said = evtimer_new(base, xauth_said, x);
		event_add(x->said, &(struct timeval){ 0 });
		return x;
	}
	flow_prepare(fd);
	x->child = child_watch(children, x->pid, xauth_ended, x);
	x->said = event_new(base, fd, EV_READ | EV_PERSIST, xauth_said, x);
	event_add(x->said, &(struct timeval){ .tv_sec = XAUTH_SECONDS });
	return x;
}
