/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Our shell in the job: its stdio on a link, and the interceptor on the way of
 * its stdout. While a line is held nothing more is taken from the link, so that
 * what follows the line waits in the node, not here.
 */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "base/patience.h"
#include "front/control.h"
#include "front/forward.h"
#include "front/parting.h"
#include "front/shell.h"
#include "front/startup.h"
#include "front/stdio.h"
#include "net/link.h"
#include "os/clock.h"
#include "os/hostaddr.h"
#include "os/log.h"
#include "proto/sessionenv.h"

#define DIAL_SECONDS 30	/* for a link on which the shell can be asked for */

/*
 * So often as long as --confirm-timeout lines may be held in all; then each is
 * asked about once. A program may print any number that name no listener.
 */
#define HOLDS 4

struct shell {
	struct front *front;
	struct parting *parting;
	struct link *link;
	struct sockaddr_storage addr;	/* the agent's */
	socklen_t len;
	struct startup startup;
	struct event *again;	/* to dial, when there was no shell yet */
	struct patience patience;
	struct held held;
	struct buf rest;	/* behind a held line */
	int holding;		/* a line awaits its listener */
	long long held_since;
	long long hold_left;	/* ms that lines may still wait for listeners */
	int line_in_block;	/* between start and end markers */
	int started;		/* the agent said OK */
	int by_control;		/* it also said that it takes signals there */
	int interrupted;	/* the shell was sent SIGINT or SIGQUIT */
	int stdout_ended;	/* flush once the rest is through */
};

/* For parting: all that the shell said is where it belongs. */
static int shell_is_written(void *arg)
{
	const struct shell *s = arg;

	return !s->holding && s->rest.len == 0 &&
		stdio_queued(s->front->stdio) == 0;
}

static void update_pause(struct shell *s)
{
	struct stdio *io = s->front->stdio;

	if (s->link != NULL)
		link_pause(s->link, s->holding ||
			stdio_is_full(io, STREAM_STDOUT) ||
			stdio_is_full(io, STREAM_STDERR));
}

static void pass(struct shell *s, const char *data, size_t len);

static void released(uint16_t port, const char *path, const struct err *why,
	void *arg)
{
	struct shell *s = arg;
	struct buf rest = s->rest;

	s->rest = (struct buf){ 0 };
	s->holding = 0;
	s->hold_left -= clock_ms() - s->held_since;
	if (s->hold_left < 0)
		s->hold_left = 0;
	if (port != 0) {
		held_release_port(&s->held, port);
	} else if (path == NULL && !s->line_in_block) {
		/* Just a line that looks like one: nobody's client waits. */
		log_info("%s: the line passes as it is", why->text);
		held_release_same(&s->held);
	} else if (path == NULL || held_release_path(&s->held, path) == -1) {
		log_fail("%s; the client is told that its server did not start",
			why->text);
		held_release_empty(&s->held);
	}
	pass(s, buf_data(&rest), rest.len);
	buf_fini(&rest);
	update_pause(s);
	parting_written(s->parting);
}

/* Through the interceptor to stdout. */
static void pass(struct shell *s, const char *data, size_t len)
{
	struct held_event ev;
	size_t n;

	for (;;) {
		n = held_scan(&s->held, data, len, &ev);
		data += n;
		len -= n;
		if (ev.kind == HELD_PASS) {
			stdio_write(s->front->stdio, STREAM_STDOUT, ev.data,
				ev.len);
		} else if (ev.kind == HELD_LINE) {
			s->holding = 1;
			s->line_in_block = ev.in_block;
			if (ev.in_block && s->link != NULL)
				link_send(s->link, FRAME_ANNOUNCED, 0, NULL, 0);
			buf_append(&s->rest, data, len);
			s->held_since = clock_ms();
			forward_hold(s->front->forward, &ev, s->hold_left,
				released, s);
			return;
		} else if (s->stdout_ended) {
			s->stdout_ended = 0;
			held_flush(&s->held);
		} else {
			return;
		}
	}
}

/* Behind a terminal is a person, and no start script. */
static int is_for_client(const struct shell *s)
{
	return s->front->forward != NULL &&
		!stdio_is_terminal(s->front->stdio);
}

static void stdin_data(const char *data, size_t len, void *arg)
{
	struct shell *s = arg;

	if (is_for_client(s))
		startup_in(&s->startup, data, len);
	while (len > 0) {
		size_t n = len < FRAME_MAX ? len : FRAME_MAX;

		link_send(s->link, FRAME_DATA, STREAM_STDIN, data, n);
		data += n;
		len -= n;
	}
	if (link_is_full(s->link))
		stdio_pause_stdin(s->front->stdio, 1);
}

