/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The listener, and a child whenever a path is to be touched (os/sockplace.h):
 *
 *	MAKING --made--> OPEN --its directory changes--> LOOKING --same--> OPEN
 *	                                                    |  made anew: OPEN
 *	  none, or no answer: failed()                      |  another's: lost()
 *
 * (a name that was given may go to a later front: then we look until it is free, or
 * that front was killed)
 *
 * While a child looks further changes wait; a look without an answer is repeated.
 */
#include "front/sockport.h"

#include <event2/event.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "os/log.h"
#include "os/sockplace.h"

#define LOOK_MS 10000		/* a child may take, and until the next look */

enum sockport_state { SOCKPORT_MAKING, SOCKPORT_OPEN, SOCKPORT_LOOKING };

struct sockport {
	struct event_base *base;
	struct sockport_wanted {
		char *name;		/* NULL: any */
		int backlog;
	} wanted;
	struct listener_guard guard;
	const struct sockport_ops *ops;
	void *arg;
	enum sockport_state state;
	struct sockplace place;
	struct listener *listener;
	struct event *changed;		/* of the directory; NULL: not watched */
	struct sockport_child {
		pid_t pid;		/* -1: there is none */
		int report;
		struct event *answers;	/* or its time is over */
	} child;
	int unknown;			/* it was said that a look failed, */
	int taken;			/* or that another front has the name: looks go on */
};

static void sockport_answers_cb(evutil_socket_t fd, short what, void *arg);

static void wait_for_child(struct sockport *s, long long ms)
{
	struct sockport_child *c = &s->child;

	if (c->answers != NULL)
		event_free(c->answers);
	c->answers = event_new(s->base, c->pid == -1 ? -1 : c->report,
		c->pid == -1 ? 0 : EV_READ, sockport_answers_cb, s);
	event_add(c->answers, &(struct timeval){ ms / 1000,
		ms % 1000 * 1000 });
}

static void start_child(struct sockport *s, const struct sockplace *was,
	long long ms)
{
	struct err e;

	s->child.pid = sockplace_start(was, s->wanted.name,
		s->wanted.backlog, &s->child.report, &e);
	if (s->child.pid == -1)
		log_warning("cannot look after a Unix socket: %s", e.text);
	wait_for_child(s, s->child.pid == -1 && was == NULL ? 0 : ms);
}

static void end_child(struct sockport *s)
{
	if (s->child.answers != NULL)
		event_free(s->child.answers);
	s->child.answers = NULL;
	if (s->child.pid != -1)
		sockplace_cancel(s->child.pid, s->child.report);
	s->child.pid = -1;
}

static void sockport_look(struct sockport *s)
{
	s->state = SOCKPORT_LOOKING;
	if (s->changed != NULL)
		event_del(s->changed);
	start_child(s, &s->place, LOOK_MS);
}

static void changed_cb(evutil_socket_t notify, short what, void *arg)
{
	char events[4096];

	(void)what;
	while (read(notify, events, sizeof events) > 0)
		;
	sockport_look(arg);
}

static void stop_serving(struct sockport *s)
{
	if (s->changed != NULL)
		event_free(s->changed);
	s->changed = NULL;
	listener_close(s->listener);
	s->listener = NULL;
	s->place.listener = -1;
	sockplace_close(&s->place);
}

static void sockport_serve(struct sockport *s, const struct sockplace *p)
{
	s->place = *p;
	s->listener = listener_take_unix(s->base, p->listener, &s->guard,
		s->ops->accepted, s->arg);
	if (p->no_lock != 0)
		log_info("the directory of %s cannot be locked: %s", p->path,
			strerror(p->no_lock));
	if (p->no_watch != 0)
		log_warning("the directory of %s cannot be watched: %s",
			p->path, strerror(p->no_watch));
	if (p->notify != -1)
		s->changed = event_new(s->base, p->notify, EV_READ | EV_PERSIST,
			changed_cb, s);
}

static void sockport_rest(struct sockport *s)
{
	s->state = SOCKPORT_OPEN;
	s->unknown = 0;
	if (s->changed != NULL)
		event_add(s->changed, NULL);
	/* A front that is killed leaves its socket, and so changes nothing. */
	if (s->taken)
		wait_for_child(s, LOOK_MS);
}

static void made(struct sockport *s, enum sockplace_found found,
	const struct sockplace *p, const struct err *why)
{
	if (found == SOCKPLACE_LOST) {
		s->ops->lost(why, s->arg);
		return;
	}
	if (found != SOCKPLACE_MADE) {
		s->ops->failed(why, s->arg);
		return;
	}
	sockport_serve(s, p);
	sockport_rest(s);
	s->ops->made(s->arg);
}

static void looked_again(struct sockport *s, enum sockplace_found found,
	const struct sockplace *p, const struct err *why)
{
	if (found == SOCKPLACE_LOST) {
		s->ops->lost(why, s->arg);
		return;
	}
	if (found == SOCKPLACE_TAKEN && !s->taken)
		log_tell("%s is served by one of yours that came later; this one goes on when that ends",
			s->place.path);
	if (found == SOCKPLACE_MADE) {
		stop_serving(s);
		sockport_serve(s, p);
		log_tell(s->taken ? "%s is served by this one again, since the later one is gone" :
			"%s was removed and is made anew", p->path);
	}
	s->taken = found == SOCKPLACE_TAKEN;
	if (found == SOCKPLACE_MADE || found == SOCKPLACE_SAME ||
		found == SOCKPLACE_TAKEN) {
		sockport_rest(s);
		return;
	}
	if (!s->unknown)
		log_warning("%s may have been removed: %s", s->place.path,
			why->text);
	s->unknown = 1;
	wait_for_child(s, LOOK_MS);
}

static void sockport_answers_cb(evutil_socket_t fd, short what, void *arg)
{
	struct sockport *s = arg;
	enum sockplace_found found = SOCKPLACE_FAILED;
	struct sockplace p;
	struct err e;

	(void)fd;
	(void)what;
	/* The pause after a look is over, or there was no child. */
	if (s->child.pid == -1 && s->state != SOCKPORT_MAKING) {
		sockport_look(s);
		return;
	}
	err_set(&e, "no child can be started for it");
	if (s->child.pid != -1)
		found = sockplace_result(s->child.report, &p, &e);
	if (found == SOCKPLACE_NOT_YET)
		err_set(&e, "its file system does not answer");
	if (found == SOCKPLACE_NOT_YET || s->child.pid == -1) {
		end_child(s);
	} else {
		close(s->child.report);
		s->child.pid = -1;
	}
	if (s->state == SOCKPORT_MAKING)
		made(s, found, &p, &e);
	else
		looked_again(s, found, &p, &e);
}

struct sockport *sockport_open(struct event_base *base, const char *name,
	int backlog, const struct listener_guard *guard, long long wait_ms,
	const struct sockport_ops *ops, void *arg)
{
	struct sockport *s = mem_alloc(sizeof *s);

	*s = (struct sockport){ .base = base, .wanted = {
			name != NULL ? mem_strdup(name) : NULL, backlog },
		.guard = *guard, .ops = ops, .arg = arg,
		.place = SOCKPLACE_NONE, .child.pid = -1 };
	start_child(s, NULL, wait_ms);
	return s;
}

const char *sockport_path(const struct sockport *s)
{
	return s->state == SOCKPORT_MAKING ? NULL : s->place.path;
}

void sockport_close(struct sockport *s)
{
	if (s == NULL)
		return;
	end_child(s);
	if (s->listener != NULL)
		sockplace_remove(&s->place);
	stop_serving(s);
	free(s->wanted.name);
	free(s);
}
