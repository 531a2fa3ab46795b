/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command has bounds in time and in what it says. Its end is that of the
 * process: something that a site's wrapper left running may hold its pipes for as
 * long as it lives. It stays in our process group, which whoever ends this
 * launcher ends whole.
 */
#include "launch/slurmcli/cli_tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/clock.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define OUT_MAX (16 << 20)	/* thousands of jobs, each with a comment */
#define ERR_MAX 16384
#define READ_SIZE 65536
#define LOOK_MS 100		/* for an end that no pipe tells of */
#define REAP_MS 2		/* between the end of its pipes and its own */
#define TURNS 300
#define TOOLS_MAX 3		/* at once */

static void cli_tool_close(struct tool *t, int i)
{
	if (t->fd[i] != -1)
		close(t->fd[i]);
	t->fd[i] = -1;
}

/* Pipes, of which the child's ends are in s. -1: none are open. */
static int make_pipes(struct tool *t, struct spawn *s)
{
	for (int i = 0; i < 3; i++) {
		int p[2];

		if (pipe2(p, O_CLOEXEC) == -1)
			return -1;
		s->fd[i] = p[i != 0];
		t->fd[i] = p[i == 0];
		fcntl(t->fd[i], F_SETFL, O_NONBLOCK);
	}
	return 0;
}

int cli_tool_start(struct tool *t, char *const *argv, char *const *env,
	struct buf *in, struct err *e)
{
	struct spawn s = { .path = argv[0], .argv = argv, .env = env,
		.fd = { -1, -1, -1 } };

	*t = (struct tool){ .name = argv[0], .pid = -1,
		.fd = { -1, -1, -1 } };
	if (make_pipes(t, &s) == -1)
		err_set(e, "cannot make a pipe: %s", strerror(errno));
	else
		t->pid = spawn(&s, e);
	for (int i = 0; i < 3; i++) {
		if (s.fd[i] != -1)
			close(s.fd[i]);
		if (t->pid == -1)
			cli_tool_close(t, i);
	}
	if (t->pid == -1)
		return -1;
	if (in != NULL) {
		t->in = *in;
		*in = (struct buf){ 0 };
	}
	return 0;
}

static void feed(struct tool *t)
{
	ssize_t n = t->in.len == 0 ? 0 :
		write(t->fd[0], buf_data(&t->in), t->in.len);

	if (n > 0)
		buf_consume(&t->in, (size_t)n);
	if (t->in.len == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		cli_tool_close(t, 0);
}

/*
 * Keep what fits: of the answer its beginning, which nobody uses then; of messages
 * the end, since the last line tells why.
 */
static void tool_trim(struct tool *t, int i)
{
	if (i == 1 && t->out.len > OUT_MAX) {
		t->out.len = OUT_MAX;
		t->too_much = 1;
	} else if (i == 2 && t->err.len > ERR_MAX) {
		buf_consume(&t->err, t->err.len - ERR_MAX);
	}
}

/* What is there, of one who writes without end only some. */
static void cli_tool_drain(struct tool *t, int i)
{
	struct buf *b = i == 1 ? &t->out : &t->err;
	ssize_t n = 1;

	for (int turns = 0; t->fd[i] != -1 && n > 0 && turns < TURNS; turns++) {
		n = read(t->fd[i], buf_reserve(b, READ_SIZE), READ_SIZE);
		buf_commit(b, n > 0 ? (size_t)n : 0);
		if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
			cli_tool_close(t, i);
		tool_trim(t, i);
	}
}

/* Reap it if it has ended; force: it must. */
static void tool_reap(struct tool *t, int force)
{
	pid_t pid;

	if (t->pid == -1)
		return;
	do
		pid = waitpid(t->pid, &t->status, force ? 0 : WNOHANG);
	while (pid == -1 && errno == EINTR);
	if (pid == 0)
		return;
	t->pid = -1;
	for (int i = 1; i < 3; i++)
		cli_tool_drain(t, i);
	for (int i = 0; i < 3; i++)
		cli_tool_close(t, i);
}

void cli_tool_stop(struct tool *t)
{
	if (t->pid == -1)
		return;
	procsig_send(t->pid, SIGKILL);
	tool_reap(t, 1);
}

void cli_tool_fini(struct tool *t)
{
	cli_tool_stop(t);
	buf_fini(&t->in);
	buf_fini(&t->out);
	buf_fini(&t->err);
}

int cli_tool_runs(const struct tool *t)
{
	return t != NULL && t->pid != -1;
}

int cli_tool_is_good(const struct tool *t)
{
	return t->pid == -1 && !t->too_much && WIFEXITED(t->status) &&
		WEXITSTATUS(t->status) == 0;
}

static size_t running(struct tool *const *tools, size_t n)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += cli_tool_runs(tools[i]) ? 1 : 0;
	return all;
}

/* One turn: whatever is there now, or comes within ms. */
static void turn(struct tool *const *tools, size_t n, int ms)
{
	struct pollfd fds[3 * TOOLS_MAX];
	nfds_t used = 0;

	for (size_t i = 0; i < n; i++)
		for (int k = 0; cli_tool_runs(tools[i]) && k < 3; k++)
			if (tools[i]->fd[k] != -1)
				fds[used++] = (struct pollfd){
					.fd = tools[i]->fd[k],
					.events = k == 0 ? POLLOUT : POLLIN,
				};
	poll(fds, used, used > 0 ? ms : REAP_MS);
	for (size_t i = 0; i < n; i++) {
		if (!cli_tool_runs(tools[i]))
			continue;
		if (tools[i]->fd[0] != -1)
			feed(tools[i]);
		for (int k = 1; k < 3; k++)
			cli_tool_drain(tools[i], k);
		if (tools[i]->too_much)
			cli_tool_stop(tools[i]);
		tool_reap(tools[i], 0);
	}
}

void cli_tool_wait(struct tool *const *tools, size_t n, long long until)
{
	const size_t before = running(tools, n);

	while (running(tools, n) == before && before > 0) {
		long long left = until - clock_ms();

		if (left <= 0)
			return;
		turn(tools, n, left < LOOK_MS ? (int)left : LOOK_MS);
	}
}
