/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our shell in the job: asked for on a link of its own, until the agent says OK;
 * then a relay (front/stdio.c) has the link, with the interceptor on the way of
 * stdout. While a line is held nothing more is taken from the link, so that what
 * follows the line waits in the node, not here.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/patience.h"
#include "front/front_control.h"
#include "front/front_forward.h"
#include "front/front_shell.h"
#include "front/interceptor.h"
#include "front/job/called.h"
#include "front/longcommand.h"
#include "front/parting.h"
#include "front/shellask.h"
#include "front/startup.h"
#include "front/stdio.h"
#include "net/relay.h"
#include "os/clock.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define DIAL_SECONDS 30	/* for a link on which the shell can be asked for */

struct front_shell {
	const struct invocation *inv;
	struct front_shell_with with;
	struct parting *parting;
	struct link *link;	/* until it is the relay's */
	struct relay *relay;	/* NULL: the agent has not said OK */
	struct shell_agent {	/* where it is dialed */
		struct sockaddr_storage addr;
		socklen_t len;
		int has_advised;	/* once at most */
	} agent;
	struct startup startup;
	struct interceptor interceptor;
	struct event *again;	/* to dial, when there was no shell yet */
	struct patience patience;
	struct longcommand longcommand;
	struct shell_signals {
		int by_control;	/* the agent said that it takes them there */
		int interrupted;	/* it was sent SIGINT or SIGQUIT */
	} signals;
};

/* NULL: it is down, or to be dialed. */
static struct link *own_link(const struct front_shell *s)
{
	return s->relay != NULL ? relay_link(s->relay) : s->link;
}

/* For parting: bytes of the shell that are where they belong, and whether all. */
static unsigned long long front_shell_delivered(void *arg)
{
	const struct front_shell *s = arg;

	return s->relay == NULL ? 0 : relay_delivered(s->relay);
}

static int front_shell_is_written(void *arg)
{
	const struct front_shell *s = arg;

	return s->relay == NULL || !relay_is_writing(s->relay);
}

static const struct parting_output output = {
	.is_written = front_shell_is_written,
	.delivered = front_shell_delivered,
};

static void answered(uint16_t port, const char *path, const struct err *why,
	void *arg)
{
	struct front_shell *s = arg;

	interceptor_answer(&s->interceptor, port, path, why);
}

static void hold(const struct held_event *line, long long wait_ms, void *arg)
{
	struct front_shell *s = arg;

	if (line->in_block && own_link(s) != NULL)
		link_send(own_link(s), FRAME_ANNOUNCED, 0, NULL, 0);
	front_forward_hold(s->with.forward, line, wait_ms, answered, s);
}

/* Behind a terminal is a person, and no start script. */
static int is_for_client(const struct front_shell *s)
{
	return s->with.forward != NULL &&
		!stdio_is_terminal(s->with.stdio);
}

/* By which the agent, its keeper or the scheduler ends what runs in a job. */
static int ends_sessions(int sig)
{
	return sig == SIGHUP || sig == SIGTERM || sig == SIGKILL;
}

static void exited(struct front_shell *s, const struct frame *f)
{
	struct shell_exit x;
	struct err e;
	int status;

	if (shell_exit_get(&x, f, &e) == -1) {
		log_error("%s", e.text);
		return;
	}
	status = x.signaled ? 128 + x.value : x.value;
	log_info("the shell ended with %s %u", x.signaled ? "signal" :
		"status", x.value);
	if (!x.signaled)
		startup_ended(&s->startup, status);
	parting_tell(s->parting, x.signaled && ends_sessions(x.value) ?
		PARTING_SHELL_KILLED : PARTING_SHELL_ENDED, status);
}

/* An sshd by which nobody could log in: why, behind what it wrote. */
static void failed(struct front_shell *s, const struct frame *f)
{
	struct error said;
	struct err e;

	if (error_get(&said, f, &e) == -1) {
		log_error("%s", e.text);
		return;
	}
	log_fail("%s", said.text);
	parting_tell(s->parting, PARTING_SHELL_ENDED, said.status);
}

