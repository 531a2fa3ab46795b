/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/farewell.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"

#define LEAVE_SECONDS 5		/* until who does not close is closed */
#define LEAVING_MAX 64		/* one more, and the oldest is */

struct leaving {
	TAILQ_ENTRY(leaving) next;
	struct farewells *all;
	struct event *said;
	int is_told;
};

struct farewells {
	struct event_base *base;
	void (*words)(struct buf *, char);
	TAILQ_HEAD(, leaving) list;	/* the oldest first */
	unsigned n;
};

static void free_leaving(struct leaving *l)
{
	int fd = event_get_fd(l->said);

	TAILQ_REMOVE(&l->all->list, l, next);
	l->all->n--;
	event_free(l->said);
	close(fd);
	free(l);
}

/* There is room for a few bytes in a socket to which nothing was written. */
static void say_last_words(struct leaving *l, int fd, char first)
{
	struct buf b = { 0 };

	l->is_told = 1;
	l->all->words(&b, first);
	(void)!send(fd, buf_data(&b), b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
	buf_fini(&b);
	shutdown(fd, SHUT_WR);
}

static void leaving_said(evutil_socket_t fd, short what, void *arg)
{
	struct leaving *l = arg;
	char some[4096];
	ssize_t n = 0;

	if (!(what & EV_TIMEOUT))
		n = read(fd, some, sizeof some);
	if (n == 0 || (n == -1 && errno != EAGAIN))
		free_leaving(l);
	else if (n > 0 && !l->is_told)
		say_last_words(l, fd, some[0]);
}

void farewell(struct farewells *f, int fd)
{
	struct leaving *l = mem_alloc(sizeof *l);

	if (f->n == LEAVING_MAX)
		free_leaving(TAILQ_FIRST(&f->list));
	l->all = f;
	l->is_told = f->words == NULL;
	if (l->is_told)
		shutdown(fd, SHUT_WR);
	l->said = event_new(f->base, fd, EV_READ | EV_PERSIST, leaving_said, l);
	event_add(l->said, &(struct timeval){ .tv_sec = LEAVE_SECONDS });
	TAILQ_INSERT_TAIL(&f->list, l, next);
	f->n++;
}

struct farewells *farewells_new(struct event_base *base,
	void (*words)(struct buf *, char))
{
	struct farewells *f = mem_alloc(sizeof *f);

	f->base = base;
	f->words = words;
	TAILQ_INIT(&f->list);
	return f;
}

void farewells_free(struct farewells *f)
{
	if (f == NULL)
		return;
	while (!TAILQ_EMPTY(&f->list))
		free_leaving(TAILQ_FIRST(&f->list));
	free(f);
}
