/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef FRONT_FRONT_OUTBOUND_H
#define FRONT_FRONT_OUTBOUND_H

#include "front/front_service.h"
#include "front/job/invocation.h"

/* Connections of the job to the internet, of which the agent asks us for each. */
struct front_outbound;

/*
 * Offer them, if --outbound says so; NULL: it does not. inv and service outlive
 * the offer: service is freed before it.
 */
struct front_outbound *front_outbound_new(const struct invocation *inv,
	struct front_service *service);
void front_outbound_free(struct front_outbound *o);	/* NULL is ignored */

/* The agent's node is in these: see front_control_networks(). NULL is ignored. */
void front_outbound_set_networks(struct front_outbound *o, const char *list);

#endif
