/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A program in the job and its stdio on a link: most are shells. It is started
 * by agent/program.c and agent/starter.c, while the link waits; then a relay has
 * the link, until the program has ended and all that it printed is sent. A link
 * that goes away hangs up this process and no other: the editor's server shares
 * its process group. While the process does not read its input the link is not
 * read either, so what must not wait for that comes by the control stream of the
 * same front.
 */
#include "agent/agent_shell.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "agent/program.h"
#include "agent/serve.h"
#include "agent/servers/folderhint.h"
#include "agent/sshd.h"
#include "base/mem.h"
#include "net/relay.h"
#include "net/turn.h"
#include "os/log.h"
#include "os/proc.h"
#include "os/procsig.h"
#include "os/spawn.h"

struct agent_shell {
	LIST_ENTRY(agent_shell) next;
	struct shells *all;
	enum shell_state {
		SHELL_STARTING,	/* exec is on the way; link and pairs are ours */
		SHELL_RUNNING,	/* the relay has them; the process may be over */
		SHELL_HUNG_UP,	/* only the process is left */
	} state;
	struct link *link;
	struct relay_pair pairs[STREAM_COUNT];	/* our ends of its stdio */
	int terminal;		/* the same, of one; -1: it has none */
	struct relay *relay;
	struct {
		pid_t pid;	/* -1: ended */
		int is_between;	/* it is a runtime's, above the program */
		struct event *starting;	/* NULL: exec has succeeded, or failed */
		struct child *child;
		int status;	/* of waitpid(2), once ended */
	} process;
	struct {
		char mark[FRAME_MARK];
		int is_known;	/* an older front does not say it */
	} front;
	struct filters to_stdin;
	struct sshd *sshd;	/* NULL: it is another program */
	struct folderhint folder;
};

struct shells {
	const struct jobenv *env;
	struct idle *idle;
	struct memory *memory;
	struct hygiene *hygiene;	/* NULL: not wanted */
	struct sshds *sshds;
	LIST_HEAD(, agent_shell) list;
	unsigned long long moved;	/* bytes, of those that are gone */
};

static void set_state(struct agent_shell *s, enum shell_state state)
{
	static const char *const names[] = { "starting", "running",
		"hung up" };

	log_debug("shell %ld: %s -> %s", (long)s->process.pid, names[s->state],
		names[state]);
	s->state = state;
}

static void close_report(struct agent_shell *s)
{
	int fd;

	if (s->process.starting == NULL)
		return;
	fd = event_get_fd(s->process.starting);
	event_free(s->process.starting);
	close(fd);
	s->process.starting = NULL;
}

/* Behind an sshd is a client as behind a port. */
static enum use use_of(const struct agent_shell *s)
{
	return s->sshd != NULL ? USE_CLIENT : USE_SHELL;
}

/* Nobody hears of it any more; the process goes on. */
static void let_go(struct agent_shell *s)
{
	switch (s->state) {
	case SHELL_STARTING:
		link_free(s->link);
		starter_close(s->pairs);
		break;
	case SHELL_RUNNING:
		if (s->relay != NULL)
			s->all->moved += relay_moved(s->relay);
		relay_free(s->relay);
		break;
	case SHELL_HUNG_UP:
		return;
	}
	if (s->terminal != -1)
		close(s->terminal);
	idle_count(s->all->idle, use_of(s), -1);
}

static void free_shell(struct agent_shell *s)
{
	close_report(s);
	let_go(s);
	child_forget(s->process.child);
	LIST_REMOVE(s, next);
	sshd_free(s->sshd);
	free(s);
}

/*
 * A runtime's process would end by it, and leave the program alone: that is its
 * child, once there is one.
 */
static void agent_shell_signal(const struct agent_shell *s, int sig)
{
	struct procmember *all = NULL;
	size_t n = 0;
	int is_sent = 0;

	if (s->process.is_between &&
		proc_family(s->process.pid, &all, &n) == -1)
		n = 0;
	for (size_t i = 0; i < n; i++)
		if (all[i].st.ppid == s->process.pid)
			is_sent |= procsig_send(all[i].st.pid, sig) == 0;
	free(all);
	if (!is_sent)
		procsig_send(s->process.pid, sig);
}

