/* SPDX-License-Identifier: BSD-2-Clause */
#include "front/brought.h"

#include <stdlib.h>

#include "base/mem.h"
#include "front/front_sshagent.h"
#include "front/front_x11.h"
#include "net/alarm.h"

#define AWAIT_MS 3000

struct brought {
	struct front_sshagent *agent;	/* NULL: not wanted, or not there */
	struct front_x11 *x11;		/* the same */
	int n_open;		/* of those, how many are not settled */
	struct alarm *late;
	void (*done)(void *);	/* NULL: nobody waits */
	void *arg;
};

/* Who waits need wait no longer. */
static void stop_waiting(void *arg)
{
	struct brought *b = arg;
	void (*done)(void *) = b->done;

	b->done = NULL;
	alarm_clear(b->late);
	if (done != NULL)
		done(b->arg);
}

static void one_settled(void *arg)
{
	struct brought *b = arg;

	if (--b->n_open == 0)
		stop_waiting(b);
}

struct brought *brought_new(const struct invocation *inv,
	struct front_service *service)
{
	const struct options_services *o = &inv->opt->services;
	struct brought *b = mem_alloc(sizeof *b);

	b->late = alarm_new(inv->base, stop_waiting, b);
	if (o->forward_agent)
		b->agent = front_sshagent_new(inv->base, service, one_settled,
			b);
	if (o->forward_x11)
		b->x11 = front_x11_new(inv, service, one_settled, b);
	b->n_open = (b->agent != NULL) + (b->x11 != NULL);
	return b;
}

void brought_free(struct brought *b)
{
	if (b == NULL)
		return;
	front_sshagent_free(b->agent);
	front_x11_free(b->x11);
	alarm_free(b->late);
	free(b);
}

void brought_await(struct brought *b, void (*done)(void *), void *arg)
{
	if (b->n_open == 0) {
		done(arg);
		return;
	}
	b->done = done;
	b->arg = arg;
	alarm_set(b->late, AWAIT_MS);
}
