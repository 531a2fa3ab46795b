/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * This process is the session leader, without a terminal, and the command a group
 * of it: so SIGTSTP stops that as it would below a shell. Whoever calls holds the
 * connection; when he has gone, his command is ended. When this process is killed
 * by the session's end, the command is one of those that the end signals, too.
 */
#include "agent/bridgecall.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/allocnodes.h"
#include "agent/prologue.h"
#include "base/mem.h"
#include "base/vis.h"
#include "opt/bridgecommand.h"
#include "os/bridgesig.h"
#include "os/clock.h"
#include "os/fd.h"
#include "os/fdpass.h"
#include "os/pathsearch.h"
#include "os/procsig.h"
#include "os/spawn.h"
#include "proto/bridgeenv.h"
#include "proto/bridgewire.h"

#define CALL_MS 10000		/* for the whole call to arrive */
#define NOTE_MS 1000		/* for room on the caller's stderr */
#define NOTES_MAX 3		/* of paths */
#define NOT_RUN 126		/* as shells say */

struct bridgecall {
	int conn;
	const struct jobenv *j;
	int fd[FDPASS_MAX];
	struct buf body;
	struct bridge_call call;	/* in body */
	const struct bridgecommand *row;
	struct envlist env;
	pid_t pid;
};

/* ---- replies ------------------------------------------------------------- */

static void bridgecall_say(const struct bridgecall *c, enum bridge_type type,
	int value, const char *text)
{
	struct bridge_reply r = { .type = type, .value = (uint32_t)value };
	struct buf out = { 0 };

	snprintf(r.text, sizeof r.text, "%s", text);
	bridge_reply_put(&out, &r);
	/* Whoever has gone is seen by the loop. */
	(void)!fd_write_all(c->conn, buf_data(&out), out.len);
	buf_fini(&out);
}

/*
 * Before the command runs: on the caller's stderr, so that it stands before its own.
 * That is his own open file, blocking or not, and nobody may read it: the command
 * does not wait for it.
 */
static void bridgecall_tell(const struct bridgecall *c, const char *line)
{
	char text[2 * sizeof ((struct err *)0)->text] = "vscode-remote-host: ";
	size_t n = strlen(text);

	n += vis_encode(text + n, sizeof text - n - 1, line, strlen(line));
	text[n++] = '\n';
	if (fd_wait(c->fd[2], POLLOUT, clock_ms() + NOTE_MS) != 1)
		return;
	/* A terminal that was stopped may take a part alone. */
	alarm(1);
	(void)!write(c->fd[2], text, n);
	alarm(0);
}

__attribute__((noreturn))
static void call_is_refused(const struct bridgecall *c, const struct err *why)
{
	bridgecall_say(c, BRIDGE_REFUSED, NOT_RUN, why->text);
	_exit(0);
}

/* ---- what is called ------------------------------------------------------ */

static int read_body(struct bridgecall *c, uint32_t len, long long until)
{
	char *to = buf_reserve(&c->body, len);

	while (c->body.len < len) {
		ssize_t n = read(c->conn, to + c->body.len, len - c->body.len);

		if (n > 0)
			buf_commit(&c->body, (size_t)n);
		else if (n == 0 || (errno != EAGAIN && errno != EINTR) ||
			fd_wait(c->conn, POLLIN, until) != 1)
			return -1;
	}
	return 0;
}

/* Nobody is told who went away meanwhile. */
static int call_read(struct bridgecall *c, struct err *e)
{
	long long until = clock_ms() + CALL_MS;
	char hello[BRIDGE_HELLO_SIZE];
	uint32_t len;
	int is_cut;

	if (fd_wait(c->conn, POLLIN, until) != 1 ||
		fdpass_receive(c->conn, hello, sizeof hello, c->fd,
			&is_cut) != sizeof hello)
		_exit(0);
	if (bridge_hello_get(hello, &len, e) == -1)
		return -1;
	if (is_cut || c->fd[FDPASS_MAX - 1] == -1)
		return err_set(e, "stdin, stdout and stderr did not come with it");
	if (read_body(c, len, until) == -1)
		_exit(0);
	return bridge_call_get(&c->call, buf_data(&c->body), c->body.len, e);
}

