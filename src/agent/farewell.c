/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/farewell.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/alarm.h"

#define LEAVE_SECONDS 5		/* until who does not close is closed */
#define LEAVING_MAX 64		/* one more, and the oldest is */

struct leaving {
	TAILQ_ENTRY(leaving) next;
	struct farewells *all;
	struct event *said;
	struct alarm *late;
	farewell_words *words;		/* NULL: it was told */
	struct err why;
};

struct farewells {
	struct event_base *base;
	TAILQ_HEAD(, leaving) list;	/* the oldest first */
	unsigned n;
};

static void free_leaving(struct leaving *l)
{
	int fd = event_get_fd(l->said);

	TAILQ_REMOVE(&l->all->list, l, next);
	l->all->n--;
	event_free(l->said);
	alarm_free(l->late);
	close(fd);
	free(l);
}

/* There is room for a few bytes in a socket to which nothing was written. */
static void say_last_words(int fd, const void *text, size_t len)
{
	if (len > 0)
		(void)!send(fd, text, len, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_WR);
}

static void answer_program(struct leaving *l, int fd, char first)
{
	struct buf b = { 0 };

	l->words(&b, first, &l->why);
	l->words = NULL;
	say_last_words(fd, buf_data(&b), b.len);
	buf_fini(&b);
}

static void leaving_said(evutil_socket_t fd, short what, void *arg)
{
	struct leaving *l = arg;
	char some[4096];
	ssize_t n = read(fd, some, sizeof some);

	(void)what;
	if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR))
		free_leaving(l);
	else if (n > 0 && l->words != NULL)
		answer_program(l, fd, some[0]);
}

/* Also who goes on to speak. */
static void leaving_late(void *arg)
{
	free_leaving(arg);
}

void farewell_answer(struct farewells *f, int fd, farewell_words *words,
	const struct err *why)
{
	struct leaving *l = mem_alloc(sizeof *l);

	if (f->n == LEAVING_MAX)
		free_leaving(TAILQ_FIRST(&f->list));
	*l = (struct leaving){ .all = f, .words = words };
	if (words != NULL)
		l->why = *why;
	l->said = event_new(f->base, fd, EV_READ | EV_PERSIST, leaving_said, l);
	l->late = alarm_new(f->base, leaving_late, l);
	TAILQ_INSERT_TAIL(&f->list, l, next);
	f->n++;
	alarm_set(l->late, event_add(l->said, NULL) == 0 ?
		LEAVE_SECONDS * 1000 : 0);
}

void farewell(struct farewells *f, int fd, const void *text, size_t len)
{
	say_last_words(fd, text, len);
	farewell_answer(f, fd, NULL, NULL);
}

struct farewells *farewells_new(struct event_base *base)
{
	struct farewells *f = mem_alloc(sizeof *f);

	f->base = base;
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
