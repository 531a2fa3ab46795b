/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A timer, and not the descriptor itself: a socket tells of its other end's death
 * only to who reads from it, and that is not ours to do.
 */
#include "front/sshgone.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/parting.h"
#include "os/fd.h"
#include "os/log.h"

#define LOOK_SECONDS 5

struct sshgone {
	struct parting *parting;
	struct event *look;
};

static void sshgone_look_cb(evutil_socket_t fd, short what, void *arg)
{
	struct sshgone *s = arg;

	(void)fd;
	(void)what;
	if (fd_is_dead(STDOUT_FILENO)) {
		log_info("nobody reads stdout any more");
		parting_hang_up(s->parting);
		return;
	}
	event_add(s->look, &(struct timeval){ .tv_sec = LOOK_SECONDS });
}

struct sshgone *sshgone_new(struct event_base *base, struct parting *parting)
{
	struct sshgone *s = mem_alloc(sizeof *s);

	s->parting = parting;
	s->look = evtimer_new(base, sshgone_look_cb, s);
	event_add(s->look, &(struct timeval){ .tv_sec = LOOK_SECONDS });
	return s;
}

void sshgone_free(struct sshgone *s)
{
	if (s == NULL)
		return;
	event_free(s->look);
	free(s);
}