static int choose_command(struct bridgecall *c, struct err *e)
{
	const struct opt_list *extra = &c->j->job->opt->bridge.commands;
	const char *name = c->call.argv[0];
	struct buf list = { 0 };

	c->row = bridgecommand_find(extra, name);
	if (c->row != NULL)
		return 0;
	bridgecommand_list(extra, &list);
	buf_append(&list, "", 1);
	err_set(e, "'%.64s' is not run outside of the container; what is: %.600s; a session with --bridge-command=%.64s does so, where the site lets it",
		name, list.len > 1 ? buf_data(&list) : "nothing",
		name);
	buf_fini(&list);
	return -1;
}

/* ---- where it runs ------------------------------------------------------- */

static int place_is(const char *path, const struct bridge_place *p)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_dev == p->dev &&
		st.st_ino == p->ino;
}

/* How much of path is the place of a bind FROM:TO, or all below it; 0: it is not. */
static size_t bind_reaches(const char *to, const char *path)
{
	size_t len = strlen(to);

	while (len > 1 && to[len - 1] == '/')
		len--;
	return len > 1 && strncmp(path, to, len) == 0 &&
		(path[len] == '/' || path[len] == '\0') ? len : 0;
}

/*
 * Where a path of the container is outside by --container-bind, of which the deepest
 * counts, as it hides those above it; to be freed, NULL: by none.
 */
static char *bound_from(const struct bridgecall *c, const char *path)
{
	const struct opt_list *binds = &c->j->job->opt->container.binds;
	const char *from = NULL;
	size_t most = 0;

	for (size_t i = 0; i < binds->n; i++) {
		const char *to = strchr(binds->word[i], ':');
		size_t len = to != NULL ? bind_reaches(to + 1, path) : 0;

		if (len == 0 || len < most)
			continue;
		most = len;
		from = binds->word[i];
	}
	return from == NULL ? NULL : mem_printf("%.*s%s",
		(int)strcspn(from, ":"), from, path + most);
}

static int enter_bound(const struct bridgecall *c)
{
	char *path = bound_from(c, c->call.dir);
	int is = path != NULL && chdir(path) == 0 &&
		place_is(".", &c->call.place);

	free(path);
	return is;
}

static int enter_dir(const struct bridgecall *c, struct err *e)
{
	const char *dir = c->call.dir;
	int is_there = dir[0] == '/' && chdir(dir) == 0;

	if ((is_there && place_is(".", &c->call.place)) || enter_bound(c))
		return 0;
	if (c->row->ignores_dir)
		return chdir(c->j->job->user.home) == 0 || chdir("/") == 0 ? 0 :
			err_set(e, "/: %s", strerror(errno));
	if (dir[0] != '/')
		return err_set(e, "the working directory has no name outside of the container, where %s runs: go to one that both have, as %s",
			c->call.argv[0], c->j->job->user.home);
	return err_set(e, is_there ?
		"%.500s is another directory outside of the container, where %s runs: go to one that both have, as %s" :
		"there is no directory %.500s outside of the container, where %s runs: go to one that both have, as %s",
		dir, c->call.argv[0], c->j->job->user.home);
}

/* What the user is told of a file that is there in the image; 0: it is the same. */
static int say_path(const struct bridgecall *c, const char *path,
	const struct bridge_place *place, struct err *line)
{
	char *bound = bound_from(c, path);
	struct stat st;
	int is_there = stat(path, &st) == 0;

	if (is_there && st.st_dev == place->dev && st.st_ino == place->ino) {
		free(bound);
		return 0;
	}
	if (bound != NULL && place_is(bound, place))
		err_set(line, "%.300s is called %.300s outside of the container, where %s runs",
			path, bound, c->call.argv[0]);
	else if (is_there)
		err_set(line, "%.500s is another file outside of the container, where %s runs",
			path, c->call.argv[0]);
	else
		err_set(line, "%.500s is in the container only, and %s runs outside",
			path, c->call.argv[0]);
	free(bound);
	return 1;
}