/* The front is gone. The shell's own process, and no other, hears of it. */
static void agent_shell_hup_all(struct agent_shell *s)
{
	let_go(s);
	set_state(s, SHELL_HUNG_UP);
	if (s->process.pid == -1) {
		free_shell(s);
		return;
	}
	log_info("shell %ld: its front is gone, hanging up", (long)s->process.pid);
	/* Its socket has ended: it ends its sessions and itself in good order. */
	if (s->sshd != NULL)
		return;
	agent_shell_signal(s, SIGHUP);
	agent_shell_signal(s, SIGCONT);
}

static void put_exit(struct buf *out, int status)
{
	struct shell_exit x;

	x.signaled = WIFSIGNALED(status);
	x.value = x.signaled ? WTERMSIG(status) : WEXITSTATUS(status);
	shell_exit_put(out, &x);
}

/*
 * The same, of an sshd: whoever could not log in hears why. One that is hung up
 * with its session catches that and exits, which is no end of its own: the front
 * would leave before it knows why the session ends.
 */
static void put_sshd_exit(struct buf *out, const struct agent_shell *s, int status)
{
	struct error x = { .status = EX_UNAVAILABLE };
	struct err why;

	if (!sshd_failed(s->sshd, s->all->env->job->node, status, &why)) {
		put_exit(out, sshds_are_ended(s->all->sshds) ? SIGHUP : status);
		return;
	}
	snprintf(x.text, sizeof x.text, "%s", why.text);
	error_put(out, &x);
}

/* All is said: tell how the shell ended. sshd too waits for end of file. */
static void finish_when_over(struct agent_shell *s)
{
	const int status = s->process.status;
	struct buf b = { 0 };
	struct link *l;

	if (s->process.pid != -1)
		return;
	for (int i = 0; i < STREAM_COUNT; i++)
		if (relay_reads(s->relay, i))
			return;
	/* The user hears why it was killed before he sees it end. */
	if (WIFSIGNALED(status) || WEXITSTATUS(status) == 128 + SIGKILL)
		memory_look(s->all->memory);
	if (s->sshd != NULL)
		put_sshd_exit(&b, s, status);
	else
		put_exit(&b, status);
	s->all->moved += relay_moved(s->relay);
	l = relay_release(s->relay);
	s->relay = NULL;
	link_send_buf(l, &b);
	link_free_when_sent(l);
	free_shell(s);
}

/* Said back, so that the front knows that its control stream will do. */
static void take_mark(struct agent_shell *s, const struct frame *f)
{
	if (s->front.is_known)
		return;
	memcpy(s->front.mark, f->data, sizeof s->front.mark);
	s->front.is_known = 1;
	link_send(relay_link(s->relay), FRAME_WHOSE, 0, s->front.mark,
		sizeof s->front.mark);
}

static void take_signal(struct agent_shell *s, const struct frame *f)
{
	if (s->process.pid > 0 && f->data[0] > 0 && f->data[0] < NSIG)
		agent_shell_signal(s, f->data[0]);
}

static void take_window(struct agent_shell *s, const struct frame *f)
{
	struct window w;
	struct err e;

	if (s->terminal != -1 && s->state != SHELL_HUNG_UP &&
		window_get(&w, f, &e) == 0)
		starter_set_window(s->terminal, &w);
}

static void agent_shell_other_frame(struct relay *r, const struct frame *f,
	void *arg)
{
	struct agent_shell *s = arg;

	(void)r;
	switch ((int)f->type) {
	case FRAME_SIGNAL:
		take_signal(s, f);
		break;
	case FRAME_WHOSE:
		take_mark(s, f);
		break;
	case FRAME_ANNOUNCED:
		folderhint_announced(&s->folder);
		break;
	case FRAME_WINDOW:
		take_window(s, f);
		break;
	default:
		log_debug("shell: %s frame ignored", frame_name(f->type));
	}
}