static void stdin_end(void *arg)
{
	struct shell *s = arg;

	link_send(s->link, FRAME_EOF, STREAM_STDIN, NULL, 0);
}

static void no_stdin_data(const char *data, size_t len, void *arg)
{
	(void)data;
	(void)len;
	(void)arg;
}

static void no_stdin_end(void *arg)
{
	(void)arg;
}

static void output(struct shell *s, const struct frame *f)
{
	stdio_tee(s->front->stdio, f->stream, f->data, f->len);
	if (f->stream == STREAM_STDOUT && is_for_client(s)) {
		startup_out(&s->startup, f->data, f->len);
		pass(s, f->data, f->len);
	} else {
		stdio_write(s->front->stdio, f->stream, f->data, f->len);
	}
	update_pause(s);
}

/* By which the agent, its keeper or the scheduler ends what runs in a job. */
static int ends_sessions(int sig)
{
	return sig == SIGHUP || sig == SIGTERM || sig == SIGKILL;
}

static void exited(struct shell *s, const struct frame *f)
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
	stdio_set_sink(s->front->stdio, no_stdin_data, no_stdin_end, NULL);
	if (!x.signaled)
		startup_ended(&s->startup, status);
	parting_tell(s->parting, x.signaled && ends_sessions(x.value) ?
		PARTING_SHELL_KILLED : PARTING_SHELL_ENDED, status);
}

static void frame(struct link *l, const struct frame *f, void *arg)
{
	struct shell *s = arg;
	struct error said;
	struct err e;

	(void)l;
	switch ((int)f->type) {
	case FRAME_OK:
		s->started = 1;
		stdio_set_sink(s->front->stdio, stdin_data, stdin_end, s);
		break;
	case FRAME_DATA:
		if (f->stream == STREAM_STDOUT || f->stream == STREAM_STDERR)
			output(s, f);
		break;
	case FRAME_EOF:
		if (f->stream == STREAM_STDOUT) {
			s->stdout_ended = 1;
			if (!s->holding)
				pass(s, NULL, 0);
		}
		break;
	case FRAME_WHOSE:
		s->by_control = 1;
		break;
	case FRAME_EXIT:
		exited(s, f);
		break;
	case FRAME_ERROR:
		if (error_get(&said, f, &e) == 0) {
			log_fail("%s", said.text);
			parting_exit(s->parting, said.status);
		}
		break;
	default:
		log_debug("shell: %s frame ignored", frame_name(f->type));
	}
}

static void link_room(struct link *l, void *arg)
{
	struct shell *s = arg;

	(void)l;
	stdio_pause_stdin(s->front->stdio, 0);
}

/*
 * The agent lets in only so many at once, and those who waited longest have to
 * come again. No shell was started of which anybody knows, nothing was typed.
 */
static int dial_again(struct shell *s, const struct err *why)
{
	int pause;

	if (s->started || parting_state(s->parting) != FRONT_SHELL)
		return 0;
	pause = patience_failed(&s->patience, clock_ms(), DIAL_SECONDS);
	if (pause == -1)
		return 0;
	log_info("the shell's link: %s; trying again", why->text);
	event_add(s->again, &(struct timeval){ .tv_sec = pause });
	return 1;
}

static void down(struct link *l, const struct err *why, int auth, void *arg)
{
	struct shell *s = arg;

	(void)auth;	/* its control link has proved what is to be proved */
	link_free(l);
	s->link = NULL;
	if (dial_again(s, why))
		return;
	stdio_set_sink(s->front->stdio, no_stdin_data, no_stdin_end, NULL);
	parting_shell_cut(s->parting, why);
}

static const struct link_ops ops = {
	.frame = frame,
	.room = link_room,
	.down = down,
};

static void stdio_room(void *arg)
{
	struct shell *s = arg;

	update_pause(s);
	parting_written(s->parting);
}

/* As ssh does it: a shell splits again what a shell has split. */
static int join_command(struct shell_request *r, const struct opt_list *words)
{
	size_t len = 0;

	for (size_t i = 0; i < words->n && len < sizeof r->command; i++)
		len += snprintf(r->command + len, sizeof r->command - len,
			"%s%s", i > 0 ? " " : "", words->word[i]);
	return len < sizeof r->command ? 0 : -1;
}

/*
 * No start script of an editor comes to the command `shell': his own will do,
 * also where that is none of POSIX and there is no terminal.
 */
