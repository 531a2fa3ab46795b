/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A shell in the job and its stdio on a link: pipes, or a terminal when the
 * user's ssh has one. A link that goes away hangs up this shell's process and
 * no other: the editor's server shares its process group. While the process
 * does not read its input the link is not read either, so what must not wait
 * for that comes by the control stream of the same front.
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pty.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/idle.h"
#include "agent/memory.h"
#include "agent/rundir.h"
#include "agent/serve.h"
#include "agent/servers/hygiene.h"
#include "agent/shell.h"
#include "base/mem.h"
#include "editor/folderline.h"
#include "net/flow.h"
#include "net/turn.h"
#include "os/log.h"
#include "os/procsig.h"
#include "os/spawn.h"
#include "proto/sessionenv.h"

struct shell {
	LIST_ENTRY(shell) next;
	struct agent *agent;
	struct link *link;	/* NULL: hung up */
	char mark[FRAME_MARK];	/* of its front */
	int is_marked;		/* an older front does not say it */
	pid_t pid;		/* -1: ended */
	struct child *child;
	struct event *starting;	/* NULL: exec has succeeded, or failed */
	int status;		/* of waitpid(2), once ended */
	int pty;		/* the terminal's master, or -1 */
	int fd[STREAM_COUNT];	/* -1: closed */
	struct outflow in;	/* to the shell's stdin */
	struct inflow out[STREAM_COUNT];
	int stdin_ended;
	struct folderline folderline;
	enum {
		FOLDER_UNNAMED,	/* no script has named the server's folder */
		FOLDER_NAMED,	/* and has read our line behind that */
		FOLDER_TOLD,	/* it announced a server all the same */
	} folder;
};

static void close_stream(struct shell *s, int i)
{
	if (s->fd[i] == -1)
		return;
	if (i == STREAM_STDIN)
		outflow_fini(&s->in);
	else
		inflow_fini(&s->out[i]);
	/* The terminal is one descriptor for all. */
	if (s->pty == -1)
		close(s->fd[i]);
	s->fd[i] = -1;
}

static void close_report(struct shell *s)
{
	int fd;

	if (s->starting == NULL)
		return;
	fd = event_get_fd(s->starting);
	event_free(s->starting);
	close(fd);
	s->starting = NULL;
}

static void free_shell(struct shell *s)
{
	close_report(s);
	for (int i = 0; i < STREAM_COUNT; i++)
		close_stream(s, i);
	if (s->pty != -1)
		close(s->pty);
	if (s->link != NULL) {
		link_free(s->link);
		idle_count(s->agent, USE_SHELL, -1);
	}
	child_forget(s->child);
	LIST_REMOVE(s, next);
	free(s);
}

/* All is said: tell how the shell ended. sshd too waits for end of file. */
static void finish_when_over(struct shell *s)
{
	struct shell_exit x;
	struct buf b = { 0 };

	if (s->pid != -1 || s->link == NULL || s->fd[STREAM_STDOUT] != -1 ||
		s->fd[STREAM_STDERR] != -1)
		return;
	/* Who was killed hears why, before that. */
	if (WIFSIGNALED(s->status) || WEXITSTATUS(s->status) == 128 + SIGKILL)
		memory_look(s->agent);
	x.signaled = WIFSIGNALED(s->status);
	x.value = x.signaled ? WTERMSIG(s->status) : WEXITSTATUS(s->status);
	shell_exit_put(&b, &x);
	link_send_buf(s->link, &b);
	link_free_when_sent(s->link);
	s->link = NULL;
	idle_count(s->agent, USE_SHELL, -1);
	free_shell(s);
}

static void output(struct inflow *in, char *data, size_t len, void *arg)
{
	struct shell *s = arg;

	link_send_data(s->link, in - s->out, data, len);
	if (link_is_full(s->link))
		for (int i = STREAM_STDOUT; i <= STREAM_STDERR; i++)
			if (s->fd[i] != -1)
				inflow_pause(&s->out[i], 1);
}

static void hang_up(struct shell *s);

static void output_end(struct inflow *in, int error, void *arg)
{
	struct shell *s = arg;
	int i = in - s->out;

	if (error != 0) {
		log_info("shell %ld: output: %s", (long)s->pid,
			strerror(error));
		hang_up(s);
		return;
	}
	link_send(s->link, FRAME_EOF, i, NULL, 0);
	close_stream(s, i);
	finish_when_over(s);
}

static void input_drained(struct outflow *out, void *arg)
{
	struct shell *s = arg;

	(void)out;
	link_pause(s->link, 0);
	if (s->stdin_ended && outflow_queued(&s->in) == 0 && s->pty == -1)
		close_stream(s, STREAM_STDIN);
}

