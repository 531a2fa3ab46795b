/* SPDX-License-Identifier: BSD-2-Clause */
#include "agent/agent_carry.h"

#include <stdlib.h>
#include <sys/queue.h>

#include "base/mem.h"
#include "net/relay.h"
#include "net/turn.h"

struct agent_carried {
	LIST_ENTRY(agent_carried) next;
	struct agent_carry *all;
	struct relay *relay;
	void (*ended)(unsigned long long, void *);
	void *arg;
};

struct agent_carry {
	const struct agent_job *job;
	struct peeruid *peeruid;
	struct serve *serve;
	LIST_HEAD(, agent_carried) list;
	unsigned n;
	unsigned long long moved;	/* by those that are over */
};

static void agent_carry_drop(struct agent_carried *x)
{
	LIST_REMOVE(x, next);
	x->all->n--;
	free(x);
}

static void agent_carry_done(struct relay *r, struct link *l, void *arg)
{
	struct agent_carried *x = arg;

	x->all->moved += relay_moved(r);
	if (x->ended != NULL)
		x->ended(relay_moved(r), x->arg);
	if (l != NULL)
		serve_again(x->all->serve, l);
	agent_carry_drop(x);
}

void agent_carry_start(struct agent_carry *c, int fd, struct link *l,
	const char *what, void (*ended)(unsigned long long, void *), void *arg)
{
	struct agent_carried *x = mem_alloc(sizeof *x);

	*x = (struct agent_carried){ .all = c, .ended = ended, .arg = arg };
	LIST_INSERT_HEAD(&c->list, x, next);
	c->n++;
	link_send(l, FRAME_OK, 0, NULL, 0);
	link_pause(l, 0);
	x->relay = relay_new(c->job->base, fd, l, TURN_LONG, what, c->peeruid,
		agent_carry_done, x);
}

unsigned agent_carry_count(const struct agent_carry *c)
{
	return c->n;
}

unsigned long long agent_carry_moved(const struct agent_carry *c)
{
	unsigned long long n = c->moved;
	const struct agent_carried *x;

	LIST_FOREACH(x, &c->list, next)
		n += relay_moved(x->relay);
	return n;
}

struct agent_carry *agent_carry_new(const struct agent_job *job,
	struct peeruid *peeruid, struct serve *serve)
{
	struct agent_carry *c = mem_alloc(sizeof *c);

	*c = (struct agent_carry){ .job = job, .peeruid = peeruid,
		.serve = serve };
	LIST_INIT(&c->list);
	return c;
}

void agent_carry_free(struct agent_carry *c)
{
	if (c == NULL)
		return;
	while (!LIST_EMPTY(&c->list)) {
		struct agent_carried *x = LIST_FIRST(&c->list);

		relay_free(x->relay);
		agent_carry_drop(x);
	}
	free(c);
}
