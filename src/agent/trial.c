/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * SIGCHLD is blocked but while ppoll(2) waits, so its end is seen at once, and a
 * daemon that it leaves with its output holds nobody up.
 */
#include "agent/trial.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/procsig.h"

#define ASK_MS 20

/* It interrupts ppoll(2), and nothing else. */
static void trial_child_ended(int sig)
{
	(void)sig;
}

static void watch_child(void)
{
	sigset_t ended;

	sigemptyset(&ended);
	sigaddset(&ended, SIGCHLD);
	sigprocmask(SIG_BLOCK, &ended, NULL);
	sigaction(SIGCHLD, &(struct sigaction){
		.sa_handler = trial_child_ended }, NULL);
}

/* The end counts: a runtime may tell much of itself before the image says a word. */
static void trial_keep(struct buf *said, const char *some, size_t n)
{
	buf_append(said, some, n);
	if (said->len >= 2 * TRIAL_MAX)
		buf_consume(said, said->len - TRIAL_MAX);
}

/* What is there now, of which more may come at once. 0: there will be no more. */
static int trial_hear(int fd, struct buf *said)
{
	char some[PIPE_BUF];
	ssize_t n = read(fd, some, sizeof some);

	if (n > 0)
		trial_keep(said, some, (size_t)n);
	return n > 0 || (n == -1 && errno == EAGAIN);
}

/* Behind its end: as much as a pipe holds, for others may write for ever. */
static void trial_hear_rest(int fd, struct buf *said)
{
	int left = TRIAL_MAX / PIPE_BUF;

	while (left-- > 0 && trial_hear(fd, said))
		;
}

/* How long to wait: until end, or until it is asked again. */
static struct timespec trial_pause(long long left, int is_asked)
{
	if (is_asked && left > ASK_MS)
		left = ASK_MS;
	return (struct timespec){ left / 1000, left % 1000 * 1000000 };
}

/* Its status; -1: it was killed. is_up may be NULL. */
static int await_trial(pid_t pid, int fd, long seconds,
	int (*is_up)(void *), void *arg, struct buf *said)
{
	const long long end = clock_ms() + seconds * 1000LL;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	sigset_t none;
	int status, is_late = 0;

	sigemptyset(&none);
	while (waitpid(pid, &status, is_late ? 0 : WNOHANG) != pid) {
		long long left = end - clock_ms();
		struct timespec t = trial_pause(left, is_up != NULL);

		if (is_up != NULL && is_up(arg))
			return 0;
		is_late = left <= 0;
		if (is_late)
			(void)procsig_send_group(pid, SIGKILL);
		else if (ppoll(&p, 1, &t, &none) > 0 && !trial_hear(fd, said))
			p.fd = -1;
	}
	trial_hear_rest(fd, said);
	return is_late ? -1 : status;
}

int trial_start(const struct spawn *s, long seconds,
	int (*is_up)(void *), void *arg, struct buf *said, struct err *e)
{
	struct spawn sp = *s;
	int p[2], status;
	pid_t pid;

	watch_child();
	if (pipe2(p, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	sp.session = 1;
	sp.fd[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sp.fd[1] = sp.fd[2] = p[1];
	pid = sp.fd[0] == -1 ? err_set(e, "/dev/null: %s", strerror(errno)) :
		spawn(&sp, e);
	close(p[1]);
	if (sp.fd[0] != -1)
		close(sp.fd[0]);
	fcntl(p[0], F_SETFL, O_NONBLOCK);
	status = pid == -1 ? -1 : await_trial(pid, p[0], seconds,
		is_up, arg, said);
	close(p[0]);
	if (pid != -1 && status == -1)
		return err_set(e, "%s did not end within %ld s", s->path,
			seconds);
	return status;
}

int trial_run(const struct spawn *s, long seconds, struct buf *said,
	struct err *e)
{
	return trial_start(s, seconds, NULL, NULL, said, e);
}
