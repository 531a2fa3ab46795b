/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tells the user why nothing happens while a start-up file of his shell does not
 * come to its end, which an editor shows only as a timeout.
 *
 * editor/greeting.h tells from the bytes whether the shell's answer is due; here
 * are the timer, and the line for the user, which he gets once. While a front
 * lingers nobody waits for a shell, and nothing is said.
 */
#include "front/startup.h"

#include <stddef.h>
#include <stdlib.h>

#include "editor/posixshell.h"
#include "front/parting.h"
#include "front/startfiles.h"
#include "os/log.h"

/* Longer than modules take to load, shorter than VS Code waits by itself. */
#define LATE_SECONDS 10

/*
 * The shell that the agent took, as far as can be told from here without a call
 * that may hang: sshd has put the login shell into the environment.
 */
static void explain(const struct startup *s, struct buf *out)
{
	const char *given = s->shell, *shell = getenv("SHELL");

	if (given != NULL)
		startfiles_explain(out, given, 1);
	else
		startfiles_explain(out, shell != NULL && posixshell_is(shell) ?
			shell : "/bin/bash", 0);
}

static void startup_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct startup *s = arg;
	struct buf text = { 0 };

	(void)fd;
	(void)what;
	if (!greeting_is_due(&s->greeting) ||
		parting_lingers(s->parting))
		return;
	explain(s, &text);
	log_tell("the shell in the job has not answered for %d s: a start-up file is slow, asks something, or reads what the client types; %.*s",
		LATE_SECONDS, (int)text.len, buf_data(&text));
	s->greeting.state = GREETING_OVER;	/* once */
	buf_fini(&text);
}

void startup_init(struct startup *s, struct event_base *base,
	const struct parting *parting, const char *shell)
{
	*s = (struct startup){ .parting = parting, .shell = shell };
	s->late = evtimer_new(base, startup_late_cb, s);
}

void startup_fini(struct startup *s)
{
	event_free(s->late);
}

static struct startup *startup_of(struct filter *f, size_t offset)
{
	return (struct startup *)((char *)f - offset);
}

static size_t watch_stdin(struct filter *f, const char *data, size_t len)
{
	struct startup *s = startup_of(f, offsetof(struct startup, of_stdin));
	int was_due = greeting_is_due(&s->greeting);

	greeting_in(&s->greeting, data, len);
	if (!was_due && greeting_is_due(&s->greeting))
		event_add(s->late, &(struct timeval){ .tv_sec = LATE_SECONDS });
	filter_pass(f, data, len);
	return len;
}

static size_t watch_stdout(struct filter *f, const char *data, size_t len)
{
	struct startup *s = startup_of(f, offsetof(struct startup, of_stdout));

	if (greeting_is_due(&s->greeting)) {
		greeting_out(&s->greeting, data, len);
		if (!greeting_is_due(&s->greeting))
			event_del(s->late);
	}
	filter_pass(f, data, len);
	return len;
}

static const struct filter_ops stdin_ops = { .data = watch_stdin };
static const struct filter_ops stdout_ops = { .data = watch_stdout };

void startup_watch(struct startup *s, struct filters *of_stdin,
	struct filters *of_stdout)
{
	filters_add(of_stdin, &s->of_stdin, &stdin_ops);
	filters_add(of_stdout, &s->of_stdout, &stdout_ops);
}

void startup_ended(struct startup *s, int status)
{
	struct buf text = { 0 };

	event_del(s->late);
	if (!greeting_is_due(&s->greeting) ||
		parting_lingers(s->parting))
		return;
	explain(s, &text);
	log_fail("the shell in the job ended with status %d before it came to what the client typed: a start-up file exits, becomes another program (exec), or reads it; %.*s",
		status, (int)text.len, buf_data(&text));
	buf_fini(&text);
}