/* What a client before this one has met. */
static void advised(struct front_shell *s, const struct frame *f)
{
	char text[1024];
	struct err e;

	if (s->agent.has_advised)
		return;
	s->agent.has_advised = 1;
	if (text_get(text, sizeof text, f, &e) == 0)
		log_tell("%s", text);
	else
		log_error("%s", e.text);
}

static void front_shell_other_frame(struct relay *r, const struct frame *f,
	void *arg)
{
	struct front_shell *s = arg;

	(void)r;
	switch ((int)f->type) {
	case FRAME_WHOSE:
		s->signals.by_control = 1;
		break;
	case FRAME_NOTICE:
		advised(s, f);
		break;
	case FRAME_EXIT:
		exited(s, f);
		break;
	case FRAME_ERROR:
		failed(s, f);
		break;
	default:
		log_debug("shell: %s frame ignored", frame_name(f->type));
	}
}

static void half_ended(struct relay *r, unsigned stream, int error, void *arg)
{
	struct front_shell *s = arg;

	(void)r;
	if (error != 0 && s->with.host_key != NULL)
		stdio_failed(s->with.stdio, STREAM_STDOUT, error);
	else if (error != 0 && stream != STREAM_STDIN)
		stdio_failed(s->with.stdio, stream, error);
	parting_written(s->parting);
}

static void relay_written(struct relay *r, void *arg)
{
	struct front_shell *s = arg;

	(void)r;
	parting_written(s->parting);
}

static void relay_down(struct relay *r, const struct err *why, void *arg)
{
	struct front_shell *s = arg;

	(void)r;
	parting_shell_cut(s->parting, why);
}

static const struct relay_ops relay_ops = {
	.frame = front_shell_other_frame,
	.ended = half_ended,
	.written = relay_written,
	.down = relay_down,
};

/* The agent's answer. */
static void first_frame(struct link *l, const struct frame *f, void *arg)
{
	struct front_shell *s = arg;
	struct error said;
	struct err e;

	if (f->type == FRAME_OK) {
		s->link = NULL;
		link_hear_out(l);
		s->relay = s->with.host_key != NULL ?
			stdio_connect_stream(s->with.stdio, l, &relay_ops, s) :
			stdio_connect(s->with.stdio, l, &relay_ops, s);
	} else if (f->type == FRAME_ERROR && error_get(&said, f, &e) == 0) {
		log_fail("%s", said.text);
		parting_exit(s->parting, said.status);
	} else {
		log_debug("shell: %s frame ignored", frame_name(f->type));
	}
}

/*
 * The agent lets in only so many at once, and those who waited longest have to
 * come again. No shell was started of which anybody knows, nothing was typed.
 */
static int dial_again(struct front_shell *s, const struct err *why)
{
	int pause;

	if (parting_state(s->parting) != FRONT_SHELL)
		return 0;
	pause = patience_failed(&s->patience, clock_ms(), DIAL_SECONDS);
	if (pause == -1)
		return 0;
	log_info("the shell's link: %s; trying again", why->text);
	event_add(s->again, &(struct timeval){ .tv_sec = pause });
	return 1;
}

static void front_shell_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct front_shell *s = arg;

	(void)auth;	/* its control link has proved what is to be proved */
	link_free(l);
	s->link = NULL;
	if (!dial_again(s, why))
		parting_shell_cut(s->parting, why);
}

static const struct link_ops ops = {
	.frame = first_frame,
	.down = front_shell_down,
};

/* As ssh does it: a shell splits again what a shell has split. */
static void join_command(struct buf *out, const struct opt_list *words)
{
	for (size_t i = 0; i < words->n; i++)
		buf_printf(out, "%s%s", i > 0 ? " " : "", words->word[i]);
}

/* A terminal would echo it, and has lines of a few kB. */
static int put_command(const struct front_shell *s, struct shell_request *r)
{
	struct buf b = { 0 };
	size_t len;

	join_command(&b, &s->inv->opt->line.operands);
	len = b.len;
	if (len > SHELL_COMMAND_MAX && !r->pty) {
		buf_consume(&b, len);
		longcommand_put(&b, len);
		len = b.len;
	}
	snprintf(r->command, sizeof r->command, "%.*s", (int)b.len,
		b.len > 0 ? buf_data(&b) : "");
	buf_fini(&b);
	return len <= SHELL_COMMAND_MAX ? 0 : -1;
}

