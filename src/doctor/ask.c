/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program is asked, and waited for: until it has ended, whoever of its children
 * may still hold its output, or until its time is over.
 */
#include "doctor/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/fd.h"
#include "os/pathsearch.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define SAID_MAX (4 << 20)
#define LOOK_AGAIN_MS 20

static volatile sig_atomic_t is_stopped;

static void stop_asking(int sig)
{
	(void)sig;
	is_stopped = 1;
}

static const int stopping[] = { SIGINT, SIGTERM, SIGHUP };

static void set_signals(void (*handler)(int))
{
	for (unsigned i = 0; i < sizeof stopping / sizeof stopping[0]; i++)
		signal(stopping[i], handler);
}

void ask_heed_signals(void)
{
	set_signals(stop_asking);
}

void ask_forget_signals(void)
{
	is_stopped = 0;
	set_signals(SIG_IGN);
}

/* What is there of it; 0: nothing will come any more. */
static int take_said(int fd, struct buf *said)
{
	char some[16384];
	ssize_t n;

	while ((n = read(fd, some, sizeof some)) > 0)
		if (said->len < SAID_MAX)
			buf_append(said, some, (size_t)n);
	return n == -1 && (errno == EAGAIN || errno == EINTR);
}

static void wait_for_answer(pid_t pid, int fd, long long until,
	struct answer *a)
{
	int is_open = 1, status;

	for (;;) {
		pid_t done;

		(void)fd_wait(is_open ? fd : -1, POLLIN,
			clock_ms() + LOOK_AGAIN_MS);
		done = waitpid(pid, &status, WNOHANG);
		if (is_open)
			is_open = take_said(fd, &a->said);
		if (done == pid) {
			a->status = status;
			return;
		}
		if (clock_ms() < until && !is_stopped)
			continue;
		procsig_send_group(pid, SIGKILL);
		waitpid(pid, NULL, WNOHANG);
		return;
	}
}

/* The pipes of a program: its stdin, and what it says. */
static int open_pipes(int in[2], int out[2], struct err *e)
{
	if (pipe2(in, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	if (pipe2(out, O_CLOEXEC) == 0)
		return 0;
	err_set(e, "cannot make a pipe: %s", strerror(errno));
	close(in[0]);
	close(in[1]);
	return -1;
}

int ask(char *const *argv, char *const *env, const char *input, long ms,
	struct answer *a, struct err *e)
{
	long long begin = clock_ms();
	int in[2], out[2];
	struct spawn s = { .path = argv[0], .argv = argv, .env = env,
		.session = 1 };
	pid_t pid;

	*a = (struct answer){ .status = -1 };
	if (open_pipes(in, out, e) == -1)
		return -1;
	s.fd[0] = in[0];
	s.fd[1] = s.fd[2] = out[1];
	pid = spawn(&s, e);
	close(in[0]);
	close(out[1]);
	/* Who reads none of it has gone, or will. */
	if (pid != -1 && input != NULL)
		(void)!write(in[1], input, strlen(input));
	close(in[1]);
	if (pid != -1) {
		(void)fcntl(out[0], F_SETFL, O_NONBLOCK);
		wait_for_answer(pid, out[0], begin + ms, a);
	}
	close(out[0]);
	buf_append(&a->said, "", 1);
	a->ms = clock_ms() - begin;
	return pid == -1 ? -1 : 0;
}

int answer_is_good(const struct answer *a)
{
	return a->status != -1 && WIFEXITED(a->status) &&
		WEXITSTATUS(a->status) == 0;
}

int ask_find(const char *name, char *path, size_t size)
{
	return pathsearch(getenv("PATH"), name, path, size) ||
		pathsearch("/usr/sbin:/usr/local/sbin:/sbin:/usr/bin:/bin",
			name, path, size) ? 0 : -1;
}
