/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything that the agent starts in the session comes through here: shells and
 * commands of fronts, hooks. So there is one place that says what a program in
 * the job begins with.
 */
#include "agent/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <pty.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/rundir.h"
#include "net/flow.h"
#include "os/spawn.h"

/* The program's descriptors, and our ends of them. */
struct ends {
	int child[STREAM_COUNT];
	struct relay_pair ours[STREAM_COUNT];
};

void starter_init(struct starter *s, const struct jobenv *j, const char *path,
	char *const *argv, enum starter_stdio stdio)
{
	*s = (struct starter){ .path = path, .argv = argv, .dir = j->cwd,
		.stdio = stdio };
	/* A cleaner of /tmp may have taken what the environment names. */
	(void)rundir_check(j->rundir);
	envlist_put_all(&s->env, j->env.list);
}

void starter_fini(struct starter *s)
{
	envlist_fini(&s->env);
}

void starter_set_window(int terminal, const struct window *w)
{
	struct winsize size = {
		.ws_row = w->rows,
		.ws_col = w->columns,
		.ws_xpixel = w->xpixel,
		.ws_ypixel = w->ypixel,
	};

	(void)ioctl(terminal, TIOCSWINSZ, &size);
}

static int make_pipe(struct ends *ends, int i, struct err *e)
{
	int p[2];

	if (pipe2(p, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	ends->child[i] = p[i != STREAM_STDIN];
	if (i == STREAM_STDIN)
		ends->ours[i].writefd = p[1];
	else
		ends->ours[i].readfd = p[0];
	flow_prepare(p[i == STREAM_STDIN]);
	return 0;
}

static int make_terminal(struct ends *ends, const struct window *w,
	struct err *e)
{
	int master, slave;

	if (openpty(&master, &slave, NULL, NULL, NULL) == -1)
		return err_set(e, "cannot make a terminal: %s",
			strerror(errno));
	fcntl(slave, F_SETFD, FD_CLOEXEC);
	flow_prepare(master);
	starter_set_window(master, w);
	for (int i = 0; i < STREAM_COUNT; i++)
		ends->child[i] = slave;
	ends->ours[STREAM_STDIN].writefd = master;
	ends->ours[STREAM_STDOUT].readfd = master;
	ends->ours[STREAM_STDIN].is_lent = 1;
	ends->ours[STREAM_STDOUT].is_lent = 1;
	return 0;
}

static int make_socket(struct ends *ends, struct err *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1)
		return err_set(e, "cannot make a socket: %s",
			strerror(errno));
	flow_prepare(pair[0]);
	ends->ours[STREAM_STDIN].readfd = pair[0];
	ends->ours[STREAM_STDIN].writefd = pair[0];
	ends->child[STREAM_STDIN] = ends->child[STREAM_STDOUT] = pair[1];
	return make_pipe(ends, STREAM_STDERR, e);
}

static int make_log(struct ends *ends, struct err *e)
{
	ends->child[STREAM_STDIN] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (ends->child[STREAM_STDIN] == -1)
		return err_set(e, "/dev/null: %s", strerror(errno));
	ends->child[STREAM_STDOUT] = STDERR_FILENO;
	ends->child[STREAM_STDERR] = STDERR_FILENO;
	return 0;
}

static int make_stdio(const struct starter *s, struct ends *ends,
	struct err *e)
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		ends->child[i] = -1;
		ends->ours[i] = (struct relay_pair){
			.readfd = -1, .writefd = -1 };
	}
	switch (s->stdio) {
	case STARTER_TERMINAL:
		return make_terminal(ends, &s->window, e);
	case STARTER_SOCKET:
		return make_socket(ends, e);
	case STARTER_LOG:
		return make_log(ends, e);
	case STARTER_PIPES:
		break;
	}
	for (int i = 0; i < STREAM_COUNT; i++)
		if (make_pipe(ends, i, e) == -1)
			return -1;
	return 0;
}

/* One descriptor may be several of the three, and stderr is not ours to close. */
static void close_child(const int fd[STREAM_COUNT])
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		int seen = fd[i] == -1 || fd[i] == STDERR_FILENO;

		for (int j = 0; j < i; j++)
			seen |= fd[j] == fd[i];
		if (!seen)
			close(fd[i]);
	}
}

void starter_close(const struct relay_pair ours[STREAM_COUNT])
{
	for (int i = 0; i < STREAM_COUNT; i++) {
		const struct relay_pair *p = &ours[i];

		if (p->is_lent)
			continue;
		if (p->readfd != -1)
			close(p->readfd);
		if (p->writefd != -1 && p->writefd != p->readfd)
			close(p->writefd);
	}
}

pid_t starter_run(const struct starter *s,
	struct relay_pair ours[STREAM_COUNT], int *report, struct err *e)
{
	struct spawn sp = { .path = s->path, .argv = s->argv,
		.env = s->env.list, .dir = s->dir, .dir_or_root = 1,
		.session = 1, .terminal = s->stdio == STARTER_TERMINAL };
	struct ends ends;
	pid_t pid = -1;

	if (make_stdio(s, &ends, e) == 0) {
		memcpy(sp.fd, ends.child, sizeof sp.fd);
		pid = spawn_start(&sp, report, e);
	}
	close_child(ends.child);
	if (pid == -1) {
		starter_close(ends.ours);
		if (ends.ours[STREAM_STDIN].is_lent)
			close(ends.ours[STREAM_STDIN].writefd);
		return -1;
	}
	memcpy(ours, ends.ours, sizeof ends.ours);
	return pid;
}
