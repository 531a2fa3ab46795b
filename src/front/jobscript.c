/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A link of a shell, as front/front_shell.c has one, whose streams are ours: stdin is
 * the script and its end, stdout is cut into lines, and stderr is dropped, since
 * start-up files write there whatever they like.
 */
#include "front/jobscript.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "front/front_control.h"
#include "front/shellask.h"
#include "net/alarm.h"
#include "net/link.h"
#include "os/log.h"
#include "proto/message.h"

#define LINE_LONGEST 4096	/* more of one is dropped */

struct jobscript {
	struct link *link;
	struct buf text;
	struct buf line;		/* of stdout, what has no end yet */
	long seconds;			/* it may take, */
	struct alarm *late;		/* and then this rings, */
	struct err refused;		/* or at once: why it is not asked for */
	const struct jobscript_ops *ops;
	void *arg;
};

static void jobscript_over(struct jobscript *s, int status,
	const struct err *why)
{
	s->ops->ended(status, why, s->arg);
}

static void take_output(struct jobscript *s, const char *data, size_t len)
{
	while (len > 0) {
		const char *end = memchr(data, '\n', len);
		size_t n = end != NULL ? (size_t)(end - data) : len;

		buf_append(&s->line, data, n < LINE_LONGEST - s->line.len ?
			n : LINE_LONGEST - s->line.len);
		if (end == NULL)
			return;
		s->ops->line(buf_data(&s->line), s->line.len, s->arg);
		buf_consume(&s->line, s->line.len);
		data = end + 1;
		len -= n + 1;
	}
}

static void jobscript_exited(struct jobscript *s, const struct frame *f)
{
	struct shell_exit x;
	struct err e;

	if (shell_exit_get(&x, f, &e) == -1)
		jobscript_over(s, EX_PROTOCOL, &e);
	else if (x.signaled == 0 && x.value == 0)
		jobscript_over(s, EX_OK, NULL);
	else if (x.signaled)
		s->ops->cut(EX_UNAVAILABLE, (err_set(&e,
			"the shell in the job was killed by signal %u",
			x.value), &e), s->arg);
	else
		jobscript_over(s, EX_UNAVAILABLE, (err_set(&e,
			"the shell in the job ended with status %u: does a start-up file end it?",
			x.value), &e));
}

static void jobscript_frame(struct link *l, const struct frame *f, void *arg)
{
	struct jobscript *s = arg;
	struct error said;
	struct err e;

	switch ((int)f->type) {
	case FRAME_OK:
		link_hear_out(l);
		link_send_copy(l, STREAM_STDIN, buf_data(&s->text),
			s->text.len);
		link_send(l, FRAME_EOF, STREAM_STDIN, NULL, 0);
		break;
	case FRAME_DATA:
		if (f->stream == STREAM_STDOUT)
			take_output(s, (const char *)f->data, f->len);
		break;
	case FRAME_EXIT:
		jobscript_exited(s, f);
		break;
	case FRAME_ERROR:
		if (error_get(&said, f, &e) == -1)
			jobscript_over(s, EX_PROTOCOL, &e);
		else
			jobscript_over(s, said.status,
				(err_set(&e, "%s", said.text), &e));
		break;
	default:
		log_debug("script: %s frame ignored", frame_name(f->type));
	}
}

static void jobscript_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct jobscript *s = arg;
	struct err e;

	(void)l;
	(void)auth;	/* the control link has proved what is to be proved */
	err_set(&e, "the connection to the shell in the job broke (%s)",
		why->text);
	s->ops->cut(EX_TEMPFAIL, &e, s->arg);
}

static void jobscript_late(void *arg)
{
	struct jobscript *s = arg;
	struct err e = s->refused;

	if (e.text[0] != '\0') {
		jobscript_over(s, EX_USAGE, &e);
		return;
	}
	err_set(&e, "the shell in the job has not ended after %ld s: does a start-up file wait for something?",
		s->seconds);
	jobscript_over(s, EX_TEMPFAIL, &e);
}

static const struct link_ops jobscript_link_ops = {
	.frame = jobscript_frame,
	.down = jobscript_down,
};

struct jobscript *jobscript_new(const struct invocation *inv,
	const struct place *place, struct front_control *control,
	const struct sockaddr *addr, socklen_t len, const char *kind,
	const struct buf *text, long seconds, const struct jobscript_ops *ops, void *arg)
{
	struct jobscript *s = mem_alloc(sizeof *s);
	struct shell_request r = { .pty = 0 };

	/* An older agent has no container. */
	snprintf(r.kind, sizeof r.kind, "%s", front_control_version(control) >=
		CONTAINER_VERSION ? kind : KIND_SHELL);
	s->ops = ops;
	s->arg = arg;
	s->seconds = seconds;
	s->late = alarm_new(inv->base, jobscript_late, s);
	alarm_set(s->late, seconds * 1000);
	buf_append(&s->text, buf_data(text), text->len);
	shellask_env(&r, &inv->opt->shell.env);
	s->link = link_dial(inv->base, addr, len, &place->key,
		&jobscript_link_ops, s);
	if (shellask_send(s->link, &r, front_control_version(control),
		&s->refused) == -1)
		alarm_set(s->late, 0);
	shell_request_fini(&r);
	return s;
}

void jobscript_free(struct jobscript *s)
{
	if (s == NULL)
		return;
	link_free(s->link);
	alarm_free(s->late);
	buf_wipe(&s->text);
	buf_wipe(&s->line);
	free(s);
}