/* A process may close its stdin; an error of its output ends the shell. */
static void half_ended(struct relay *r, unsigned stream, int error, void *arg)
{
	struct agent_shell *s = arg;

	(void)r;
	if (error != 0 && stream != STREAM_STDIN) {
		log_info("shell %ld: output: %s", (long)s->process.pid,
			strerror(error));
		agent_shell_hup_all(s);
		return;
	}
	finish_when_over(s);
}

static void relay_down(struct relay *r, const struct err *why, void *arg)
{
	(void)r;
	(void)why;
	agent_shell_hup_all(arg);
}

static const struct relay_ops relay_ops = {
	.frame = agent_shell_other_frame,
	.ended = half_ended,
	.down = relay_down,
};

static void begin_relay(struct agent_shell *s)
{
	struct link *l = s->link;
	char what[32];

	/* No start script of an editor is typed at a terminal. */
	if (s->sshd != NULL) {
		s->sshd->log.pid = (long)s->process.pid;
		s->pairs[STREAM_STDERR].inward = &s->sshd->of_stderr;
	} else if (s->terminal == -1) {
		folderhint_init(&s->folder, s->all->hygiene, &s->to_stdin);
		s->pairs[STREAM_STDIN].outward = &s->to_stdin;
	}
	snprintf(what, sizeof what, "shell %ld", (long)s->process.pid);
	s->link = NULL;
	set_state(s, SHELL_RUNNING);
	s->relay = relay_new_stdio(s->all->env->job->base, l, s->pairs, STREAM_COUNT,
		TURN_LONG, what, &relay_ops, s);
}

/* The front hears why there is no shell; its process is just reaped. */
static void not_started(struct agent_shell *s, struct err *e)
{
	err_prefix(e, "cannot start the shell: ");
	serve_refuse(s->link, EX_OSERR, e);
	s->link = NULL;
	free_shell(s);
}

/* Whether exec has succeeded, once that is known. 0: there is no shell. */
static int agent_shell_settle(struct agent_shell *s)
{
	struct buf b = { 0 };
	struct err e;
	int outcome = spawn_outcome(event_get_fd(s->process.starting), &e);

	if (outcome == 1)
		return 1;
	close_report(s);
	/* The front has gone meanwhile: only the child is waited for. */
	if (s->state == SHELL_HUNG_UP)
		return 1;
	if (outcome == -1) {
		not_started(s, &e);
		return 0;
	}
	log_info("shell %ld started", (long)s->process.pid);
	text_put(&b, FRAME_OK, s->all->env->job->node);
	if (s->sshd != NULL && sshd_advice(s->sshd) != NULL)
		text_put(&b, FRAME_NOTICE, sshd_advice(s->sshd));
	link_send_buf(s->link, &b);
	begin_relay(s);
	return 1;
}

static void starting_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	agent_shell_settle(arg);
}

static void agent_shell_ended(pid_t pid, int status, void *arg)
{
	struct agent_shell *s = arg;

	log_info("shell %ld ended, status 0x%x", (long)pid, status);
	s->process.child = NULL;
	if (s->process.starting != NULL && !agent_shell_settle(s))
		return;
	s->process.status = status;
	s->process.pid = -1;
	/* A terminal's output ends with its shell, as with sshd. */
	if (s->state != SHELL_RUNNING)
		free_shell(s);
	else if (s->terminal != -1 && relay_reads(s->relay, STREAM_STDOUT))
		relay_drain(s->relay, STREAM_STDOUT);
	else
		finish_when_over(s);
}

static void no_frame(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;
}

static void agent_shell_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)l;
	(void)why;
	(void)auth;
	agent_shell_hup_all(arg);
}

static const struct link_ops starting_ops = {
	.frame = no_frame,
	.down = agent_shell_down,
};

