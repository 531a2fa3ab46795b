/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fronts that are attached. Each has one control stream (agent/agent_control.c),
 * which owns the link and is a member from its request to its end; this file only
 * writes to these links, and frees none.
 */
#include "agent/fronts.h"

#include <stdlib.h>

#include "base/mem.h"
#include "proto/message.h"

#define LIMIT_ASKED 2	/* the newest fronts: they are the most alive */

struct fronts {
	LIST_HEAD(, fronts_member) members;	/* the newest first */
	unsigned n;
	void (*changed)(void *);
	void *arg;
};

static void fronts_change(struct fronts *f, struct fronts_member *m, unsigned n)
{
	f->n += n - m->n;
	m->n = n;
	if (f->changed != NULL)
		f->changed(f->arg);
}

struct fronts *fronts_new(void)
{
	struct fronts *f = mem_alloc(sizeof *f);

	LIST_INIT(&f->members);
	return f;
}

void fronts_free(struct fronts *f)
{
	free(f);
}

void fronts_add(struct fronts *f, struct fronts_member *m, struct link *l,
	void (*gone)(void *), void *arg)
{
	m->link = l;
	m->gone = gone;
	m->arg = arg;
	m->n = 0;
	m->is_agent = 0;
	LIST_INSERT_HEAD(&f->members, m, next);
	fronts_change(f, m, 1);
}

void fronts_remove(struct fronts *f, struct fronts_member *m)
{
	LIST_REMOVE(m, next);
	fronts_change(f, m, 0);
}

void fronts_stand_for(struct fronts *f, struct fronts_member *m, unsigned n)
{
	m->is_agent = 1;
	fronts_change(f, m, n);
}

void fronts_signal(struct fronts *f, int sig)
{
	const unsigned char byte = (unsigned char)sig;
	struct fronts_member *m;

	LIST_FOREACH(m, &f->members, next)
		if (m->is_agent)
			link_send(m->link, FRAME_SIGNAL, 0, &byte, 1);
}

void fronts_on_change(struct fronts *f, void (*changed)(void *), void *arg)
{
	f->changed = changed;
	f->arg = arg;
}

unsigned fronts_count(const struct fronts *f)
{
	return f->n;
}

static void tell_all(struct fronts *f, enum frame_type type, const char *text)
{
	struct fronts_member *m;

	LIST_FOREACH(m, &f->members, next) {
		struct buf b = { 0 };

		text_put(&b, type, text);
		link_send_buf(m->link, &b);
	}
}

void fronts_notice(struct fronts *f, const char *line)
{
	tell_all(f, FRAME_NOTICE, line);
}

/* Every front that is asked asks the scheduler, so not all are. */
void fronts_ask_limit(struct fronts *f, long seconds)
{
	struct fronts_member *m;
	unsigned asked = 0;

	LIST_FOREACH(m, &f->members, next) {
		struct buf b = { 0 };

		if (link_version(m->link) < LIMIT_VERSION || m->n == 0)
			continue;
		limit_put(&b, seconds);
		link_send_buf(m->link, &b);
		if (++asked == LIMIT_ASKED)
			break;
	}
}

void fronts_mean_it(struct fronts *f)
{
	struct fronts_member *m;

	LIST_FOREACH(m, &f->members, next)
		link_send(m->link, FRAME_MEANT, 0, NULL, 0);
}

void fronts_end(struct fronts *f, const char *reason)
{
	tell_all(f, FRAME_END, reason);
}

void fronts_drop_all(struct fronts *f)
{
	struct fronts_member *m;

	while ((m = LIST_FIRST(&f->members)) != NULL)
		m->gone(m->arg);
}