/* It runs all the same: not each argument that looks so is meant as a file. */
static void note_paths(const struct bridgecall *c)
{
	int notes = 0;
	struct err line;

	for (size_t i = 0; i < c->call.n_paths && notes < NOTES_MAX; i++) {
		const struct bridge_path *p = &c->call.paths[i];

		if (!say_path(c, c->call.argv[p->arg] + p->at, &p->place, &line))
			continue;
		bridgecall_tell(c, line.text);
		notes++;
	}
}

/* ---- how it is started --------------------------------------------------- */

/* As a session's shell would find it, without what its start-up files add. */
static int find_program(const struct bridgecall *c, char *path, size_t size)
{
	const char *name = c->call.argv[0];

	return pathsearch(c->j->bin, name, path, size) ||
		pathsearch(envlist_get(&c->env, "PATH"), name, path, size);
}

static pid_t start_found(const struct bridgecall *c, struct spawn *s,
	struct err *e)
{
	s->argv = c->call.argv;
	return spawn(s, e);
}

/* Where start-up files of a login shell, or the prologue, say where it is. */
static pid_t start_by_shell(const struct bridgecall *c, struct spawn *s,
	struct err *e)
{
	static const char script[] =
		"command -v \"$1\" >/dev/null 2>&1 || {\n"
		"	echo \"vscode-remote-host: $1 is not there outside of the container, in no directory of PATH\" >&2\n"
		"	exit 127\n"
		"}\n"
		"exec \"$@\"";
	const char *shell = c->j->posix_shell;
	char *command = prologue_command(&c->j->job->opt->hooks.prologue,
		c->j->bin, shell, script);
	char **argv = mem_alloc((c->call.n_args + 6) * sizeof *argv);
	pid_t pid;

	argv[0] = (char *)(uintptr_t)shell;
	argv[1] = (char *)"-l";
	argv[2] = (char *)"-c";
	argv[3] = command != NULL ? command : (char *)(uintptr_t)script;
	argv[4] = (char *)"sh";
	memcpy(argv + 5, c->call.argv, c->call.n_args * sizeof *argv);
	s->path = shell;
	s->argv = argv;
	pid = spawn(s, e);
	free(argv);
	free(command);
	return pid;
}

static int start_command(struct bridgecall *c, struct err *e)
{
	char path[4096];
	struct spawn s = { .path = path, .env = c->env.list, .group = 1 };

	memcpy(s.fd, c->fd, sizeof s.fd);
	umask(c->call.umask);
	c->pid = find_program(c, path, sizeof path) ? start_found(c, &s, e) :
		start_by_shell(c, &s, e);
	for (int i = 0; i < FDPASS_MAX; i++)
		close(c->fd[i]);
	return c->pid == -1 ? -1 : 0;
}

/* ---- while it runs ------------------------------------------------------- */

/* What is done about a command whose caller has gone, after so many ms. */
static const struct {
	int ms, signal;
} farewell[] = { { 0, SIGHUP }, { 2000, SIGTERM }, { 5000, SIGKILL } };
#define FAREWELLS (sizeof farewell / sizeof *farewell)

static void signal_all(const struct bridgecall *c, int sig)
{
	(void)procsig_send_group(c->pid, sig);
}

/* 0: the caller has gone. */
static int pass_signals(const struct bridgecall *c)
{
	unsigned char some[64];
	ssize_t n = read(c->conn, some, sizeof some);

	for (ssize_t i = 0; i < n; i++) {
		const struct bridgesig *s = bridgesig_find(some[i]);

		if (s == NULL)
			continue;
		if (s->for_all)
			signal_all(c, s->number);
		else
			(void)procsig_send(c->pid, s->number);
	}
	return n > 0 || (n == -1 && (errno == EAGAIN || errno == EINTR));
}

