/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links that have proved the secret and have not said yet what they are for. A
 * front may keep some of these ready, so they have no time limit, but a number.
 */
#include "agent/serve.h"

#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sysexits.h>

#include "base/mem.h"
#include "net/gate.h"
#include "os/hostaddr.h"
#include "os/log.h"

#define VISITORS_MAX 64
#define REUSE_VERSION 2	/* an older front closes a link that was used */

struct visitor {
	TAILQ_ENTRY(visitor) next;
	struct serve *serve;
	struct link *link;
};

struct serve {
	const struct agent_job *job;
	const struct end *end;
	void (*take)(struct link *l, const struct frame *f, void *arg);
	void *arg;
	struct gate *gate;	/* NULL: not yet */
	struct endpoint endpoint;
	TAILQ_HEAD(, visitor) visitors;	/* the oldest first */
	unsigned n_visitors;
};

static struct link *take_out(struct visitor *v)
{
	struct link *l = v->link;

	TAILQ_REMOVE(&v->serve->visitors, v, next);
	v->serve->n_visitors--;
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

int serve_refuses(struct link *l, const struct end *end)
{
	struct err e;

	if (!end_has_begun(end))
		return 0;
	err_set(&e, "the session is ending");
	serve_refuse(l, EX_UNAVAILABLE, &e);
	return 1;
}

static void first_frame(struct link *l, const struct frame *f, void *arg)
{
	struct visitor *v = arg;
	struct serve *s = v->serve;

	take_out(v);
	if (!serve_refuses(l, s->end))
		s->take(l, f, s->arg);
}

static void serve_down(struct link *l, const struct err *why, int auth,
	void *arg)
{
	(void)auth;
	(void)why;
	take_out(arg);
	link_free(l);
}

static const struct link_ops ops = { .frame = first_frame, .down = serve_down };

static void wait_for_request(struct serve *s, struct link *l)
{
	struct visitor *v;

	if (serve_refuses(l, s->end))
		return;
	if (s->n_visitors == VISITORS_MAX) {
		log_warning("more than %d links without a request: the oldest is closed",
			VISITORS_MAX);
		link_free(take_out(TAILQ_FIRST(&s->visitors)));
	}
	v = mem_alloc(sizeof *v);
	v->serve = s;
	v->link = l;
	link_set_ops(l, &ops, v);
	TAILQ_INSERT_TAIL(&s->visitors, v, next);
	s->n_visitors++;
}

static void serve_up(struct link *l, const struct hello *peer, void *arg)
{
	log_debug("link of %s on %s", peer->program, peer->host);
	wait_for_request(arg, l);
}

void serve_again(struct serve *s, struct link *l)
{
	if (link_version(l) < REUSE_VERSION)
		link_free_when_sent(l);
	else
		wait_for_request(s, l);
}

unsigned serve_waiting(const struct serve *s)
{
	return s->n_visitors;
}

const struct endpoint *serve_endpoint(const struct serve *s)
{
	return &s->endpoint;
}

int serve_open(struct serve *s, const struct tls_key *key, struct err *e)
{
	const struct options *opt = s->job->opt;
	char bind_to[64];

	if (hostaddr_choose(opt->link.address, bind_to, &s->endpoint, e) == -1)
		return -1;
	s->gate = gate_open(s->job->base, bind_to[0] ? bind_to : NULL,
		opt->link.ports.first, opt->link.ports.last, key, serve_up, s,
		e);
	if (s->gate == NULL)
		return -1;
	s->endpoint.port = gate_port(s->gate);
	strcpy(s->endpoint.node, s->job->node);
	return 0;
}

struct serve *serve_new(const struct agent_job *job, const struct end *end,
	void (*take)(struct link *l, const struct frame *f, void *arg),
	void *arg)
{
	struct serve *s = mem_alloc(sizeof *s);

	*s = (struct serve){ .job = job, .end = end, .take = take,
		.arg = arg };
	TAILQ_INIT(&s->visitors);
	return s;
}

void serve_free(struct serve *s)
{
	while (!TAILQ_EMPTY(&s->visitors))
		link_free(take_out(TAILQ_FIRST(&s->visitors)));
	if (s->gate != NULL)
		gate_close(s->gate);
	free(s);
}
