/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From fork(2) to exec: what a child does not inherit. Between the two only
 * functions that are safe in a signal handler are called, for another thread
 * may have held the lock of malloc(3). A failure comes back through a pipe that
 * exec closes.
 */
#include "os/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config.h"
#include "os/fd.h"
#include "os/rlimit.h"

static void default_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &dfl, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* All from 3 on but keep, which closes itself at exec. */
static void close_others(int keep)
{
#ifdef HAVE_CLOSE_RANGE
	if (keep > 3)
		close_range(3, keep - 1, 0);
	if (close_range(keep + 1, ~0U, 0) == 0)
		return;
#endif
	for (int fd = 3, max = sysconf(_SC_OPEN_MAX); fd < max; fd++)
		if (fd != keep)
			close(fd);
}

/* The three descriptors may overlap with 0..2, so they move up first. */
static int place_fds(const int fd[3])
{
	int high[3];

	for (int i = 0; i < 3; i++)
		if ((high[i] = fcntl(fd[i], F_DUPFD_CLOEXEC, 3)) == -1)
			return -1;
	for (int i = 0; i < 3; i++)
		if (dup2(high[i], i) == -1)
			return -1;
	return 0;
}

static const char *become(const struct spawn *s, int report)
{
	if (s->session && setsid() == -1)
		return "setsid";
	if (s->group && setpgid(0, 0) == -1)
		return "setpgid";
	if (place_fds(s->fd) == -1)
		return "dup2";
	if (s->terminal && ioctl(0, TIOCSCTTY, 0) == -1)
		return "controlling terminal";
	default_signals();
	close_others(report);
	/* These two may hang; by now nobody else's descriptors do with us. */
	if (s->dir != NULL && chdir(s->dir) == -1 &&
		(!s->dir_or_root || chdir("/") == -1))
		return s->dir;
	if (s->env != NULL)
		environ = (char **)s->env;
	rlimit_give_back();
	execvp(s->path, s->argv);
	return s->path;
}

struct failure {
	int error;
	char what[256];
};

/* Behind fork(2), in the parent: the child has the other one of the two ends. */
static pid_t keep_report(pid_t pid, const int ends[2], int *report,
	struct err *e)
{
	close(ends[1]);
	*report = ends[0];
	if (pid != -1)
		return pid;
	err_set(e, "cannot fork: %s", strerror(errno));
	close(ends[0]);
	return -1;
}

pid_t spawn_start(const struct spawn *s, int *report, struct err *e)
{
	struct failure f = { 0 };
	int ends[2];
	sigset_t all, old;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	/* No handler of ours may run in the child. */
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0) {
		strncpy(f.what, become(s, ends[1]), sizeof f.what - 1);
		f.error = errno;
		_exit(write(ends[1], &f, sizeof f) == sizeof f ? 127 : 126);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return keep_report(pid, ends, report, e);
}

int spawn_outcome(int report, struct err *e)
{
	struct failure f;
	ssize_t n;

	do {
		n = read(report, &f, sizeof f);
	} while (n == -1 && errno == EINTR);
	if (n == -1 && errno == EAGAIN)
		return 1;
	/* End of file: exec has closed the other end. */
	if (n <= 0)
		return 0;
	return err_set(e, "%s: %s", f.what, strerror(f.error));
}

pid_t spawn(const struct spawn *s, struct err *e)
{
	int report, outcome;
	pid_t pid = spawn_start(s, &report, e);

	if (pid == -1)
		return -1;
	while ((outcome = spawn_outcome(report, e)) == 1)
		(void)fd_wait(report, POLLIN, FD_FOREVER);
	close(report);
	if (outcome == -1)
		waitpid(pid, NULL, 0);
	return outcome == -1 ? -1 : pid;
}

pid_t spawn_branch(int keep)
{
	sigset_t all, old;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &old);
	pid = fork();
	if (pid == 0) {
		close_others(keep);
		default_signals();
	} else {
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	return pid;
}

pid_t spawn_reporter(int *report, int *to, struct err *e)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == -1)
		return err_set(e, "socketpair: %s", strerror(errno));
	*to = ends[1];
	pid = spawn_branch(ends[1]);
	return pid == 0 ? 0 : keep_report(pid, ends, report, e);
}
