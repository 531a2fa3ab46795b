/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of a session that nobody uses: no client connection and no shell of a
 * front for the idle timeout. What they say does not count, since editors send
 * heartbeats for ever.
 */
#include "agent/idle.h"

#include <sysexits.h>

#include "agent/end.h"
#include "os/clock.h"

static int is_used(const struct agent *a)
{
	return a->n_used[USE_CLIENT] + a->n_used[USE_SHELL] > 0;
}

static void idle_cb(evutil_socket_t fd, short what, void *arg)
{
	struct agent *a = arg;

	(void)fd;
	(void)what;
	end_session(a, EX_OK, "nobody was connected for the idle timeout");
}

static void update(struct agent *a)
{
	event_del(a->idle);
	if (is_used(a))
		return;
	a->unused_since = clock_ms();
	if (a->opt->idle_timeout != 0 && a->end_step == 0)
		event_add(a->idle, &(struct timeval){
			.tv_sec = a->opt->idle_timeout });
}

void idle_count(struct agent *a, enum use what, int change)
{
	a->n_used[what] += change;
	update(a);
}

long idle_seconds(const struct agent *a)
{
	return is_used(a) ? 0 : (clock_ms() - a->unused_since) / 1000;
}

void idle_init(struct agent *a)
{
	a->idle = evtimer_new(a->base, idle_cb, a);
	update(a);
}

void idle_fini(struct agent *a)
{
	event_free(a->idle);
}
