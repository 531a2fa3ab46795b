/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/nodestep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "base/vis.h"
#include "net/flow.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/spawn.h"

#define LINE_MAX_BYTES 1024
#define READS_MAX 16		/* of 4096 bytes, at its end */

static void close_said(struct nodestep *s)
{
	int fd;

	if (s->said == NULL)
		return;
	fd = event_get_fd(s->said);
	event_free(s->said);
	close(fd);
	s->said = NULL;
}

/* Of several lines the first that looks like a reason counts, else the last. */
static void take_line(struct nodestep *s, const char *text, size_t len)
{
	char line[512];

	len = len < sizeof line / 4 ? len : sizeof line / 4;
	line[vis_encode(line, sizeof line - 1, text, len)] = '\0';
	if (line[0] == '\0')
		return;
	log_tell("%s: %s", s->node, line);
	if (s->is_error)
		return;
	s->is_error = strstr(line, "error") != NULL ||
		strstr(line, "vscode-remote-agent: ") != NULL;
	snprintf(s->words, sizeof s->words, "%s", line);
}

static void take_lines(struct nodestep *s, int last)
{
	struct buf *b = &s->line;
	const char *line;
	size_t len;

	while ((line = buf_line(b, &len)) != NULL) {
		take_line(s, line, len);
		buf_consume(b, len + 1);
	}
	if (b->len == 0 || (!last && b->len < LINE_MAX_BYTES))
		return;
	take_line(s, buf_data(b), b->len);
	buf_consume(b, b->len);
}

static void step_said_cb(evutil_socket_t fd, short what, void *arg)
{
	struct nodestep *s = arg;
	char some[4096];
	ssize_t len = read(fd, some, sizeof some);

	(void)what;
	if (len > 0) {
		buf_append(&s->line, some, (size_t)len);
		take_lines(s, 0);
	} else if (len == 0 || errno != EAGAIN) {
		take_lines(s, 1);
		close_said(s);
	}
}

/* What it said, or else how it has ended. */
static void tell_why(const struct nodestep *s, int status, struct err *why)
{
	if (spawn_outcome(s->report, why) == -1)
		return;
	if (s->words[0] != '\0')
		err_set(why, "%s", s->words);
	else
		err_set(why, "what should start its agent ended with %s %d, and said nothing",
			WIFSIGNALED(status) ? "signal" : "status",
			WIFSIGNALED(status) ? WTERMSIG(status) :
			WEXITSTATUS(status));
}

static void step_ended(pid_t pid, int status, void *arg)
{
	struct nodestep *s = arg;
	struct err why;

	log_info("node %s: process %ld ended, status 0x%x", s->node, (long)pid,
		status);
	/* What it has said is in the pipe, which others may hold for longer. */
	for (int reads = 0; s->said != NULL && reads < READS_MAX; reads++)
		step_said_cb(event_get_fd(s->said), 0, s);
	tell_why(s, status, &why);
	close(s->report);
	s->pid = -1;
	s->child = NULL;
	s->ended(&why, s->arg);
}

static char **step_argv(const struct nodestep *s)
{
	const struct opt_list *step = &s->job->opt->agent.step;
	char *const *own = s->job->argv;
	size_t argc = 0, at = 0;
	char **argv;

	while (own[argc] != NULL)
		argc++;
	argv = mem_alloc((step->n + argc + 2) * sizeof *argv);
	for (size_t i = 0; i < step->n; i++)
		argv[at++] = expand_token(step->word[i], "%n", s->node);
	for (size_t i = 0; i < argc; i++)
		argv[at++] = mem_strdup(own[i]);
	argv[at] = mem_printf("--node=%s", s->node);
	return argv;
}

static pid_t start_process(struct nodestep *s, int out, struct err *e)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char **argv = step_argv(s);
	struct spawn sp = { .path = argv[0], .argv = argv,
		.fd = { null, out, out }, .session = 1 };
	pid_t pid = spawn_start(&sp, &s->report, e);

	for (char **word = argv; *word != NULL; word++)
		free(*word);
	free(argv);
	if (null != -1)
		close(null);
	return pid;
}

int nodestep_run(struct nodestep *s, struct err *e)
{
	int p[2];

	close_said(s);
	s->words[0] = '\0';
	s->is_error = 0;
	if (pipe2(p, O_CLOEXEC) == -1)
		return err_set(e, "cannot make a pipe: %s", strerror(errno));
	s->pid = start_process(s, p[1], e);
	close(p[1]);
	if (s->pid == -1) {
		close(p[0]);
		return -1;
	}
	log_info("node %s: its agent is started by process %ld", s->node,
		(long)s->pid);
	flow_prepare(p[0]);
	s->said = event_new(s->job->base, p[0], EV_READ | EV_PERSIST,
		step_said_cb, s);
	event_add(s->said, NULL);
	s->child = child_watch(s->job->children, s->pid, step_ended, s);
	return 0;
}

int nodestep_is_running(const struct nodestep *s)
{
	return s->pid != -1;
}

int nodestep_has(const struct nodestep *s, pid_t pid, pid_t session)
{
	return s->pid != -1 && (pid == s->pid || session == s->pid);
}

void nodestep_end(struct nodestep *s)
{
	procsig_send(s->pid, SIGTERM);
}

void nodestep_kill(struct nodestep *s)
{
	procsig_send_group(s->pid, SIGKILL);
}

void nodestep_init(struct nodestep *s, const struct agent_job *job,
	const char *node, void (*ended)(const struct err *why, void *arg),
	void *arg)
{
	*s = (struct nodestep){ .job = job, .node = node, .ended = ended,
		.arg = arg, .pid = -1 };
}

void nodestep_fini(struct nodestep *s)
{
	close_said(s);
	if (s->pid != -1)
		close(s->report);
	child_forget(s->child);
	buf_fini(&s->line);
}
