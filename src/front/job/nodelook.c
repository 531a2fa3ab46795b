/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Owns the question where the agent of --node is: one link to the session's
 * agent, which answers when that is there, or says why it cannot be. Who waits
 * for longer than a moment is told what for.
 */
#include "front/job/nodelook.h"

#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "net/link.h"
#include "os/log.h"

#define SLOW_SECONDS 2

struct nodelook {
	const struct invocation *inv;
	const struct place *place;
	struct link *link;	/* NULL: it is over */
	struct event *slow;
	const struct nodelook_ops *ops;
	void *arg;
};

static void nodelook_over(struct nodelook *n)
{
	link_free(n->link);
	n->link = NULL;
	event_del(n->slow);
}

static void nodelook_fail(struct nodelook *n, int status, const struct err *why)
{
	nodelook_over(n);
	n->ops->failed(status, why, n->arg);
}

static void nodelook_frame(struct link *l, const struct frame *f, void *arg)
{
	struct nodelook *n = arg;
	struct endpoint at;
	struct error said;
	struct err e;

	(void)l;
	if (f->type == FRAME_ERROR && error_get(&said, f, &e) == 0) {
		err_set(&e, "%s", said.text);
		nodelook_fail(n, said.status, &e);
	} else if (f->type != FRAME_HOME) {
		log_debug("node: %s frame ignored", frame_name(f->type));
	} else if (endpoint_parse(&at, f->data, f->len, &e) == -1) {
		err_prefix(&e, "where the agent of the node is: ");
		nodelook_fail(n, EX_PROTOCOL, &e);
	} else {
		nodelook_over(n);
		n->ops->found(&at, n->arg);
	}
}

static void nodelook_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct nodelook *n = arg;
	struct err e;

	(void)l;
	(void)auth;
	err_set(&e, "job %s: the connection to its agent was lost while node %s was asked for: %s",
		n->place->job, n->inv->opt->shell.node, why->text);
	nodelook_fail(n, EX_TEMPFAIL, &e);
}

static const struct link_ops ops = { .frame = nodelook_frame,
	.down = nodelook_down };

static void slow_cb(evutil_socket_t fd, short what, void *arg)
{
	const struct nodelook *n = arg;

	(void)fd;
	(void)what;
	log_tell("job %s: waiting for an agent on its node %s", n->place->job,
		n->inv->opt->shell.node);
}

struct nodelook *nodelook_new(const struct invocation *inv,
	const struct place *p, const struct sockaddr *addr, socklen_t len,
	const struct nodelook_ops *look_ops, void *arg)
{
	struct nodelook *n = mem_alloc(sizeof *n);
	struct buf b = { 0 };

	*n = (struct nodelook){ .inv = inv, .place = p, .ops = look_ops,
		.arg = arg };
	n->slow = evtimer_new(inv->base, slow_cb, n);
	event_add(n->slow, &(struct timeval){ .tv_sec = SLOW_SECONDS });
	n->link = link_dial(inv->base, addr, len, &p->key, &ops, n);
	text_put(&b, FRAME_NODE, inv->opt->shell.node);
	link_send_buf(n->link, &b);
	return n;
}

void nodelook_free(struct nodelook *n)
{
	if (n == NULL)
		return;
	link_free(n->link);
	event_free(n->slow);
	free(n);
}
