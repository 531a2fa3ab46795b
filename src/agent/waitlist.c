/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A request may need what takes a moment: records in order, an sshd that is
 * found. Its link stands here meanwhile and nowhere else: it leaves when it is
 * answered, or when it ends, so that nobody answers a link that is gone.
 */
#include "agent/waitlist.h"

#include <stdlib.h>

#include "agent/serve.h"
#include "base/buf.h"
#include "base/mem.h"

struct waitlist_entry {
	TAILQ_ENTRY(waitlist_entry) next;
	struct waitlist *list;
	struct link *link;
	enum frame_type type;
	struct buf request;
	void (*ready)(struct link *, const struct frame *, void *);
	void *arg;
};

static struct link *waitlist_take(struct waitlist_entry *e)
{
	struct link *l = e->link;

	TAILQ_REMOVE(&e->list->entries, e, next);
	buf_wipe(&e->request);	/* of an sshd: with its host key */
	free(e);
	return l;
}

static void waiting_ended(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)l;
	(void)why;
	(void)auth;
	link_free(waitlist_take(arg));
}

static void too_early(struct link *l, const struct frame *f, void *arg)
{
	(void)l;
	(void)f;
	(void)arg;	/* none comes: the link is paused */
}

static const struct link_ops waiting_ops = {
	.frame = too_early,
	.down = waiting_ended,
};

void waitlist_add(struct waitlist *w, struct link *l,
	const struct frame *request, void (*ready)(struct link *,
	const struct frame *, void *), void *arg)
{
	struct waitlist_entry *e = mem_alloc(sizeof *e);

	e->list = w;
	e->link = l;
	e->type = request->type;
	e->ready = ready;
	e->arg = arg;
	buf_append(&e->request, request->data, request->len);
	TAILQ_INSERT_TAIL(&w->entries, e, next);
	link_set_ops(l, &waiting_ops, e);
	link_pause(l, 1);
}

void waitlist_go(struct waitlist *w, const struct end *end)
{
	struct waitlist_entry *e;

	while ((e = TAILQ_FIRST(&w->entries)) != NULL) {
		struct waitlist_entry had = *e;
		struct frame f = {
			.type = had.type,
			.data = buf_data(&had.request),
			.len = had.request.len,
		};

		e->request = (struct buf){ 0 };
		link_pause(waitlist_take(e), 0);
		if (!serve_refuses(had.link, end))
			had.ready(had.link, &f, had.arg);
		buf_wipe(&had.request);
	}
}

void waitlist_refuse(struct waitlist *w, int exit_status,
	const struct err *why)
{
	while (!TAILQ_EMPTY(&w->entries))
		serve_refuse(waitlist_take(TAILQ_FIRST(&w->entries)),
			exit_status, why);
}

int waitlist_is_empty(const struct waitlist *w)
{
	return TAILQ_EMPTY(&w->entries);
}

void waitlist_init(struct waitlist *w)
{
	TAILQ_INIT(&w->entries);
}

void waitlist_fini(struct waitlist *w)
{
	while (!TAILQ_EMPTY(&w->entries))
		link_free(waitlist_take(TAILQ_FIRST(&w->entries)));
}
