/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a front ends: the exit status, of which the first counts, and the timers
 * of a front that only waits for last words, or for a client to come back.
 */
#include "front/parting.h"

#include <signal.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/mem.h"
#include "os/log.h"

#define NO_STATUS (-1)
#define LEAVE_SECONDS 3

struct parting {
	struct event_base *base;
	const struct parting_ops *ops;
	void *ops_arg;
	struct event *leave, *linger;
	long linger_seconds;
	int status;
	int has_shell, hung_up, lingers;
};

static const struct parting_ops no_ops;

void parting_exit(struct parting *p, int status)
{
	if (p->status == NO_STATUS)
		p->status = status;
	event_base_loopexit(p->base, NULL);
}

static void parting_leave_cb(evutil_socket_t fd, short what, void *arg)
{
	struct parting *p = arg;

	(void)fd;
	(void)what;
	parting_exit(p, p->status);
}

void parting_leave(struct parting *p, int status)
{
	/* The shell ends the front with its own status, which comes second. */
	if (p->status == NO_STATUS)
		p->status = status;
	if (!p->has_shell || p->lingers)
		parting_exit(p, status);
	else
		event_add(p->leave, &(struct timeval){
			.tv_sec = LEAVE_SECONDS });
}

/*
 * A front that ends already, perhaps because it could not begin, has nothing
 * left to keep or to give up, and its status counts.
 */
static int parting_is_ending(struct parting *p)
{
	if (p->status == NO_STATUS)
		return 0;
	parting_exit(p, p->status);
	return 1;
}

void parting_hang_up(struct parting *p)
{
	if (parting_is_ending(p))
		return;
	if (p->ops->hung_up == NULL) {
		parting_exit(p, 128 + SIGHUP);
	} else if (!p->hung_up) {
		p->hung_up = 1;
		p->ops->hung_up(p->ops_arg);
	}
}

void parting_interrupt(struct parting *p)
{
	if (parting_is_ending(p))
		return;
	if (p->ops->interrupted != NULL)
		p->ops->interrupted(p->ops_arg);
	else
		parting_exit(p, 128 + SIGINT);
}

static void parting_linger_cb(evutil_socket_t fd, short what, void *arg)
{
	struct parting *p = arg;

	(void)fd;
	(void)what;
	if (p->ops->is_used != NULL && p->ops->is_used(p->ops_arg)) {
		event_add(p->linger, &(struct timeval){
			.tv_sec = p->linger_seconds });
		return;
	}
	log_info("nobody came back");
	parting_exit(p, EX_OK);
}

void parting_linger(struct parting *p, long seconds)
{
	p->lingers = 1;
	p->linger_seconds = seconds;
	event_add(p->linger, &(struct timeval){ .tv_sec = seconds });
}

int parting_lingers(const struct parting *p)
{
	return p->lingers;
}

void parting_shell_starts(struct parting *p)
{
	p->has_shell = 1;
}

int parting_status(const struct parting *p)
{
	return p->status == NO_STATUS ? EX_SOFTWARE : p->status;
}

void parting_set_ops(struct parting *p, const struct parting_ops *ops,
	void *arg)
{
	p->ops = ops;
	p->ops_arg = arg;
}

struct parting *parting_new(struct event_base *base)
{
	struct parting *p = mem_alloc(sizeof *p);

	p->base = base;
	p->ops = &no_ops;
	p->status = NO_STATUS;
	p->leave = evtimer_new(base, parting_leave_cb, p);
	p->linger = evtimer_new(base, parting_linger_cb, p);
	return p;
}

void parting_free(struct parting *p)
{
	event_free(p->leave);
	event_free(p->linger);
	free(p);
}