/* The shell has closed its stdin: what comes for it is dropped. */
static void input_failed(struct outflow *out, int error, void *arg)
{
	struct shell *s = arg;

	(void)out;
	(void)error;
	link_pause(s->link, 0);
	close_stream(s, STREAM_STDIN);
}

/* The front hears why there is no shell; its process is just reaped. */
static void not_started(struct shell *s, struct err *e)
{
	err_prefix(e, "cannot start the shell: ");
	serve_refuse(s->link, EX_OSERR, e);
	s->link = NULL;
	idle_count(s->agent, USE_SHELL, -1);
	free_shell(s);
}

static void room(struct link *l, void *arg)
{
	struct shell *s = arg;

	(void)l;
	for (int i = STREAM_STDOUT; i <= STREAM_STDERR; i++)
		if (s->fd[i] != -1 && s->starting == NULL)
			inflow_pause(&s->out[i], 0);
}

/* Whether exec has succeeded, once that is known. 0: there is no shell. */
static int settle(struct shell *s)
{
	struct buf b = { 0 };
	struct err e;
	int outcome = spawn_outcome(event_get_fd(s->starting), &e);

	if (outcome == 1)
		return 1;
	close_report(s);
	/* The front has gone meanwhile: only the child is waited for. */
	if (s->link == NULL)
		return 1;
	if (outcome == -1) {
		not_started(s, &e);
		return 0;
	}
	log_info("shell %ld started", (long)s->pid);
	text_put(&b, FRAME_OK, s->agent->node);
	link_send_buf(s->link, &b);
	link_pause(s->link, 0);
	room(s->link, s);
	return 1;
}

static void starting_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	settle(arg);
}

static void ended(pid_t pid, int status, void *arg)
{
	struct shell *s = arg;

	log_info("shell %ld ended, status 0x%x", (long)pid, status);
	s->child = NULL;
	if (s->starting != NULL && !settle(s))
		return;
	s->status = status;
	/* A terminal's output ends with its shell, as with sshd. */
	if (s->pty != -1 && s->fd[STREAM_STDOUT] != -1)
		inflow_drain(&s->out[STREAM_STDOUT]);
	if (s->pty != -1 && s->fd[STREAM_STDOUT] != -1) {
		link_send(s->link, FRAME_EOF, STREAM_STDOUT, NULL, 0);
		close_stream(s, STREAM_STDOUT);
	}
	s->pid = -1;
	if (s->link == NULL)
		free_shell(s);
	else
		finish_when_over(s);
}

/* The front is gone. The shell's own process, and no other, hears of it. */
static void hang_up(struct shell *s)
{
	link_free(s->link);
	s->link = NULL;
	idle_count(s->agent, USE_SHELL, -1);
	for (int i = 0; i < STREAM_COUNT; i++)
		close_stream(s, i);
	if (s->pty != -1)
		close(s->pty);
	s->pty = -1;
	if (s->pid == -1) {
		free_shell(s);
		return;
	}
	log_info("shell %ld: its front is gone, hanging up", (long)s->pid);
	procsig_send(s->pid, SIGHUP);
	procsig_send(s->pid, SIGCONT);
}

static void set_window(struct shell *s, const struct window *w)
{
	struct winsize size = {
		.ws_row = w->rows,
		.ws_col = w->columns,
		.ws_xpixel = w->xpixel,
		.ws_ypixel = w->ypixel,
	};

	if (s->pty != -1)
		(void)ioctl(s->pty, TIOCSWINSZ, &size);
}

/* An editor's script may need to hear of another server folder. */
static void write_input(struct shell *s, const char *data, size_t len)
{
	const char *line = s->pty == -1 ? hygiene_folder_line(s->agent) : NULL;
	size_t n;

	while (line != NULL &&
		(n = folderline_scan(&s->folderline, data, len)) > 0) {
		outflow_write(&s->in, data, n);
		outflow_write(&s->in, line, strlen(line));
		s->folder = FOLDER_NAMED;
		data += n;
		len -= n;
	}
	if (len > 0)
		outflow_write(&s->in, data, len);
}

/* Its server is where --server-dir was to keep it from. */
static void announced(struct shell *s)
{
	if (s->folder != FOLDER_UNNAMED ||
		hygiene_folder_line(s->agent) == NULL)
		return;
	s->folder = FOLDER_TOLD;
	hygiene_folder_not_named(s->agent);
}

