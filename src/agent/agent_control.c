/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The control stream of one front: it asks whether a port is a listener of
 * ours, sends heartbeats, may end the session, tells its shells what must not wait
 * behind their input, and is one of those to be told (agent/fronts.h).
 */
#include <stdio.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>

#include "agent/agent_control.h"
#include "agent/agent_event.h"
#include "os/portowner.h"
#include "base/mem.h"
#include "net/probe.h"
#include "os/hostaddr.h"
#include "os/log.h"

#define CHECK_INTERVAL_MS 50
#define ASKED_MAX 64

struct agent_control {
	const struct agent_control_parts *parts;
	struct link *link;
	struct fronts_member member;
	struct service_front service;
	LIST_HEAD(, asked) asked;
	unsigned n_asked;
	char mark[FRAME_MARK];	/* that the shells of this front have, too */
	int is_marked;		/* an older front does not say it */
};

/* A question that may become true: the listener is about to start. */
struct asked {
	LIST_ENTRY(asked) next;
	struct agent_control *control;
	struct check check;
	unsigned waited_ms;
	struct event *timer;
	struct probe *probe;	/* of a path; NULL: none is under way */
};

static void free_asked(struct asked *q)
{
	LIST_REMOVE(q, next);
	q->control->n_asked--;
	event_free(q->timer);
	probe_free(q->probe);
	free(q);
}

static void control_gone(struct agent_control *c, const char *why)
{
	while (!LIST_EMPTY(&c->asked))
		free_asked(LIST_FIRST(&c->asked));
	services_leave(c->parts->services, &c->service);
	fronts_remove(c->parts->fronts, &c->member);
	/*
	 * Only a front that says its mark attaches a client: one that asks or ends
	 * something has no `attach` in the log, and so no `detach`.
	 */
	if (c->is_marked)
		agent_event(c->parts->job, "detach", why);
	link_free(c->link);
	free(c);
}

static void drop_control(void *arg)
{
	control_gone(arg, "the session ends");
}

/*
 * The answer, unless the listener may still come in the time that the front gave
 * it: then the next look is due soon.
 */
static void looked(struct asked *q, int ours, const struct err *why)
{
	struct agent_control *c = q->control;
	struct checked answer = { .id = q->check.id, .ours = ours };
	struct buf b = { 0 };

	if (!ours && q->waited_ms < q->check.wait_ms) {
		q->waited_ms += CHECK_INTERVAL_MS;
		event_add(q->timer, &(struct timeval){
			.tv_usec = CHECK_INTERVAL_MS * 1000 });
		return;
	}
	if (ours && q->check.wait_ms > 0)
		hygiene_announced(c->parts->hygiene);
	if (!ours)
		snprintf(answer.why, sizeof answer.why, "%.255s", why->text);
	free_asked(q);
	checked_put(&b, &answer);
	link_send_buf(c->link, &b);
}

static void probed(int fd, const struct err *why, void *arg)
{
	struct asked *q = arg;

	(void)fd;
	q->probe = NULL;
	looked(q, why == NULL, why);
}

static void agent_control_look(evutil_socket_t fd, short what, void *arg)
{
	struct asked *q = arg;
	const struct agent_control_parts *parts = q->control->parts;
	struct err e = { "" };
	uint32_t inode;
	int family;

	(void)fd;
	(void)what;
	if (q->check.target.port == 0)
		q->probe = probe_new(parts->job->base, q->check.target.path, 0,
			probed, q);
	else
		looked(q, portowner_look(&(struct portowner){
			.peeruid = parts->peeruid, .node = parts->job->node,
			.port = q->check.target.port }, &family, &inode, &e) ==
			1, &e);
}

/*
 * A question that is refused is answered, too: until then the front holds back
 * the line of the shell that named the port.
 */
static void agent_control_refuse(struct agent_control *c, uint32_t id,
	const char *why)
{
	struct checked answer = { .id = id };
	struct buf b = { 0 };

	log_warning("control: check refused: %s", why);
	snprintf(answer.why, sizeof answer.why, "%.255s", why);
	checked_put(&b, &answer);
	link_send_buf(c->link, &b);
}