/*
 * No start script of an editor comes to the command `shell': his own will do,
 * also where that is none of POSIX and there is no terminal.
 */
static const char *own_shell(const struct front_shell *s)
{
	const struct invocation *inv = s->inv;

	if (inv->opt->shell.path != NULL)
		return inv->opt->shell.path;
	return s->with.forward == NULL ? inv->user.shell : "";
}

/* Whether the job is on this machine, by a launcher that knows no other. */
static int is_here(const struct place *p)
{
	char host[sizeof p->at.node];

	return hostaddr_name(host, sizeof host) == 0 &&
		strcmp(p->scope, host) == 0 && strcmp(p->at.node, host) == 0;
}

/* Once a connection: what -e passes on from here and nobody can use there. */
static void tell_vain(const struct opt_list *env, const struct place *p)
{
	if (is_here(p))
		return;
	for (size_t i = 0; i < env->n; i++) {
		size_t len = strcspn(env->word[i], "=");
		char *name = mem_strndup(env->word[i], len);
		const char *here = getenv(name), *why;
		const char *value = env->word[i][len] == '=' ?
			env->word[i] + len + 1 : NULL;

		why = value == NULL || (here && strcmp(value, here) == 0) ?
			sessionenv_vain(name, value) : NULL;
		if (why != NULL)
			log_tell("-e %s has no effect in the job: %s", name,
				why);
		free(name);
	}
}

static void send_frame(struct front_shell *s, const struct shell_request *r)
{
	struct err e;

	if (shellask_send(s->link, r, front_control_version(s->with.control),
		&e) == -1) {
		log_fail("%s", e.text);
		parting_exit(s->parting, EX_USAGE);
		return;
	}
	link_send(s->link, FRAME_WHOSE, 0, front_control_mark(s->with.control),
		FRAME_MARK);
}

/* An older agent has no container. */
static int goes_around(const struct front_shell *s)
{
	return s->inv->opt->shell.no_container &&
		front_control_version(s->with.control) >= CONTAINER_VERSION;
}

static const char *kind_of(const struct front_shell *s)
{
	if (s->inv->opt->line.operands.n > 0)
		return goes_around(s) ? KIND_COMMAND_OUTSIDE : KIND_COMMAND;
	return goes_around(s) ? KIND_SHELL_OUTSIDE : KIND_SHELL;
}

/* Its sessions have the session's environment, and what -e says. */
static void send_sshd_request(struct front_shell *s)
{
	struct shell_request r = { .pty = 0 };

	/* It would take the key for a command. */
	if (front_control_version(s->with.control) < START_VERSION) {
		log_fail("the session was started by an older version, which has no sshd for ssh clients; `%s` ends it, then connect again",
			called_for(s->inv, "cancel").s);
		parting_exit(s->parting, EX_PROTOCOL);
		return;
	}
	snprintf(r.kind, sizeof r.kind, "%s", goes_around(s) ?
		KIND_SSHD_OUTSIDE : KIND_SSHD);
	snprintf(r.command, sizeof r.command, "%s", s->with.host_key);
	shellask_env(&r, &s->inv->opt->shell.env);
	send_frame(s, &r);
	shell_request_fini(&r);
}

static void send_request(struct front_shell *s)
{
	const struct options *o = s->inv->opt;
	struct shell_request r = { .pty = stdio_is_terminal(s->with.stdio) };
	const char *term = getenv("TERM");

	r.window = stdio_window(s->with.stdio);
	snprintf(r.kind, sizeof r.kind, "%s", kind_of(s));
	snprintf(r.term, sizeof r.term, "%s", term ? term : "");
	snprintf(r.shell, sizeof r.shell, "%s", own_shell(s));
	shellask_env(&r, &o->shell.env);
	if (put_command(s, &r) == -1) {
		log_fail("the command is longer than %zu bytes, which a terminal does not take; put it into a script",
			SHELL_COMMAND_MAX);
		parting_exit(s->parting, EX_USAGE);
		shell_request_fini(&r);
		return;
	}
	send_frame(s, &r);
	shell_request_fini(&r);
}