/* Said back, so that the front knows that its control stream will do. */
static void take_mark(struct shell *s, const struct frame *f)
{
	if (s->is_marked)
		return;
	memcpy(s->mark, f->data, sizeof s->mark);
	s->is_marked = 1;
	link_send(s->link, FRAME_WHOSE, 0, s->mark, sizeof s->mark);
}

static void take_signal(struct shell *s, const struct frame *f)
{
	if (s->pid > 0 && f->data[0] > 0 && f->data[0] < NSIG)
		procsig_send(s->pid, f->data[0]);
}

static void take_window(struct shell *s, const struct frame *f)
{
	struct window w;
	struct err e;

	if (window_get(&w, f, &e) == 0)
		set_window(s, &w);
}

static void frame(struct link *l, const struct frame *f, void *arg)
{
	struct shell *s = arg;

	switch ((int)f->type) {
	case FRAME_DATA:
		if (s->fd[STREAM_STDIN] == -1 || s->stdin_ended)
			break;
		write_input(s, f->data, f->len);
		if (outflow_is_full(&s->in))
			link_pause(l, 1);
		break;
	case FRAME_EOF:
		s->stdin_ended = 1;
		if (s->fd[STREAM_STDIN] != -1 && s->pty == -1 &&
			outflow_queued(&s->in) == 0)
			close_stream(s, STREAM_STDIN);
		break;
	case FRAME_SIGNAL:
		take_signal(s, f);
		break;
	case FRAME_WHOSE:
		take_mark(s, f);
		break;
	case FRAME_ANNOUNCED:
		announced(s);
		break;
	case FRAME_WINDOW:
		take_window(s, f);
		break;
	default:
		log_debug("shell: %s frame ignored", frame_name(f->type));
	}
}

static void down(struct link *l, const struct err *why, int auth, void *arg)
{
	(void)l;
	(void)why;
	(void)auth;
	hang_up(arg);
}

static const struct link_ops ops = {
	.frame = frame,
	.room = room,
	.down = down,
};

/* What the child gets as its three descriptors, and what we keep. */
static int make_stdio(struct shell *s, const struct shell_request *r,
	int child[3], struct err *e)
{
	for (int i = 0; i < 3; i++)
		child[i] = -1;
	if (r->pty) {
		if (openpty(&s->pty, &child[0], NULL, NULL, NULL) == -1)
			return err_set(e, "cannot make a terminal: %s",
				strerror(errno));
		fcntl(child[0], F_SETFD, FD_CLOEXEC);
		child[1] = child[2] = child[0];
		flow_prepare(s->pty);
		set_window(s, &r->window);
		s->fd[STREAM_STDIN] = s->fd[STREAM_STDOUT] = s->pty;
		return 0;
	}
	for (int i = 0; i < 3; i++) {
		int p[2];

		if (pipe2(p, O_CLOEXEC) == -1)
			return err_set(e, "cannot make a pipe: %s",
				strerror(errno));
		s->fd[i] = i == STREAM_STDIN ? p[1] : p[0];
		child[i] = i == STREAM_STDIN ? p[0] : p[1];
		flow_prepare(s->fd[i]);
	}
	return 0;
}

static void init_flows(struct shell *s)
{
	struct event_base *base = s->agent->base;

	outflow_init(&s->in, base, s->fd[STREAM_STDIN], input_drained,
		input_failed, s);
	for (int i = STREAM_STDOUT; i <= STREAM_STDERR; i++) {
		if (s->fd[i] == -1)
			continue;
		inflow_init(&s->out[i], base, s->fd[i], TURN_LONG, output,
			output_end, s);
	}
}

/* Another shell than his own, by its path. */
static int wants_another(const struct agent *a, const struct shell_request *r)
{
	return r->shell[0] != '\0' && strcmp(r->shell, a->user.shell) != 0;
}

/*
 * Scripts of editors are for a POSIX shell, and so are commands of ours; people
 * and who runs a command in his session get his own.
 */
static const char *choose_shell(const struct agent *a,
	const struct shell_request *r)
{
	if (wants_another(a, r))
		return r->shell;
	return r->shell[0] != '\0' || r->pty || r->command[0] != '\0' ?
		a->own_shell : a->posix_shell;
}

/* SHELL stays the user's unless he has asked for another shell. */
static void shell_env(struct agent *a, const struct shell_request *r,
	struct envlist *env)
{
	envlist_put_all(env, a->env.list);
	if (wants_another(a, r))
		envlist_set(env, "SHELL", r->shell);
	envlist_unset(env, sessionenv_own_names[SESSIONENV_TERM]);
	if (r->pty)
		sessionenv_set(env, SESSIONENV_TERM,
			r->term[0] ? r->term : "dumb");
	for (size_t at = 0; at < r->env.len;) {
		const char *word = buf_data(&r->env) + at;

		envlist_change(env, word);
		at += strlen(word) + 1;
	}
}