/* Start the process. EX_OK, or what it is refused with, and e. */
static int agent_shell_start(struct agent_shell *s,
	const struct shell_request *r, int *report, struct err *e)
{
	struct program p;

	if (program_init(&p, s->all->env, s->all->sshds, r, e) == -1)
		return p.status;
	s->process.pid = starter_run(&p.starter, s->pairs, report, e);
	if (s->process.pid != -1) {
		s->process.is_between = p.is_between;
		s->sshd = p.sshd;
		p.sshd = NULL;
	}
	program_fini(&p);
	if (s->process.pid == -1) {
		err_prefix(e, "cannot start the shell: ");
		return EX_OSERR;
	}
	s->terminal = s->pairs[STREAM_STDIN].is_lent ?
		s->pairs[STREAM_STDIN].writefd : -1;
	return EX_OK;
}

void agent_shell_new(struct shells *all, struct link *l, const struct frame *request)
{
	const struct agent_job *job = all->env->job;
	struct agent_shell *s;
	struct shell_request r;
	struct err e;
	int report, status;

	if (shell_request_get(&r, request, &e) == -1) {
		serve_refuse(l, EX_PROTOCOL, &e);
		return;
	}
	s = mem_alloc(sizeof *s);
	s->all = all;
	status = agent_shell_start(s, &r, &report, &e);
	shell_request_fini(&r);
	if (status != EX_OK) {
		free(s);
		serve_refuse(l, status, &e);
		return;
	}
	s->link = l;
	LIST_INSERT_HEAD(&all->list, s, next);
	idle_count(all->idle, use_of(s), 1);
	s->process.child = child_watch(job->children, s->process.pid,
		agent_shell_ended, s);
	s->process.starting = event_new(job->base, report,
		EV_READ | EV_PERSIST, starting_cb, s);
	/* What is typed meanwhile waits on the link. */
	link_set_ops(l, &starting_ops, s);
	link_pause(l, 1);
	/* Nobody would hear that it has started. */
	if (event_add(s->process.starting, NULL) == -1)
		agent_shell_hup_all(s);
}

static int is_of(const struct agent_shell *s, const char mark[FRAME_MARK])
{
	return s->state != SHELL_HUNG_UP && s->front.is_known &&
		memcmp(s->front.mark, mark, FRAME_MARK) == 0;
}

void agent_shell_tell(struct shells *all, const char mark[FRAME_MARK],
	const struct frame *f)
{
	struct agent_shell *s;

	LIST_FOREACH(s, &all->list, next) {
		if (!is_of(s, mark))
			continue;
		if (f->type == FRAME_SIGNAL)
			take_signal(s, f);
		else
			take_window(s, f);
	}
}

void agent_shell_hang_up(struct shells *all, const char mark[FRAME_MARK])
{
	struct agent_shell *s, *next;

	for (s = LIST_FIRST(&all->list); s != NULL; s = next) {
		next = LIST_NEXT(s, next);
		if (is_of(s, mark))
			agent_shell_hup_all(s);
	}
}

int shells_have_said_all(const struct shells *all)
{
	const struct agent_shell *s;

	/* Behind its end a relay goes when all that it reads is queued. */
	LIST_FOREACH(s, &all->list, next)
		if (s->state == SHELL_RUNNING)
			return 0;
	return link_all_are_sent();
}

struct shells *shells_new(const struct jobenv *env, struct idle *idle,
	struct memory *memory, struct hygiene *hygiene, struct sshds *sshds)
{
	struct shells *all = mem_alloc(sizeof *all);

	*all = (struct shells){ .env = env, .idle = idle, .memory = memory,
		.hygiene = hygiene, .sshds = sshds };
	LIST_INIT(&all->list);
	return all;
}

void shells_free(struct shells *all)
{
	while (!LIST_EMPTY(&all->list))
		free_shell(LIST_FIRST(&all->list));
	free(all);
}

unsigned long long shells_moved(const struct shells *all)
{
	unsigned long long n = all->moved;
	const struct agent_shell *s;

	LIST_FOREACH(s, &all->list, next)
		if (s->state == SHELL_RUNNING && s->relay != NULL)
			n += relay_moved(s->relay);
	return n;
}