static void front_shell_dial(struct front_shell *s)
{
	s->link = link_dial(s->inv->base, (struct sockaddr *)&s->agent.addr,
		s->agent.len, &s->with.place->key, &ops, s);
	if (s->with.host_key != NULL)
		send_sshd_request(s);
	else
		send_request(s);
}

static void again_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	front_shell_dial(arg);
}

static void send_command_ahead(struct front_shell *s)
{
	struct buf b = { 0 };

	join_command(&b, &s->inv->opt->line.operands);
	if (b.len > SHELL_COMMAND_MAX && !stdio_is_terminal(s->with.stdio))
		longcommand_send(&s->longcommand,
			stdio_filters(s->with.stdio, STREAM_STDIN),
			buf_data(&b), b.len);
	buf_fini(&b);
}

/* What an editor's start script needs, and who waits for its shell. */
static void add_filters(struct front_shell *s)
{
	struct stdio *io = s->with.stdio;
	struct filters *of_stdout = stdio_filters(io, STREAM_STDOUT);

	startup_watch(&s->startup, stdio_filters(io, STREAM_STDIN),
		of_stdout);
	interceptor_init(&s->interceptor, of_stdout,
		s->inv->opt->forward.confirm_timeout * 1000LL, hold, s);
}

struct front_shell *front_shell_new(const struct invocation *inv,
	const struct front_shell_with *with, const struct sockaddr *addr,
	socklen_t len)
{
	struct front_shell *s = mem_alloc(sizeof *s);

	s->inv = inv;
	s->with = *with;
	s->parting = inv->parting;
	memcpy(&s->agent.addr, addr, len);
	s->agent.len = len;
	s->again = evtimer_new(inv->base, again_cb, s);
	startup_init(&s->startup, inv->base, inv->parting,
		inv->opt->shell.path);
	if (is_for_client(s))
		add_filters(s);
	send_command_ahead(s);
	tell_vain(&inv->opt->shell.env, with->place);
	parting_shell_starts(s->parting, &output, s);
	front_shell_dial(s);
	return s;
}

void front_shell_free(struct front_shell *s)
{
	if (s == NULL)
		return;
	link_free(s->link);
	event_free(s->again);
	interceptor_fini(&s->interceptor);
	startup_fini(&s->startup);
	longcommand_fini(&s->longcommand);
	free(s);
}

/* The shell's link may be full of what nobody reads: rather beside it. */
static void front_shell_tell(struct front_shell *s, struct buf *b)
{
	if (!s->signals.by_control || front_control_send(s->with.control, b) == -1)
		link_send_buf(own_link(s), b);
}

/*
 * What the user means with Ctrl-C is for the shell, the first time. What does
 * not end of it, or does not hear it, must not keep him here.
 */
static int front_shell_is_to_hear(struct front_shell *s, int sig)
{
	int again = s->signals.interrupted;

	if (sig != SIGINT && sig != SIGQUIT)
		return 1;
	s->signals.interrupted = 1;
	parting_tell(s->parting, again || own_link(s) == NULL ?
		PARTING_CTRL_C_AGAIN : PARTING_CTRL_C, 128 + sig);
	return parting_state(s->parting) != FRONT_OVER;
}

void front_shell_signal(struct front_shell *s, int sig)
{
	unsigned char byte = sig;
	struct buf b = { 0 };

	if (!front_shell_is_to_hear(s, sig) || own_link(s) == NULL)
		return;
	frame_write(&b, FRAME_SIGNAL, 0, &byte, 1);
	front_shell_tell(s, &b);
}

void front_shell_window(struct front_shell *s)
{
	struct window w = stdio_window(s->with.stdio);
	struct buf b = { 0 };

	window_put(&b, &w);
	if (own_link(s) != NULL)
		front_shell_tell(s, &b);
	buf_fini(&b);
}