/*
 * A login shell has a '-' before its name. But bash then believes, and says in
 * $BASH, that it is the shell of the passwd entry, by which start-up files of
 * sites tell what they are read by. Where that is another it is called as by
 * `ssh host bash -l'.
 */
static void make_argv(const struct agent *a, const char *shell,
	const char *command, char login[258], char *argv[5])
{
	char path[256];
	const char *name;
	int n = 0;

	snprintf(path, sizeof path, "%s", shell);
	name = basename(path);
	if (strcmp(name, "bash") == 0 &&
		strcmp(shell, a->user.passwd_shell) != 0) {
		argv[n++] = "bash";
		argv[n++] = "-l";
	} else {
		snprintf(login, 258, "-%s", name);
		argv[n++] = login;
	}
	if (command[0] != '\0') {
		argv[n++] = "-c";
		argv[n++] = (char *)(uintptr_t)command;
	}
	argv[n] = NULL;
}

/*
 * Start the process; *report tells later whether it became the shell, since the
 * home directory or the shell's own may hang.
 */
static int start(struct shell *s, const struct shell_request *r, int *report,
	struct err *e)
{
	const char *shell = choose_shell(s->agent, r);
	char login[258], *argv[5];
	struct envlist env = { 0 };
	struct spawn sp = { .path = shell, .argv = argv, .session = 1,
		.dir = s->agent->cwd, .dir_or_root = 1 };

	rundir_check(s->agent);
	make_argv(s->agent, shell, r->command, login, argv);
	shell_env(s->agent, r, &env);
	sp.env = env.list;
	sp.terminal = r->pty;
	if (make_stdio(s, r, sp.fd, e) == 0) {
		s->pid = spawn_start(&sp, report, e);
		if (s->pid == -1)
			err_prefix(e, "cannot start the shell: ");
	}
	for (int i = 0; i < (r->pty ? 1 : 3); i++)
		if (sp.fd[i] != -1)
			close(sp.fd[i]);
	envlist_fini(&env);
	return s->pid == -1 ? -1 : 0;
}

void shell_new(struct agent *a, struct link *l, const struct frame *request)
{
	struct shell *s;
	struct shell_request r;
	struct err e;
	int report;

	if (shell_request_get(&r, request, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	s = mem_alloc(sizeof *s);
	s->agent = a;
	s->pid = s->pty = -1;
	for (int i = 0; i < STREAM_COUNT; i++)
		s->fd[i] = -1;
	if (start(s, &r, &report, &e) == -1) {
		for (int i = 0; i < STREAM_COUNT && s->pty == -1; i++)
			if (s->fd[i] != -1)
				close(s->fd[i]);
		if (s->pty != -1)
			close(s->pty);
		free(s);
		serve_refuse(l, EX_OSERR, &e);
		shell_request_fini(&r);
		return;
	}
	shell_request_fini(&r);
	s->link = l;
	LIST_INSERT_HEAD(&a->shells, s, next);
	idle_count(a, USE_SHELL, 1);
	s->child = child_watch(a->children, s->pid, ended, s);
	s->starting = event_new(a->base, report, EV_READ | EV_PERSIST,
		starting_cb, s);
	init_flows(s);
	/* What is typed meanwhile waits on the link. */
	link_set_ops(l, &ops, s);
	link_pause(l, 1);
	/* Nobody would hear that it has started. */
	if (event_add(s->starting, NULL) == -1)
		hang_up(s);
}

static int is_of(const struct shell *s, const char mark[FRAME_MARK])
{
	return s->link != NULL && s->is_marked &&
		memcmp(s->mark, mark, FRAME_MARK) == 0;
}

void shell_tell(struct agent *a, const char mark[FRAME_MARK],
	const struct frame *f)
{
	struct shell *s;

	LIST_FOREACH(s, &a->shells, next) {
		if (!is_of(s, mark))
			continue;
		if (f->type == FRAME_SIGNAL)
			take_signal(s, f);
		else
			take_window(s, f);
	}
}

void shell_hang_up(struct agent *a, const char mark[FRAME_MARK])
{
	struct shell *s, *next;

	for (s = LIST_FIRST(&a->shells); s != NULL; s = next) {
		next = LIST_NEXT(s, next);
		if (is_of(s, mark))
			hang_up(s);
	}
}

void shell_free_all(struct agent *a)
{
	while (!LIST_EMPTY(&a->shells))
		free_shell(LIST_FIRST(&a->shells));
}