static const char *own_shell(const struct front *f)
{
	if (f->opt.shell != NULL)
		return f->opt.shell;
	return f->forward == NULL ? f->user.shell : "";
}

/* Whether the job is on this machine, by a launcher that knows no other. */
static int is_here(const struct place *p)
{
	char host[sizeof p->at.node];

	return hostaddr_name(host, sizeof host) == 0 &&
		strcmp(p->scope, host) == 0 && strcmp(p->at.node, host) == 0;
}

/* Once a connection: what -e passes on from here and nobody can use there. */
static void tell_vain(const struct front *f)
{
	const struct opt_list *env = &f->opt.env;

	if (is_here(&f->place))
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

static void send_request(struct shell *s)
{
	const struct options *o = &s->front->opt;
	struct shell_request r = { .pty = stdio_is_terminal(s->front->stdio) };
	struct buf b = { 0 };
	const char *term = getenv("TERM");

	r.window = stdio_window(s->front->stdio);
	snprintf(r.term, sizeof r.term, "%s", term ? term : "");
	snprintf(r.shell, sizeof r.shell, "%s", own_shell(s->front));
	for (size_t i = 0; i < o->env.n; i++)
		buf_append(&r.env, o->env.word[i],
			strlen(o->env.word[i]) + 1);
	if (join_command(&r, &o->operands) == -1) {
		log_fail("the command is longer than %zu bytes; put it into a script",
			sizeof r.command - 1);
		parting_exit(s->parting, EX_USAGE);
		shell_request_fini(&r);
		return;
	}
	shell_request_put(&b, &r, FRAME_SHELL);
	if (b.len > FRAME_HEADER + FRAME_MAX) {
		log_fail("the variables of -e are %zu bytes, at most %d fit; set them in a shell start-up file",
			r.env.len, FRAME_MAX / 2);
		parting_exit(s->parting, EX_USAGE);
		buf_fini(&b);
	} else {
		link_send_buf(s->link, &b);
		link_send(s->link, FRAME_WHOSE, 0,
			control_mark(s->front->control), FRAME_MARK);
	}
	shell_request_fini(&r);
}

static void dial(struct shell *s)
{
	s->link = link_dial(s->front->base, (struct sockaddr *)&s->addr,
		s->len, &s->front->place.key, &ops, s);
	send_request(s);
}

static void again_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	dial(arg);
}

struct shell *shell_new(struct front *f, const struct sockaddr *addr,
	socklen_t len)
{
	struct shell *s = mem_alloc(sizeof *s);

	s->front = f;
	s->parting = f->parting;
	memcpy(&s->addr, addr, len);
	s->len = len;
	s->again = evtimer_new(f->base, again_cb, s);
	held_init(&s->held);
	s->hold_left = HOLDS * f->opt.confirm_timeout * 1000LL;
	startup_init(&s->startup, f);
	tell_vain(f);
	stdio_set_room(f->stdio, stdio_room, s);
	parting_shell_starts(s->parting, shell_is_written, s);
	dial(s);
	return s;
}

void shell_free(struct shell *s)
{
	if (s == NULL)
		return;
	link_free(s->link);
	event_free(s->again);
	buf_fini(&s->rest);
	startup_fini(&s->startup);
	free(s);
}

/* The shell's link may be full of what nobody reads: rather beside it. */
static void tell(struct shell *s, struct buf *b)
{
	if (!s->by_control || control_tell_shell(s->front->control, b) == -1)
		link_send_buf(s->link, b);
}

/*
 * What the user means with Ctrl-C is for the shell, the first time. What does
 * not end of it, or does not hear it, must not keep him here.
 */
static int shell_is_to_hear(struct shell *s, int sig)
{
	int again = s->interrupted;

	if (sig != SIGINT && sig != SIGQUIT)
		return 1;
	s->interrupted = 1;
	parting_tell(s->parting, again || s->link == NULL ?
		PARTING_CTRL_C_AGAIN : PARTING_CTRL_C, 128 + sig);
	return parting_state(s->parting) != FRONT_OVER;
}

void shell_signal(struct shell *s, int sig)
{
	unsigned char byte = sig;
	struct buf b = { 0 };

	if (!shell_is_to_hear(s, sig) || s->link == NULL)
		return;
	frame_write(&b, FRAME_SIGNAL, 0, &byte, 1);
	tell(s, &b);
}

void shell_window(struct shell *s)
{
	struct window w = stdio_window(s->front->stdio);
	struct buf b = { 0 };

	window_put(&b, &w);
	if (s->link != NULL)
		tell(s, &b);
	buf_fini(&b);
}
