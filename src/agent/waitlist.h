/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AGENT_WAITLIST_H
#define AGENT_WAITLIST_H

#include <sys/queue.h>

#include "agent/end.h"
#include "net/link.h"

/* Links whose request waits for something of this node, the oldest first. */
struct waitlist {
	TAILQ_HEAD(, waitlist_entry) entries;
};

void waitlist_init(struct waitlist *w);

/* The links that are in it are freed. */
void waitlist_fini(struct waitlist *w);

int waitlist_is_empty(const struct waitlist *w);

/*
 * It owns the link, which is paused, until ready() gets it with a copy of its
 * request; a link that ends before is freed.
 */
void waitlist_add(struct waitlist *w, struct link *l,
	const struct frame *request, void (*ready)(struct link *,
	const struct frame *, void *), void *arg);

/* All go on; once the end has begun they are refused instead. */
void waitlist_go(struct waitlist *w, const struct end *end);

/* All are refused, as serve_refuse() does. */
void waitlist_refuse(struct waitlist *w, int exit_status,
	const struct err *why);

#endif
