/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between what the agent wants (front/front_service.h) and what dials it
 * (front/outbound/outdial.h). What the laptop's ssh has brought goes with that ssh;
 * what the login node dials itself it dials as long as we linger.
 */
#include "front/front_outbound.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "front/outbound/outdial.h"
#include "proto/message.h"

struct front_outbound {
	struct outdial *dial;
};

/* One that the agent waits for. */
struct outbound_want {
	struct front_want *want;
	struct outdial_attempt *attempt;
};

static void outbound_cancel(void *arg)
{
	struct outbound_want *x = arg;

	outdial_cancel(x->attempt);
	free(x);
}

static void outbound_done(int fd, struct relay_filters *head, int status,
	const struct err *why, void *arg)
{
	struct outbound_want *x = arg;

	if (why == NULL)
		front_want_have_by(x->want, fd, head != NULL ? "proxy" : "",
			head);
	else
		front_want_decline(x->want, status, why);
	free(x);
}

static void outbound_want(struct front_want *w, const char *target, void *arg)
{
	struct front_outbound *o = arg;
	struct outbound_want *x = mem_alloc(sizeof *x);
	struct outdial_attempt *attempt;

	x->want = w;
	front_want_begin(w, outbound_cancel, x);
	attempt = outdial_start(o->dial, target, outbound_done, x);
	if (attempt != NULL)
		x->attempt = attempt;
}

static const struct front_service_ops login_ops = { .want = outbound_want };
static const struct front_service_ops laptop_ops = { .want = outbound_want,
	.of_ssh = 1 };

struct front_outbound *front_outbound_new(const struct invocation *inv,
	struct front_service *service)
{
	const struct options_outbound *opt = &inv->opt->outbound;
	const struct outdial_host host = { .env = environ,
		.resolv_conf = "/etc/resolv.conf", .hosts = "/etc/hosts" };
	struct front_outbound *o;

	if (opt->way == OPTIONS_OUTBOUND_OFF)
		return NULL;
	o = mem_alloc(sizeof *o);
	o->dial = outdial_new(inv->base, opt, &host);
	front_service_offer(service, SERVICE_OUTBOUND, "",
		opt->way == OPTIONS_OUTBOUND_LAPTOP ? &laptop_ops : &login_ops,
		o);
	return o;
}

void front_outbound_set_networks(struct front_outbound *o, const char *list)
{
	if (o != NULL)
		outdial_set_networks(o->dial, list);
}

void front_outbound_free(struct front_outbound *o)
{
	if (o == NULL)
		return;
	outdial_free(o->dial);
	free(o);
}
