/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file's system may hang, so a thread opens and writes it. It does so anew for
 * what has come meanwhile: who rotates logs moves the file away, and need not tell
 * us. Each line is appended by one write, so those of several processes do not mix.
 */
#include "os/eventlog.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/expand.h"
#include "base/mem.h"
#include "os/behind.h"
#include "os/log.h"
#include "os/safepath.h"
#include "os/syslogline.h"
#include "os/timetext.h"

#define BEHIND_BYTES (64 << 10)

struct eventlog_file {
	char *path;
	int has_failed;		/* that is told once */
};

struct eventlog {
	int facility;		/* -1: no system log */
	char *tag, *user, *node;
	struct eventlog_file *file;	/* the thread's, once there is one; or NULL */
	struct behind *behind;		/* NULL: nothing was written yet */
};

/* In the order of the option's words. */
static const int facilities[] = { -1, LOG_USER, LOG_DAEMON, LOG_AUTH,
	LOG_AUTHPRIV, LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3, LOG_LOCAL4,
	LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7 };

static int open_file(void *arg)
{
	struct eventlog_file *f = arg;
	struct err e;
	int fd = safepath_output(f->path, "event log", 0, &e);

	if (fd == -1 && !f->has_failed)
		log_warning("%s", e.text);
	f->has_failed |= fd == -1;
	return fd;
}

static void write_failed(int error, void *arg)
{
	const struct eventlog_file *f = arg;

	log_warning("event log %s: %s", f->path, safepath_strerror(error));
}

static void free_file(void *arg)
{
	struct eventlog_file *f = arg;

	free(f->path);
	free(f);
}

struct eventlog *eventlog_new(const struct options_events *o, const char *tag,
	const char *user, const char *node)
{
	struct eventlog *l = mem_alloc(sizeof *l);

	l->facility = facilities[o->facility];
	l->tag = mem_strdup(tag);
	l->user = mem_strdup(user);
	l->node = mem_strdup(node);
	if (o->file != NULL) {
		l->file = mem_alloc(sizeof *l->file);
		l->file->path = expand_token(o->file, OPTIONS_USER, user);
	}
	return l;
}

static void to_syslog(const struct eventlog *l, const struct sessionevent *v)
{
	struct buf line = { 0 };

	sessionevent_put_words(&line, v);
	buf_append(&line, "", 1);
	if (syslogline_send(SYSLOGLINE_PATH, l->facility | LOG_INFO, l->tag,
		buf_data(&line)) == -1)
		log_info(SYSLOGLINE_PATH ": %s: %s", strerror(errno),
			buf_data(&line));
	buf_fini(&line);
}

static void to_file(struct eventlog *l, const struct sessionevent *v)
{
	struct buf line = { 0 };

	sessionevent_put_json(&line, v,
		timetext(TIMETEXT_UTC, time(NULL)).s);
	if (l->behind == NULL)
		l->behind = behind_new_by(open_file, BEHIND_BYTES, write_failed,
			l->file);
	if (l->behind == NULL || behind_write(l->behind, buf_data(&line),
		line.len) == -1)
		log_warning("event log %s: an event is lost: %s", l->file->path,
			v->event);
	buf_fini(&line);
}

void eventlog_write(struct eventlog *l, const struct sessionevent *v)
{
	struct sessionevent whole = *v;

	whole.uid = geteuid();
	whole.user = l->user;
	whole.node = l->node;
	if (l->facility != -1)
		to_syslog(l, &whole);
	if (l->file != NULL)
		to_file(l, &whole);
}

void eventlog_free(struct eventlog *l)
{
	if (l == NULL)
		return;
	if (l->behind != NULL)
		behind_end(l->behind, free_file);
	else if (l->file != NULL)
		free_file(l->file);
	free(l->tag);
	free(l->user);
	free(l->node);
	free(l);
}
