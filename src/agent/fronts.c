/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fronts that are attached. Each has one control stream (agent/control.c),
 * which owns the link and is a member from its request to its end; here is only
 * written to it.
 */
#include "agent/fronts.h"

#include "proto/message.h"

#define LIMIT_ASKED 2	/* the newest fronts: they are the most alive */

void fronts_add(struct agent *a, struct fronts_member *m, struct link *l,
	void (*gone)(void *), void *arg)
{
	m->link = l;
	m->gone = gone;
	m->arg = arg;
	LIST_INSERT_HEAD(&a->fronts, m, next);
	a->n_fronts++;
}

void fronts_remove(struct agent *a, struct fronts_member *m)
{
	LIST_REMOVE(m, next);
	a->n_fronts--;
}

unsigned fronts_count(const struct agent *a)
{
	return a->n_fronts;
}

static void tell_all(struct agent *a, enum frame_type type, const char *text)
{
	struct fronts_member *m;

	LIST_FOREACH(m, &a->fronts, next) {
		struct buf b = { 0 };

		text_put(&b, type, text);
		link_send_buf(m->link, &b);
	}
}

void fronts_notice(struct agent *a, const char *line)
{
	tell_all(a, FRAME_NOTICE, line);
}

/* Every front that is asked asks the scheduler, so not all are. */
void fronts_ask_limit(struct agent *a, long seconds)
{
	struct fronts_member *m;
	unsigned asked = 0;

	LIST_FOREACH(m, &a->fronts, next) {
		struct buf b = { 0 };

		if (link_version(m->link) < LIMIT_VERSION)
			continue;
		limit_put(&b, seconds);
		link_send_buf(m->link, &b);
		if (++asked == LIMIT_ASKED)
			break;
	}
}

void fronts_mean_it(struct agent *a)
{
	struct fronts_member *m;

	LIST_FOREACH(m, &a->fronts, next)
		link_send(m->link, FRAME_MEANT, 0, NULL, 0);
}

void fronts_end(struct agent *a, const char *reason)
{
	tell_all(a, FRAME_END, reason);
}

void fronts_free_all(struct agent *a)
{
	struct fronts_member *m;

	while ((m = LIST_FIRST(&a->fronts)) != NULL)
		m->gone(m->arg);
}