static void agent_control_ask(struct agent_control *c, const struct frame *f)
{
	struct check check;
	struct asked *q;
	struct err e;

	/* Its number is in the first bytes, which each such frame has. */
	if (check_get(&check, f, &e) == -1) {
		agent_control_refuse(c, check.id, e.text);
		return;
	}
	if (c->n_asked == ASKED_MAX) {
		agent_control_refuse(c, check.id, "the agent is asked too much at once");
		return;
	}
	q = mem_alloc(sizeof *q);
	q->control = c;
	q->check = check;
	q->timer = evtimer_new(c->parts->job->base, agent_control_look, q);
	LIST_INSERT_HEAD(&c->asked, q, next);
	c->n_asked++;
	agent_control_look(-1, 0, q);
}

/* What is for the agent that has the session. */
static int is_for_first(const struct frame *f)
{
	return f->type == FRAME_LIMIT || f->type == FRAME_MEANT ||
		f->type == FRAME_END;
}

static void agent_control_frame(struct link *l, const struct frame *f,
	void *arg)
{
	struct agent_control *c = arg;
	char reason[TEXT_MAX + 1];
	uint32_t seconds;
	struct err e;

	if (services_heard(c->parts->services, &c->service, f))
		return;
	if (c->parts->uplink != NULL && is_for_first(f)) {
		uplink_pass(c->parts->uplink, f);
		return;
	}
	switch ((int)f->type) {
	case FRAME_CHECK:
		agent_control_ask(c, f);
		break;
	case FRAME_LIMIT:
		if (limit_get(&seconds, f, &e) == 0)
			agent_limit_set(c->parts->limit, seconds);
		break;
	case FRAME_WHOSE:
		memcpy(c->mark, f->data, sizeof c->mark);
		if (!c->is_marked)
			agent_event(c->parts->job, "attach", NULL);
		c->is_marked = 1;
		break;
	case FRAME_SIGNAL:
	case FRAME_WINDOW:
		if (c->is_marked)
			agent_shell_tell(c->parts->shells, c->mark, f);
		break;
	case FRAME_MEANT:
		end_is_meant(c->parts->end);
		break;
	case FRAME_END:
		if (text_get(reason, sizeof reason, f, &e) == 0)
			end_session(c->parts->end, EX_OK, reason);
		break;
	case FRAME_PING:
		link_send(l, FRAME_PONG, 0, f->data, f->len);
		/* Here because it comes now and then. */
		mem_trim();
		memory_look(c->parts->memory);
		break;
	default:
		log_debug("control: %s frame ignored", frame_name(f->type));
	}
	/* Answers would pile up here for a front that asks and does not read. */
	if (link_is_full(l))
		link_pause(l, 1);
}

static void room(struct link *l, void *arg)
{
	(void)arg;
	link_pause(l, 0);
}

/*
 * The front's shells hang up with it. Their own links do not tell that it is gone
 * as long as they are not read, which is so while a shell reads no input.
 */
static void agent_control_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	struct agent_control *c = arg;

	(void)l;
	(void)auth;
	log_info("front gone: %s", why->text);
	if (c->is_marked)
		agent_shell_hang_up(c->parts->shells, c->mark);
	control_gone(c, why->text);
}

static const struct link_ops ops = {
	.frame = agent_control_frame,
	.room = room,
	.down = agent_control_down,
};

void agent_control_new(const struct agent_control_parts *parts, struct link *l)
{
	struct agent_control *c = mem_alloc(sizeof *c);
	struct buf b = { 0 }, networks = { 0 };

	c->parts = parts;
	c->link = l;
	LIST_INIT(&c->asked);
	fronts_add(parts->fronts, &c->member, l, drop_control, c);
	services_join(parts->services, &c->service, l);
	link_set_ops(l, &ops, c);
	if (hostaddr_list(&networks, 1) == -1)
		log_warning("the node's networks are not known, so outbound refuses none of them: %s",
			strerror(errno));
	buf_append(&networks, "", 1);
	if (control_ok_put(&b, parts->job->node, buf_data(&networks)))
		log_warning("the node is in more networks than a front can be told: outbound refuses none of the others: %s",
			buf_data(&networks));
	buf_fini(&networks);
	link_send_buf(l, &b);
	hygiene_greet(parts->hygiene);
}