/* Why a job may have been refused that was submitted here. */
static void note_submit(const struct bridgecall *c)
{
	struct err line;

	if (c->row->submits && allocnodes_say(c->call.argv, c->env.list,
		c->j->job->node, &line))
		bridgecall_say(c, BRIDGE_NOTE, 0, line.text);
}

/* 1: it has ended, which was told. */
static int look_at_command(const struct bridgecall *c)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(c->pid, &status, WNOHANG | WUNTRACED)) == c->pid) {
		if (WIFSTOPPED(status)) {
			bridgecall_say(c, BRIDGE_STOPPED, WSTOPSIG(status), "");
			continue;
		}
		if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
			note_submit(c);
		if (WIFSIGNALED(status))
			bridgecall_say(c, BRIDGE_KILLED, WTERMSIG(status), "");
		else
			bridgecall_say(c, BRIDGE_EXITED, WEXITSTATUS(status),
				"");
		return 1;
	}
	return pid == -1;
}

/* Look, and wait for more to be seen. 1: it has ended, 0: the time is over. */
static int command_ends(const struct bridgecall *c, int signals, long long until)
{
	struct signalfd_siginfo info;

	while (!look_at_command(c)) {
		if (fd_wait(signals, POLLIN, until) != 1)
			return 0;
		(void)!read(signals, &info, sizeof info);
	}
	return 1;
}

/* Its caller has gone. */
static void end_command(const struct bridgecall *c, int signals)
{
	long long since = clock_ms();

	for (size_t i = 0; i < FAREWELLS; i++) {
		signal_all(c, farewell[i].signal);
		signal_all(c, SIGCONT);
		if (command_ends(c, signals, i + 1 < FAREWELLS ?
			since + farewell[i + 1].ms : FD_FOREVER))
			return;
	}
}

static void attend_command(struct bridgecall *c, int signals)
{
	struct pollfd p[2] = { { .fd = signals, .events = POLLIN },
		{ .fd = c->conn, .events = POLLIN } };
	struct signalfd_siginfo info;

	while (!look_at_command(c)) {
		if (poll(p, 2, -1) == -1 && errno != EINTR)
			return;
		if (p[0].revents != 0)
			(void)!read(signals, &info, sizeof info);
		if (p[1].revents != 0 && !pass_signals(c)) {
			end_command(c, signals);
			return;
		}
	}
}

/* It interrupts a write, and nothing else. */
static void note_is_late(int sig)
{
	(void)sig;
}

/* The end of the session signals all of its processes: the command is told, too. */
static int watch_children(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	sigset_t set;

	for (size_t i = 0; i < sizeof ignored / sizeof *ignored; i++)
		signal(ignored[i], SIG_IGN);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = note_is_late },
		NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

void bridgecall_serve(int conn, const struct jobenv *j)
{
	struct bridgecall c = { .conn = conn, .j = j };
	int signals = watch_children();
	struct err e;

	(void)setsid();
	if (signals == -1)
		call_is_refused(&c, &(struct err){ "signalfd failed" });
	if (call_read(&c, &e) == -1 || choose_command(&c, &e) == -1 ||
		enter_dir(&c, &e) == -1)
		call_is_refused(&c, &e);
	note_paths(&c);
	if (c.row->at_terminal != NULL && isatty(c.fd[0]))
		bridgecall_tell(&c, c.row->at_terminal);
	bridgeenv_make(&c.env, &j->env, c.call.env);
	/* Before it says a word, at which somebody may send its caller a signal. */
	bridgecall_say(&c, BRIDGE_RUNS, 0, "");
	if (start_command(&c, &e) == -1)
		call_is_refused(&c, &e);
	attend_command(&c, signals);
	_exit(0);
}
