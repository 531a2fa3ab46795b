/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What it writes is read as it comes, so that it never waits for us; of that the last
 * line counts, which is its progress or its reason.
 */
#include "agent/imageimport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/vis.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/spawn.h"

#define LOOK_MS 500
#define LINE_SIZE 256
#define PIPE_SIZE 65536		/* what one holds */

/* Its output so far: the line that comes, and the last one with something in it. */
struct said {
	char line[LINE_SIZE], last[LINE_SIZE];
	size_t len;
	unsigned long long bytes;	/* of all */
};

static void hear(struct said *s, const char *data, size_t n)
{
	s->bytes += n;
	for (size_t i = 0; i < n; i++) {
		if (data[i] != '\n' && data[i] != '\r') {
			if (s->len < sizeof s->line)
				s->line[s->len++] = data[i];
			continue;
		}
		if (s->len > 0)
			s->last[vis_encode(s->last, sizeof s->last - 1,
				s->line, s->len)] = '\0';
		s->len = 0;
	}
}

/*
 * Until it has closed its output or ended, since what it leaves may have that for
 * ever. As waitpid(2), behind its end.
 */
static pid_t hear_out(const struct imageimport *i, pid_t pid, int from,
	struct said *s, int *status)
{
	char some[PIPE_SIZE];
	ssize_t n = 1;
	pid_t ended = 0;

	while (n != 0 && ended == 0) {
		ended = waitpid(pid, status, WNOHANG);
		if (fd_wait(from, POLLIN, ended == 0 ? clock_ms() + LOOK_MS :
			0) == 1) {
			n = read(from, some, sizeof some);
			if (n > 0)
				hear(s, some, (size_t)n);
		}
		i->at(s->last, s->bytes, i->arg);
	}
	hear(s, "\n", 1);
	return ended != 0 ? ended : waitpid(pid, status, 0);
}

static int judge_import(const struct imageimport *i, int status, const struct said *s,
	struct err *e)
{
	const char *last = s->last[0] != '\0' ? s->last : "it says no reason";

	if (WIFSIGNALED(status))
		return err_set(e, "%s was ended by signal %d: %s", i->argv[0],
			WTERMSIG(status), last);
	if (WEXITSTATUS(status) != 0)
		return err_set(e, "%s ended with status %d: %s", i->argv[0],
			WEXITSTATUS(status), last);
	return 0;
}

static pid_t start(const struct imageimport *i, int *from, struct err *e)
{
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	pid = spawn(&(struct spawn){ .path = i->argv[0], .argv = i->argv,
		.env = i->env, .fd = { i->input, p[1], p[1] } }, e);
	close(p[1]);
	if (pid == -1)
		close(p[0]);
	*from = p[0];
	return pid;
}

int imageimport_run(const struct imageimport *i, struct err *e)
{
	struct said s = { .len = 0 };
	int from = -1, status;
	pid_t pid = start(i, &from, e);

	if (pid == -1)
		return -1;
	pid = hear_out(i, pid, from, &s, &status);
	fd_close(from);
	if (pid == -1)
		return err_set(e, "waitpid: %s", strerror(errno));
	return judge_import(i, status, &s, e);
}
