/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links that have proved the secret and have not said yet what they are for. A
 * front may keep some of these ready, so they have no time limit, but a number.
 */
#include "agent/serve.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/mem.h"
#include "os/hostaddr.h"
#include "os/log.h"

#define VISITORS_MAX 64
#define REUSE_VERSION 2	/* an older front closes a link that was used */

struct visitor {
	TAILQ_ENTRY(visitor) next;
	struct agent *agent;
	struct link *link;
};

static struct link *take_out(struct visitor *v)
{
	struct link *l = v->link;

	TAILQ_REMOVE(&v->agent->visitors, v, next);
	v->agent->n_visitors--;
	free(v);
	return l;
}

void serve_refuse(struct link *l, int exit_status, const struct err *why)
{
	struct error x = { .status = exit_status };
	struct buf b = { 0 };

	log_info("refused: %s", why->text);
	snprintf(x.text, sizeof x.text, "%s", why->text);
	error_put(&b, &x);
	link_send_buf(l, &b);
	link_free_when_sent(l);
}

static void first_frame(struct link *l, const struct frame *f, void *arg)
{
	struct visitor *v = arg;
	struct agent *a = v->agent;
	struct err e;

	take_out(v);
	if (a->end_step > 0) {
		err_set(&e, "the session is ending");
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	a->take_request(a, l, f);
}

static void down(struct link *l, const struct err *why, int auth, void *arg)
{
	(void)auth;
	(void)why;
	take_out(arg);
	link_free(l);
}

static const struct link_ops ops = { .frame = first_frame, .down = down };

static void wait_for_request(struct agent *a, struct link *l)
{
	struct visitor *v;

	if (a->end_step > 0) {
		struct err e;

		err_set(&e, "the session is ending");
		serve_refuse(l, EX_UNAVAILABLE, &e);
		return;
	}
	if (a->n_visitors == VISITORS_MAX) {
		log_warning("more than %d links without a request: the oldest is closed",
			VISITORS_MAX);
		link_free(take_out(TAILQ_FIRST(&a->visitors)));
	}
	v = mem_alloc(sizeof *v);
	v->agent = a;
	v->link = l;
	link_set_ops(l, &ops, v);
	TAILQ_INSERT_TAIL(&a->visitors, v, next);
	a->n_visitors++;
}

static void up(struct link *l, const struct hello *peer, void *arg)
{
	log_debug("link of %s on %s", peer->program, peer->host);
	wait_for_request(arg, l);
}

void serve_again(struct agent *a, struct link *l)
{
	if (link_version(l) < REUSE_VERSION)
		link_free_when_sent(l);
	else
		wait_for_request(a, l);
}

int serve_open(struct agent *a, struct err *e)
{
	char bind_to[64];

	if (hostaddr_choose(a->job.opt->link.address, bind_to, &a->endpoint, e) ==
		-1)
		return -1;
	TAILQ_INIT(&a->visitors);
	a->gate = gate_open(a->job.base, bind_to[0] ? bind_to : NULL,
		a->job.opt->link.ports.first, a->job.opt->link.ports.last,
		&a->front_key, up, a, e);
	if (a->gate == NULL)
		return -1;
	a->endpoint.port = gate_port(a->gate);
	strcpy(a->endpoint.node, a->job.node);
	return 0;
}

void serve_close(struct agent *a)
{
	while (!TAILQ_EMPTY(&a->visitors))
		link_free(take_out(TAILQ_FIRST(&a->visitors)));
	gate_close(a->gate);
	a->gate = NULL;
}
