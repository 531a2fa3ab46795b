/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/dialer.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/alarm.h"
#include "net/sock.h"

#define NEXT_MS 250		/* as RFC 8305 has it */

struct dialer_attempt {
	struct dialer *dialer;
	struct event *ready;	/* NULL: it is not under way */
	int fd;
};

struct dialer {
	struct event_base *base;
	struct sockaddr_storage addr[DIALER_MAX];
	struct dialer_attempt attempt[DIALER_MAX];
	size_t n, begun, running;
	struct alarm *next;
	int error;		/* of the first that has failed; 0: none has */
	void (*done)(int, int, void *);
	void *arg;
};

static void end_attempt(struct dialer_attempt *a)
{
	if (a->ready == NULL)
		return;
	event_free(a->ready);
	a->ready = NULL;
	a->dialer->running--;
	if (a->fd != -1)
		close(a->fd);
}

void dialer_free(struct dialer *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->begun; i++)
		end_attempt(&d->attempt[i]);
	alarm_free(d->next);
	free(d);
}

static void finish(struct dialer *d, int fd)
{
	void (*done)(int, int, void *) = d->done;
	int error = d->error;
	void *arg = d->arg;

	dialer_free(d);
	done(fd, fd == -1 ? error : 0, arg);
}

static void dialer_failed(struct dialer *d, int error)
{
	if (d->error == 0)
		d->error = error;
	/* By the loop: whoever has made the dialer does not have it yet. */
	if (d->begun < d->n || d->running == 0)
		alarm_set(d->next, 0);
}

static void attempt_ready(evutil_socket_t fd, short what, void *arg)
{
	struct dialer_attempt *a = arg;
	struct dialer *d = a->dialer;
	int error = sock_error(fd);

	(void)what;
	if (error == 0)
		a->fd = -1;
	end_attempt(a);
	if (error == 0)
		finish(d, fd);
	else
		dialer_failed(d, error);
}

static socklen_t addr_len(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
		sizeof(struct sockaddr_in);
}

static void dial_next(void *arg)
{
	struct dialer *d = arg;
	struct dialer_attempt *a;

	if (d->begun == d->n) {
		if (d->running == 0)
			finish(d, -1);
		return;
	}
	a = &d->attempt[d->begun];
	a->dialer = d;
	a->fd = sock_dial((struct sockaddr *)&d->addr[d->begun],
		addr_len(&d->addr[d->begun]));
	d->begun++;
	if (a->fd == -1) {
		dialer_failed(d, errno);
		return;
	}
	d->running++;
	a->ready = event_new(d->base, a->fd, EV_WRITE, attempt_ready, a);
	event_add(a->ready, NULL);
	if (d->begun < d->n)
		alarm_set(d->next, NEXT_MS);
}

/* The next of that family from *at on; NULL: there is none. */
static const struct sockaddr_storage *next_of(
	const struct sockaddr_storage *addrs, size_t n, int family, size_t *at)
{
	while (*at < n)
		if (addrs[(*at)++].ss_family == family)
			return &addrs[*at - 1];
	return NULL;
}

/* A family that leads nowhere then costs one wait, and not one an address. */
static void take_turns(struct dialer *d, const struct sockaddr_storage *addrs,
	size_t n)
{
	int family = addrs[0].ss_family;
	const struct sockaddr_storage *found;
	size_t at[2] = { 0, 0 };

	for (int turn = 0, missed = 0; missed < 2 && d->n < DIALER_MAX;
		turn = !turn) {
		found = next_of(addrs, n, turn == 0 ? family :
			family == AF_INET ? AF_INET6 : AF_INET, &at[turn]);
		missed = found == NULL ? missed + 1 : 0;
		if (found != NULL)
			d->addr[d->n++] = *found;
	}
}

struct dialer *dialer_new(struct event_base *base,
	const struct sockaddr_storage *addrs, size_t n,
	void (*done)(int, int, void *), void *arg)
{
	struct dialer *d = mem_alloc(sizeof *d);

	d->base = base;
	d->done = done;
	d->arg = arg;
	d->next = alarm_new(base, dial_next, d);
	take_turns(d, addrs, n);
	alarm_set(d->next, 0);
	return d;
}
