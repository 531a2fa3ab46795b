/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/front.h"

#include <signal.h>
#include <sysexits.h>

#define NO_STATUS (-1)
#define LEAVE_SECONDS 3

void front_exit(struct front *f, int exit_status)
{
	if (f->exit_status == NO_STATUS)
		f->exit_status = exit_status;
	event_base_loopexit(f->base, NULL);
}

static void leave_cb(evutil_socket_t fd, short what, void *arg)
{
	struct front *f = arg;

	(void)fd;
	(void)what;
	front_exit(f, f->exit_status);
}

void front_leave(struct front *f, int exit_status)
{
	/* The shell ends the front with its own status, which comes second. */
	if (f->exit_status == NO_STATUS)
		f->exit_status = exit_status;
	if (f->shell == NULL || f->lingering)
		front_exit(f, exit_status);
	else
		event_add(f->leave, &(struct timeval){
			.tv_sec = LEAVE_SECONDS });
}

/*
 * A front that ends already, perhaps because it could not begin, has nothing
 * left to keep or to give up, and its status counts.
 */
static int is_ending(struct front *f)
{
	if (f->exit_status == NO_STATUS)
		return 0;
	front_exit(f, f->exit_status);
	return 1;
}

void front_hang_up(struct front *f)
{
	if (is_ending(f))
		return;
	if (f->hang_up != NULL)
		f->hang_up(f);
	else
		front_exit(f, 128 + SIGHUP);
}

void front_interrupt(struct front *f)
{
	if (is_ending(f))
		return;
	if (f->interrupt != NULL)
		f->interrupt(f);
	else
		front_exit(f, 128 + SIGINT);
}

int front_status(const struct front *f)
{
	return f->exit_status == NO_STATUS ? EX_SOFTWARE : f->exit_status;
}

void front_init(struct front *f)
{
	f->leave = evtimer_new(f->base, leave_cb, f);
	f->exit_status = NO_STATUS;
}

void front_fini(struct front *f)
{
	event_free(f->leave);
}
